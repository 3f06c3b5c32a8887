/** What API v2 answers. Instants are RFC 3339 strings in UTC with microseconds. */

export interface Address {
  name: string;
  address: string;
}

export interface Reply {
  code: number;
  status: string;
  text: string;
}

export interface Counts {
  total: number;
  unread: number;
  pinned: number;
  files: number;
  refused: number;
  size_bytes: number;
}

export interface Summary {
  kind: "message";
  id: string;
  inbox: string;
  mailbox: string;
  received_at: string;
  size_bytes: number;
  reverse_path: string;
  from: Address | null;
  to: Address[];
  recipients: string[];
  recipient_count: number;
  refused_count: number;
  subject: string;
  snippet: string;
  attachment_count: number;
  defect_count: number;
  has_text: boolean;
  has_html: boolean;
  readable: boolean;
  seen: boolean;
  pinned: boolean;
  tags: string[];
  message_id: string;
  date: string | null;
  source: string;
}

export interface RefusedRecipient {
  address: string;
  reply: Reply;
}

export interface Attempt {
  kind: "attempt";
  id: string;
  inbox: string;
  received_at: string;
  stage: "MAIL" | "RCPT" | "DATA" | "CONTENT" | "AUTH";
  reverse_path: string;
  recipients: RefusedRecipient[];
  recipient_count: number;
  reply: Reply;
  size_bytes: number;
  session_id: string;
}

export type Row = Summary | Attempt;

export interface Page {
  items: Row[];
  next: string | null;
  previous: string | null;
  total: number;
  counts: Counts;
  cursor: string;
}

export interface Defect {
  code: string;
  text: string;
  path: string;
}

export interface Part {
  path: string;
  content_type: string;
  charset: string;
  encoding: string;
  disposition: string;
  filename: string;
  content_id: string;
  size_bytes: number;
  encoded_bytes: number;
  is_message: boolean;
  defects: Defect[];
  children: Part[];
  parameters: Record<string, string>;
}

export interface Recipient {
  address: string;
  notify: string;
  orcpt: string;
  reply: Reply;
}

export interface Envelope {
  reverse_path: string;
  ret: string;
  envid: string;
  auth: string;
  body: string;
  smtputf8: boolean;
  size: number | null;
  recipients: Recipient[];
  refused: Recipient[];
}

export interface Session {
  id: string;
  opened_at: string;
  closed_at: string | null;
  listener: string;
  peer: string;
  protocol: string;
  helo: string;
  tls_version: string;
  tls_cipher: string;
  auth_mechanism: string;
  auth_identity: string;
  ending: string;
}

export interface Message extends Summary {
  cc: Address[];
  bcc: Address[];
  reply_to: Address[];
  sender: Address[];
  attachments: Part[];
  parts: Part;
  defects: Defect[];
  envelope: Envelope;
  session: Session | null;
  remote_hosts: string[];
  remote_count: number;
}

export interface Field {
  name: string;
  value: string;
  raw: string;
}

export interface Hop {
  from: string;
  from_address: string;
  by: string;
  with: string;
  id: string;
  for: string;
  tls: string;
  at: string | null;
  delay_ms: number | null;
  raw: string;
}

export interface Line {
  at: string;
  side: "C" | "S" | "*";
  text: string;
}

export interface Transcript {
  session: Session | null;
  lines: Line[];
}

export type AttemptDetail = Attempt & Transcript & { envelope: Envelope };

export interface Listener {
  host: string;
  port: number;
  path: string;
  tls: "none" | "starttls" | "tls";
  protocol: "smtp" | "lmtp";
}

export type RemoteContent = "always" | "ask" | "never";

export interface Info {
  name: string;
  version: string;
  label: string;
  smtp: Listener[];
  http: { url: string };
  auth: { smtp: "any" | "file" | "off"; ui: boolean };
  limits: {
    max_messages: number | null;
    max_age: number | null;
    max_bytes: number | null;
    max_message_size_bytes: number | null;
  };
  remote_content: RemoteContent;
  database: { path: string | null; temporary: boolean; size_bytes: number };
  inboxes: string[];
  counts: Counts;
  cursor: string;
}

export type Change =
  | { kind: "added"; messages: Row[] }
  | { kind: "changed"; messages: { id: string; seen?: boolean; pinned?: boolean }[] }
  | { kind: "removed"; ids: string[] }
  | { kind: "cleared" };

export type Frame =
  | { resync: true; cursor: string }
  | { resync?: false; cursor: string; changes: Change[]; counts: Counts };

/** Which messages a change is for. */
export type Selection = { ids: string[] } | { query: string } | { all: true };

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: { field: string; reason: string }[];
}
