// Made from the OpenAPI document by scripts/schema.mjs; a test compares the two.

/** A transaction that ended without a message, as a row of a list. */
export interface Attempt {
  kind: "attempt";
  id: string;
  inbox: string;
  /** RFC 3339, UTC, microseconds. */
  received_at: string;
  /** MAIL, RCPT, DATA, CONTENT or AUTH. */
  stage: string;
  reverse_path: string;
  recipients: AttemptRecipient[];
  recipient_count: number;
  /** The reply that ended it. */
  reply: Reply;
  size_bytes: number;
  session_id: string;
}

/** A refused transaction with its envelope and dialogue. */
export interface AttemptDetail {
  kind: "attempt";
  id: string;
  inbox: string;
  /** RFC 3339, UTC, microseconds. */
  received_at: string;
  /** MAIL, RCPT, DATA, CONTENT or AUTH. */
  stage: string;
  reverse_path: string;
  recipients: AttemptRecipient[];
  recipient_count: number;
  /** The reply that ended it. */
  reply: Reply;
  size_bytes: number;
  session_id: string;
  envelope: Envelope;
  session: Session | null;
  lines: Line[];
}

/** A recipient of a refused transaction, and what was said to it. */
export interface AttemptRecipient {
  address: string;
  reply: Reply;
}

/** Who must show a password. */
export interface Auth {
  smtp: "any" | "file" | "off";
  ui: boolean;
}

/** How many messages a change was for. */
export interface Changed {
  changed: number;
}

/** Which messages: exactly one of `ids`, `query` and `all`. */
export interface Choice {
  /** These; unknown ids are no error. */
  ids?: string[] | null;
  /** What this search finds. */
  query?: string | null;
  /** `true`: everything in the inbox. */
  all?: boolean | null;
}

/** Which messages, and what to change on them. */
export interface ChoiceWithMarks {
  /** These; unknown ids are no error. */
  ids?: string[] | null;
  /** What this search finds. */
  query?: string | null;
  /** `true`: everything in the inbox. */
  all?: boolean | null;
  /** Read or unread. */
  seen?: boolean | null;
  /** Pinned messages are never removed by retention. */
  pinned?: boolean | null;
}

/** A display name and an address; either may be empty. */
export interface Correspondent {
  name: string;
  address: string;
}

/** The totals of an inbox. */
export interface Counts {
  total: number;
  unread: number;
  pinned: number;
  /** Messages with attachments. */
  files: number;
  /** Transactions that ended without a message. */
  refused: number;
  size_bytes: number;
}

/** The message that was put in. */
export interface Created {
  id: string;
}

/** Where mail is kept. */
export interface Database {
  /** Null for a temporary one. */
  path: string | null;
  temporary: boolean;
  size_bytes: number;
}

/** Something wrong in the message that was worked around. */
export interface Defect {
  code: string;
  /** One plain sentence. */
  text: string;
  /** The part in which it was found. */
  path: string;
}

/** How many messages were deleted. */
export interface Deleted {
  deleted: number;
}

/** One message with everything but its bodies. */
export interface Detail {
  kind: "message";
  id: string;
  inbox: string;
  mailbox: string;
  /** RFC 3339, UTC, microseconds. */
  received_at: string;
  size_bytes: number;
  /** MAIL FROM; empty for the null reverse-path. */
  reverse_path: string;
  from: Correspondent | null;
  /** At most the first five. */
  to: Correspondent[];
  /** RCPT TO; at most the first five. */
  recipients: string[];
  recipient_count: number;
  /** Recipients of this transaction that were refused. */
  refused_count: number;
  subject: string;
  snippet: string;
  attachment_count: number;
  defect_count: number;
  has_text: boolean;
  has_html: boolean;
  /** False if the content could not be taken apart; raw and envelope are there. */
  readable: boolean;
  seen: boolean;
  pinned: boolean;
  tags: string[];
  message_id: string;
  date: string | null;
  /** smtp, lmtp, api or ingest. */
  source: string;
  cc: Correspondent[];
  bcc: Correspondent[];
  reply_to: Correspondent[];
  sender: Correspondent[];
  /** The parts that a mail reader lists as files. */
  attachments: Part[];
  /** The parts that the HTML embeds. */
  inline: Part[];
  parts: PartTree;
  defects: Defect[];
  envelope: Envelope;
  session: Session | null;
  /** Hosts from which the HTML would load something. */
  remote_hosts: string[];
  /** How many things the HTML would load from the network. */
  remote_count: number;
  simulation_hint: string | null;
}

/** What MAIL and RCPT said, apart from the content. */
export interface Envelope {
  reverse_path: string;
  ret: string;
  envid: string;
  auth: string;
  /** 7BIT, 8BITMIME, BINARYMIME or empty. */
  body: string;
  smtputf8: boolean;
  size: number | null;
  recipients: Recipient[];
  refused: Recipient[];
}

/** What is wrong with one field or parameter. */
export interface FieldError {
  field: string;
  reason: string;
}

/** One header field. */
export interface HeaderField {
  name: string;
  /** Decoded and unfolded. */
  value: string;
  /** As received, its folds kept. */
  raw: string;
}

/** The header section, from the top. */
export interface Headers {
  fields: HeaderField[];
}

/** One Received field, taken apart. */
export interface Hop {
  from: string;
  from_address: string;
  by: string;
  with: string;
  id: string;
  for: string;
  tls: string;
  at: string | null;
  /** Since the hop before; negative if a clock is wrong. */
  delay_ms: number | null;
  raw: string;
}

/** Where this page is, as this client reached it. */
export interface Http {
  url: string;
}

/** This sandbox. */
export interface Info {
  name: string;
  version: string;
  label: string;
  smtp: SmtpAddress[];
  http: Http;
  auth: Auth;
  limits: Limits;
  remote_content: "always" | "ask" | "never";
  database: Database;
  inboxes: string[];
  counts: Counts;
  cursor: string;
}

/** What is kept and taken; null sets no limit. */
export interface Limits {
  max_messages: number | null;
  /** In seconds. */
  max_age: number | null;
  max_bytes: number | null;
  max_message_size_bytes: number | null;
}

/** One line of a dialogue; credentials are masked. */
export interface Line {
  /** RFC 3339, UTC, microseconds. */
  at: string;
  /** Client, server, or a note of the sandbox. */
  side: "C" | "S" | "*";
  text: string;
}

/** What to change on a message; what is left out stays. */
export interface Marks {
  /** Read or unread. */
  seen?: boolean | null;
  /** Pinned messages are never removed by retention. */
  pinned?: boolean | null;
}

/** One page of rows, newest first. */
export interface MessageList {
  items: (Summary | Attempt)[];
  /** For `before`: the rows after these; null at the end. */
  next: string | null;
  /** For `after`: the rows before these; null at the newest. */
  previous: string | null;
  /** How many rows match in all. */
  total: number;
  counts: Counts;
  /** Where to begin following the inbox live, without a gap. */
  cursor: string;
}

/** A message to put in as if it had come by SMTP: `raw`, or fields to write one from. */
export interface NewMessage {
  /** The whole message; line ends become CRLF. */
  raw?: string | null;
  /** MAIL FROM; the From address without it. */
  reverse_path?: string;
  /** RCPT TO; the addresses of To, Cc and Bcc without it. */
  recipients?: string[];
  /** The From field. */
  from?: string;
  to?: string[];
  subject?: string;
  /** The plain text. */
  text?: string;
  /** The HTML; with both, the message is multipart/alternative. */
  html?: string;
}

/** An empty object. */
export interface Nothing {
}

/** One MIME part. */
export interface Part {
  /** Numbered as IMAP does (RFC 3501 §6.4.5); a root multipart has none. */
  path: string;
  content_type: string;
  charset: string;
  /** The transfer encoding, empty if none is declared. */
  encoding: string;
  disposition: string;
  filename: string;
  content_id: string;
  /** Octets when decoded. */
  size_bytes: number;
  /** Octets as received. */
  encoded_bytes: number;
  is_message: boolean;
  parameters: Record<string, string>;
  defects: Defect[];
}

/** One MIME part with the parts inside it. */
export interface PartTree {
  /** Numbered as IMAP does (RFC 3501 §6.4.5); a root multipart has none. */
  path: string;
  content_type: string;
  charset: string;
  /** The transfer encoding, empty if none is declared. */
  encoding: string;
  disposition: string;
  filename: string;
  content_id: string;
  /** Octets when decoded. */
  size_bytes: number;
  /** Octets as received. */
  encoded_bytes: number;
  is_message: boolean;
  parameters: Record<string, string>;
  defects: Defect[];
  children: PartTree[];
}

/** The way of a message, oldest hop first. */
export interface Path {
  hops: Hop[];
}

/** An error (RFC 9457). */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
}

/** One forward-path with its parameters as given (RFC 3461). */
export interface Recipient {
  address: string;
  notify: string;
  orcpt: string;
  reply: Reply;
}

/** What the server said to one SMTP command. */
export interface Reply {
  code: number;
  /** The enhanced status code (RFC 3463), or empty. */
  status: string;
  text: string;
}

/** One connection. */
export interface Session {
  id: string;
  /** RFC 3339, UTC, microseconds. */
  opened_at: string;
  /** Null while it is open. */
  closed_at: string | null;
  ending: string;
  listener: string;
  peer: string;
  protocol: string;
  helo: string;
  tls_version: string;
  tls_cipher: string;
  auth_mechanism: string;
  auth_identity: string;
  message_count: number;
  attempt_count: number;
}

/** One connection with all that was said on it. */
export interface SessionDetail {
  id: string;
  /** RFC 3339, UTC, microseconds. */
  opened_at: string;
  /** Null while it is open. */
  closed_at: string | null;
  ending: string;
  listener: string;
  peer: string;
  protocol: string;
  helo: string;
  tls_version: string;
  tls_cipher: string;
  auth_mechanism: string;
  auth_identity: string;
  message_count: number;
  attempt_count: number;
  lines: Line[];
}

/** Connections, newest first. */
export interface SessionList {
  items: Session[];
  next: string | null;
}

/** Where mail can be sent to. */
export interface SmtpAddress {
  host: string;
  port: number;
  /** The socket file, if it is one. */
  path: string;
  tls: "none" | "starttls" | "tls";
  protocol: "smtp" | "lmtp";
}

/** A message as a row of a list. */
export interface Summary {
  kind: "message";
  id: string;
  inbox: string;
  mailbox: string;
  /** RFC 3339, UTC, microseconds. */
  received_at: string;
  size_bytes: number;
  /** MAIL FROM; empty for the null reverse-path. */
  reverse_path: string;
  from: Correspondent | null;
  /** At most the first five. */
  to: Correspondent[];
  /** RCPT TO; at most the first five. */
  recipients: string[];
  recipient_count: number;
  /** Recipients of this transaction that were refused. */
  refused_count: number;
  subject: string;
  snippet: string;
  attachment_count: number;
  defect_count: number;
  has_text: boolean;
  has_html: boolean;
  /** False if the content could not be taken apart; raw and envelope are there. */
  readable: boolean;
  seen: boolean;
  pinned: boolean;
  tags: string[];
  message_id: string;
  date: string | null;
  /** smtp, lmtp, api or ingest. */
  source: string;
}

/** The dialogue that carried a message. */
export interface Transcript {
  session: Session | null;
  lines: Line[];
}
