// Made from the OpenAPI document by scripts/schema.mjs; a test compares the two.

/** A move of a clock, with all that was due on the way; everything is committed. */
export interface Advanced {
  clock: Clock;
  /** RFC 3339, UTC, microseconds. */
  before: string;
  /** How many steps were due on the way. */
  count: number;
  /** At most the first 500, in their order. */
  steps: Step[];
}

/** Any JSON object, to be checked by who knows better. */
export interface Anything {
}

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

/** One page of attempts, newest first. */
export interface Attempts {
  items: ExplainedAttempt[];
  next: string | null;
}

/** Who must show a password. */
export interface Auth {
  smtp: "any" | "file" | "off";
  ui: boolean;
}

/** What a bounce on request came to: `steps`, or with `preview` what would be made. */
export interface Bounced {
  steps: Step[];
  reports: PreviewedReport[];
  /** Why something of it would not be made, or empty. */
  reason: string;
}

/** Scenario x provider; where a provider has no cell, its address gets the generic words. */
export interface Catalogue {
  providers: ProviderName[];
  items: Cell[];
}

/** What decided. */
export interface Cause {
  /** header, address, rule, profile, chaos or suppression. */
  trigger: string;
  /** The key of the rule, or the address. */
  rule: string;
  /** Which try of its counter this was; 0 if it counts none. */
  count: number;
  seed: number | null;
  explanation: string;
}

/** What one provider says about one cause. */
export interface Cell {
  scenario: string;
  provider: string;
  stage: string;
  reply: Reply;
  is_permanent: boolean;
  /** Mail to it is answered so. */
  address: string;
  explanation: string;
  /** What a client should do. */
  advice: string;
}

/** How many messages a change was for. */
export interface Changed {
  changed: number;
}

/** Mailpit's triggers. */
export interface Chaos {
  enabled: boolean;
  triggers: { [name: string]: ChaosTrigger };
}

/** One trigger of chaos. */
export interface ChaosTrigger {
  ErrorCode: number;
  Probability: number;
}

/** Where one link leads. */
export interface CheckedLink {
  url: string;
  /** The HTTP status; 0 without an answer, 451 for an address that may not be asked. */
  status: number;
  /** The status in words, or why there is no answer. */
  text: string;
  /** Where a redirect led; empty without one. */
  final_url: string;
  is_broken: boolean;
}

/** Which checks of a message there are. */
export interface Checks {
  /** What mail programs support is known. */
  html: boolean;
  /** The spam filter, if there is one. */
  spam: "" | "spamassassin" | "postmark" | "rspamd";
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

/** Which messages, and the folder they go to. */
export interface ChoiceToMove {
  /** These; unknown ids are no error. */
  ids?: string[] | null;
  /** What this search finds. */
  query?: string | null;
  /** `true`: everything in the inbox. */
  all?: boolean | null;
  /** A folder of the inbox. */
  to: string;
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
  /** These tags and no others. */
  tags?: string[] | null;
}

/** How the clock of an inbox stands. */
export interface Clock {
  inbox: string;
  /** Sandbox time. */
  now: string;
  /** The time of day. */
  wall: string;
  /** How far sandbox time is from the time of day. */
  offset_seconds: number;
  is_frozen: boolean;
  /** When the next step of a plan is due. */
  next_due_at: string | null;
}

/** Whose clock. */
export interface ClockBody {
  /** The inbox. */
  inbox?: string;
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
  /** What `is:refused` finds: attempts, and messages that some recipients did not get. */
  refused: number;
  /** Transactions that ended without a message. */
  attempts: number;
  size_bytes: number;
}

/** What became of a message that was put in. */
export interface Created {
  id: string;
  /** False where everybody discards it: then there is no message of this id. */
  kept: boolean;
  /** The answer for each, those who get it first. */
  recipients: TryRecipient[];
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
  to: Correspondent[];
  /** RCPT TO. */
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
  /** smtp, lmtp, api or ingest; report for what the sandbox wrote itself. */
  source: string;
  /** What a report, ours or another system's, tells: failure, delay, delivered, auto-reply, complaint, challenge or receipt; empty for other mail. */
  report: string;
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
  /** What this is a report about; its message is null if not here. */
  report_of: ReportLink | null;
  /** Reports about this message: the sandbox's own, and those of others that name it. */
  reports: ReportLink[];
}

/** The form of one mail system's reports. */
export interface Dialect {
  name: string;
  title: string;
  /** What it reports at all: failed, delayed, delivered, relayed, expanded. */
  actions: string[];
  /** Whether recipients that fail together share a report. */
  shares: boolean;
  /** Whether its reports have the form of RFC 3464. */
  is_standard: boolean;
}

/** All dialects, the standard first. */
export interface Dialects {
  items: Dialect[];
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

/** How many events are on their way. */
export interface EventsTold {
  events: number;
}

/** A refused transaction, and what decided. */
export interface ExplainedAttempt {
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
  /** Empty if the content was not seen. */
  message_id: string;
  cause: Cause | null;
}

/** What mail to an address would meet. */
export interface Explanation {
  address: string;
  acts: boolean;
  verb: string;
  stage: string;
  scenario: string;
  provider: string;
  label: string;
  reply: Reply | null;
  sentences: string[];
  hint: string;
}

/** What a test takes from a message. */
export interface Extract {
  links: FoundLink[];
  /** What looks like a one-time code; exactly one is the usual case. */
  codes: FoundCode[];
  /** The readable text; that of the HTML if there is no other. */
  text: string;
}

/** Who gets the complaints of an inbox. */
export interface Feedback {
  /** Set for this inbox; empty if it is not. */
  address: string;
  /** What `--fbl-address` says for all; empty for abuse@ the reverse-path's domain. */
  default: string;
}

/** Who shall get complaints. */
export interface FeedbackChange {
  /** Empty: as the option says, or abuse@ the reverse-path's domain. */
  address: string;
}

/** What is wrong with one field or parameter. */
export interface FieldError {
  field: string;
  reason: string;
}

/** A deviation from the report's RFC. */
export interface Finding {
  code: string;
  level: "must" | "should" | "note";
  text: string;
  section: string;
  detail: string;
}

/** A folder, and how many messages are in it. */
export interface FolderTotals {
  name: string;
  total: number;
  unread: number;
}

/** The folders of an inbox. */
export interface Folders {
  folders: FolderTotals[];
}

/** A report of another system about one of the accepted ones. */
export interface ForeignReport {
  /** failure, delay, delivered, auto-reply, complaint or receipt. */
  kind: string;
  message: string;
  /** RFC 3339, UTC, microseconds. */
  received_at: string;
}

/** A one-time code. */
export interface FoundCode {
  code: string;
  /** The line in which it stands. */
  context: string;
}

/** A link that a reader can follow. */
export interface FoundLink {
  url: string;
  /** What a reader clicks on; in plain text, the words before the address. */
  text: string;
  where: "html" | "text";
}

/** Where a clock shall stand still. */
export interface Freeze {
  /** The inbox. */
  inbox?: string;
  /** At this instant of sandbox time, RFC 3339; now without it. */
  at?: string | null;
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

/** Which mail programs show the HTML of a message, by the data of caniemail.com. */
export interface HtmlCheck {
  /** The day of the data. */
  updated: string;
  tests: number;
  /** How many elements there are. */
  nodes: number;
  /** 100 without the two others. */
  supported: number;
  /** The worst partial support of all, weighed by how much of the message uses it. */
  partial: number;
  /** The same of what is not shown at all. */
  unsupported: number;
  /** Style sheets were too large to be looked at whole. */
  is_cut: boolean;
  /** Style sheets that it links to; looked at with `linked`. */
  linked_sheets: string[];
  /** What it uses, the worst first. */
  features: UsedFeature[];
}

/** Where this page is, as this client reached it. */
export interface Http {
  url: string;
}

/** One inbox. */
export interface Inbox {
  name: string;
  /** Who made it; nobody made the first one. */
  origin: "" | "options" | "api" | "mail";
  /** Mail to `anything+KEY@any.domain`, or with the key in the header field, comes here. */
  key: string;
  has_token: boolean;
  created_at: string;
  used_at: string | null;
  ttl_seconds: number | null;
  expires_at: string | null;
  limits: InboxLimits;
  counts: Counts;
}

/** What is kept; null is as the sandbox does it, 0 sets no limit. */
export interface InboxLimits {
  max_messages: number | null;
  max_age_seconds: number | null;
  max_bytes: number | null;
}

/** What can be set on an inbox. A limit of null is that of the sandbox, 0 is none. */
export interface InboxSettings {
  /** It goes so long after its last use; null for never. */
  ttl_seconds?: number | null;
  /** Keep so many messages; 0 keeps all. */
  max_messages?: number | null;
  /** Keep messages so long; 0 for ever. */
  max_age_seconds?: number | null;
  /** Keep so many bytes of messages; 0 sets no limit. */
  max_bytes?: number | null;
}

/** The inboxes that the request sees, the oldest first. */
export interface Inboxes {
  items: Inbox[];
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
  checks: Checks;
  database: Database;
  inboxes: string[];
  /** The one that the token opens; null for a request that sees all. */
  inbox: string | null;
  counts: Counts;
  cursor: string;
}

/** An inbox with its token, which is shown this once. */
export interface IssuedInbox {
  name: string;
  /** Who made it; nobody made the first one. */
  origin: "" | "options" | "api" | "mail";
  /** Mail to `anything+KEY@any.domain`, or with the key in the header field, comes here. */
  key: string;
  has_token: boolean;
  created_at: string;
  used_at: string | null;
  ttl_seconds: number | null;
  expires_at: string | null;
  limits: InboxLimits;
  counts: Counts;
  /** For `Authorization: Bearer`, and as the password of Basic, SMTP and POP3; empty without one. */
  token: string;
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

/** Where the links of a message lead: the first hundred. */
export interface LinkCheck {
  broken: number;
  links: CheckedLink[];
}

/** How to ask. */
export interface LinkCheckRequest {
  /** Follow up to three redirects. */
  follow?: boolean;
}

/** A mail program that does not show something, or not all of it. */
export interface MailProgram {
  /** Program, platform and version. */
  name: string;
  family: string;
  platform: string;
  support: "partial" | "no";
  /** What there is to know about it, or nothing. */
  note: string;
}

/** What to change on a message; what is left out stays. */
export interface Marks {
  /** Read or unread. */
  seen?: boolean | null;
  /** Pinned messages are never removed by retention. */
  pinned?: boolean | null;
  /** These tags and no others. */
  tags?: string[] | null;
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

/** One filter that a message does not pass. */
export interface Mismatch {
  filter: string;
  wanted: string;
  found: string;
}

/** How far to move a clock: exactly one of `seconds` and `to`. */
export interface Move {
  /** The inbox. */
  inbox?: string;
  /** So many seconds forward. */
  seconds?: number | null;
  /** To this instant of sandbox time, RFC 3339. */
  to?: string | null;
}

/** A message that came and is not what was waited for. */
export interface NearMiss {
  message: Summary;
  mismatches: Mismatch[];
}

/** What shall follow a message. `scenario`, or `status`, or `code` with `text`, is what a failure tells. */
export interface NewBounce {
  /** Which report; expiry is a delay warning and then a failure. */
  kind?: "failure" | "delay" | "expiry" | "success" | "complaint" | "auto-reply" | "challenge" | "receipt";
  /** A cause of the catalogue, as in mailbox_full. */
  scenario?: string;
  /** An enhanced code, as in 5.1.1. */
  status?: string;
  /** A reply code from 400 on. */
  code?: number;
  /** The reply's text. */
  text?: string;
  /** In whose words the server refused. */
  provider?: string;
  /** In whose form the report is; that of the provider without it. */
  dialect?: string;
  /** Only for these of the message; all without it. */
  recipients?: string[];
  /** After so many seconds of sandbox time. */
  delay?: number;
  /** What spoils the report on its way. */
  nasty?: ("encoded-subject" | "rewritten-recipient" | "nested" | "truncated" | "base64-status")[];
  /** Hide the recipient in a complaint. */
  redact?: boolean;
  /** Report also where NOTIFY says no, as some servers do. */
  ignore_notify?: boolean;
  /** Only show what would be made. */
  preview?: boolean;
}

/** A new inbox. */
export interface NewInbox {
  /** It goes so long after its last use; null for never. */
  ttl_seconds?: number | null;
  /** Keep so many messages; 0 keeps all. */
  max_messages?: number | null;
  /** Keep messages so long; 0 for ever. */
  max_age_seconds?: number | null;
  /** Keep so many bytes of messages; 0 sets no limit. */
  max_bytes?: number | null;
  /** Its name; one is made up without it. */
  name?: string;
  /** Issue a token that opens this inbox and no other. */
  token?: boolean;
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

/** Another name for a tag. */
export interface NewName {
  name: string;
}

/** A domain profile; `domain` may be left out where the path names it, `origin` of an answer is passed over. */
export interface NewProfile {
  /** A domain, or `*.` and a domain. */
  domain?: string;
  /** In whose words it answers. */
  provider?: string;
  /** The share of its addresses that do not exist or refuse. */
  bounce?: number;
  /** The share of tries that are put off. */
  defer?: number;
  /** The scenarios that addresses bounce with. */
  bounces?: string[];
  /** The scenarios that tries are put off with. */
  deferrals?: string[];
}

/** What names the inbox of a mail, until the next start. */
export interface NewRouting {
  /** The ways in their order; none: all mail is in one inbox. */
  by: ("plus" | "header" | "auth" | "domain")[];
  /** The field of the way `header`, and of keys. */
  header?: string;
}

/** A rule. Only `outcome` is needed; what an answer has besides (`id`, `key`, `inbox`, `tries`) is passed over. */
export interface NewRule {
  /** Its key for dice, counters and paths; must be unique. */
  name?: string;
  /** Words as of an address (`mailbox_full+gmail`, `greylist+30s`), or a table with `kind`. */
  outcome: string | { [name: string]: unknown };
  /** CONNECT, HELO, STARTTLS, AUTH, MAIL, RCPT, DATA, CONTENT or AFTER. */
  stage?: string | null;
  /** recipient, sender, subject, identity and inbox (a glob, or /expression/i), header (by name), larger and smaller (bytes), client (address or network), notify. All that is given must hold. */
  match?: { [name: string]: unknown };
  /** In whose words it answers. */
  provider?: string;
  /** The dice, for each try that is left by the numbers. */
  probability?: number;
  /** Take each so-manyth try. */
  every?: number;
  /** Take so many tries, then let all pass. */
  first?: number;
  /** Let so many tries pass first. */
  after?: number;
  /** Act so many times at most. */
  max?: number;
  /** What has counters: global, recipient, domain, message-id, client, inbox. */
  scope?: string;
  /** RFC 3339, sandbox time; from then on it does nothing. */
  expires_at?: string | null;
  enabled?: boolean;
  /** Where it stands; the first rule that matches wins. */
  position?: number | null;
}

/** Where reports or events of an inbox go besides. */
export interface NewSink {
  /** Reports to an SMTP server, or events to a webhook. */
  kind: "smtp" | "webhook";
  /** `host:port`, or a URL, which may have a name and a password for Basic authentication. */
  target: string;
  /** In whose form a webhook speaks; see `/webhooks/keys`. */
  provider?: string;
  /** The app's own signing secret (mailgun, resend, standard). */
  secret?: string;
  /** Only these; empty for all. */
  events?: ("delivered" | "deferred" | "bounced" | "complained" | "suppressed" | "auto_replied" | "opened" | "clicked")[];
  /** Of SNS: SHA-1 or SHA-256. */
  signature_version?: "1" | "2";
  /** Of SNS: said as SigningCertURL instead of our own. */
  certificate_url?: string;
  /** Of SNS: take the subscription for confirmed without asking the app. */
  confirmed?: boolean;
  enabled?: boolean;
}

/** An empty object. */
export interface Nothing {
}

/** What a report says about one recipient; what it does not say is empty. */
export interface Outcome {
  address: string;
  original_address: string;
  action: string;
  status: string;
  status_meaning: string;
  reply_code: number;
  diagnostic_type: string;
  diagnostic: string;
  remote_mta: string;
  last_attempt: string | null;
  will_retry_until: string | null;
  log_id: string;
  is_final: boolean;
  is_transient_cause: boolean;
  /** A few sentences for people. */
  explanation: string;
  fields: ReportField[];
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
  parameters: { [name: string]: string };
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
  parameters: { [name: string]: string };
  defects: Defect[];
  children: PartTree[];
}

/** The way of a message, oldest hop first. */
export interface Path {
  hops: Hop[];
}

/** One layer of an encoded reverse-path, the outermost first. */
export interface PathLayer {
  /** VERP, BATV, SRS0 or SRS1. */
  scheme: string;
  address: string;
  explanation: string;
}

/** What follows a message, the first step to be due first. */
export interface Plan {
  items: Step[];
}

/** Which stored messages a rule would have matched. */
export interface Preview {
  matched: number;
  looked_at: number;
  ids: string[];
}

/** A rule that is tried on mail that is there. */
export interface PreviewRequest {
  rule: NewRule;
  /** How many of the newest messages are looked at. */
  limit?: number;
}

/** A report that would be made. */
export interface PreviewedReport {
  reverse_path: string;
  /** Where it would go. */
  recipient: string;
  about: string[];
  size_bytes: number;
  /** As UTF-8; octets that are none are replaced. */
  raw: string;
}

/** An error (RFC 9457). */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
}

/** In whose words a domain answers, and how often it fails without being asked to. */
export interface Profile {
  /** With `*.` in front it is the domain and all below it. */
  domain: string;
  provider: string;
  /** The share of its addresses that bounce, each for good. */
  bounce: number;
  /** The share of tries that are put off. */
  defer: number;
  bounces: string[];
  deferrals: string[];
  /** start: a file or an option. */
  origin: "built-in" | "start" | "api";
}

/** All profiles that are set. */
export interface ProfileList {
  profiles: NewProfile[];
}

/** The profiles that count, by domain. */
export interface Profiles {
  items: Profile[];
}

/** What an app needs to check the webhooks of one provider. */
export interface ProviderKeys {
  name: string;
  title: string;
  proof: "secret" | "public_key" | "certificate" | "none";
  /** The secret, the public key or the certificate; empty where nothing is signed. */
  value: string;
  /** The kinds of event that it tells. */
  events: string[];
  /** How many events one request may hold. */
  batch: number;
  /** The seconds before each repeat, as the provider has them. */
  pauses: number[];
}

/** A column of the catalogue. */
export interface ProviderName {
  name: string;
  title: string;
}

/** How a message is put in, and where. */
export interface PutIn {
  /** Into this inbox, whatever the message says. */
  inbox?: string | null;
  /** Whether addresses, header fields, rules and the like decide on it. */
  simulate?: boolean;
}

/** What a reader did. */
export interface ReaderAction {
  kind: "opened" | "clicked";
  /** Who; without it everybody who has it. */
  recipients?: string[] | null;
  /** What was clicked. */
  link?: string;
}

/** One forward-path with its parameters as given (RFC 3461). */
export interface Recipient {
  address: string;
  notify: string;
  orcpt: string;
  reply: Reply;
}

/** One thing that is remembered between tries. */
export interface Record {
  key: string;
  /** count, greylist, quota, rate or suppression. */
  kind: string;
  /** Whose it is: `address`, inbox, sender, recipient; or `rule`, key, scope. */
  owner: string[];
  /** Tries or messages so far. */
  count: number;
  /** How often it has acted or refused. */
  fired: number;
  size_bytes: number;
  first_at: string | null;
  last_at: string | null;
  expires_at: string | null;
  note: string;
}

/** A message that goes on to a real server. */
export interface RelayItem {
  id: string;
  /** The id of the stored message; empty once it is gone. */
  message: string;
  kind: "release" | "relay" | "forward";
  state: "waiting" | "sent" | "partly" | "failed" | "cancelled";
  subject: string;
  reverse_path: string;
  recipients: RelayRecipient[];
  size_bytes: number;
  /** RFC 3339, UTC, microseconds. */
  created_at: string;
  /** When it is tried next; null once it has ended. */
  next_at: string | null;
  tries: number;
  /** False for what is tried once only. */
  retried: boolean;
  /** Why the last try failed, or empty. */
  said: string;
}

/** Items of the queue, newest first. */
export interface RelayItems {
  items: RelayItem[];
  next: string | null;
}

/** One recipient of what goes on. */
export interface RelayRecipient {
  address: string;
  state: "waiting" | "sent" | "failed";
  /** The server's reply; 0 without one. */
  code: number;
  text: string;
}

/** A server to which mail goes on. Passwords are not shown. */
export interface RelayRoute {
  host: string;
  port: number;
  encryption: "none" | "starttls" | "tls";
  /** plain, login, cram-md5 or empty. */
  auth: string;
}

/** Where mail may go, and what goes by itself. */
export interface RelayStatus {
  /** Null if nothing can be released. */
  release: RelayRoute | null;
  /** Release only to those in which this expression is found. */
  allowed_recipients: string;
  blocked_recipients: string;
  return_path: string;
  override_from: string;
  automatic: "none" | "all" | "matching";
  matching: string;
  forward: RelayRoute | null;
  forward_to: string[];
}

/** To whom a message is released. */
export interface ReleaseRequest {
  recipients: string[];
  /** Try again later if the server cannot be reached or says 4xx. */
  retry?: boolean;
}

/** What the server said to one SMTP command. */
export interface Reply {
  code: number;
  /** The enhanced status code (RFC 3463), or empty. */
  status: string;
  text: string;
}

/** A report as it was understood, in plain words, held against its RFC. */
export interface Report {
  kind: "delivery-status" | "feedback" | "disposition" | "auto-reply";
  style: string;
  /** The dialect that it seems to be in, or empty. */
  agent: string;
  /** The part that was read. */
  path: string;
  explanation: string;
  reporting_mta: string;
  arrival: string | null;
  fields: ReportField[];
  outcomes: Outcome[];
  original: ReportOriginal;
  /** The layers of the address that it came to. */
  return_path: PathLayer[];
  /** wrong: an RFC says MUST; deviates: SHOULD. */
  verdict: "right" | "deviates" | "wrong";
  findings: Finding[];
}

/** One field of the machine-readable part. */
export interface ReportField {
  name: string;
  value: string;
}

/** A report and a message that belong together; `message` is the other one, null if it is gone. */
export interface ReportLink {
  /** failure, delay, delivered, auto-reply, complaint, challenge or receipt. */
  kind: string;
  message: string | null;
}

/** What a report tells of the message it is about, and that message if it is here. */
export interface ReportOriginal {
  /** The message in this inbox, if it is there. */
  id: string | null;
  message_id: string;
  subject: string;
  reverse_path: string;
  envelope_id: string;
  /** Whether the report returns all of it. */
  is_whole: boolean;
}

/** How many records were forgotten. */
export interface Reset {
  reset: number;
}

/** What names the inbox of a mail. */
export interface Routing {
  by: ("plus" | "header" | "auth" | "domain")[];
  header: string;
}

/** One rule. */
export interface Rule {
  id: string;
  /** Its name, else a digest of its content. */
  key: string;
  position: number;
  origin: "api" | "file";
  /** Whose it is; empty for all. */
  inbox: string;
  name: string;
  stage: string;
  outcome: { [name: string]: unknown };
  match: { [name: string]: unknown };
  provider: string;
  probability: number;
  every: number;
  first: number;
  after: number;
  max: number;
  scope: string;
  expires_at: string | null;
  enabled: boolean;
  /** How often it has matched, if it counts, in all scopes together. */
  tries: number;
  /** How often it has acted, if it counts. */
  acted: number;
}

/** All rules in their order; those whose key stays keep their id. */
export interface RuleList {
  rules: NewRule[];
}

/** All rules; the first that matches and acts decides. */
export interface Rules {
  items: Rule[];
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

/** What is switched on. */
export interface Simulation {
  seed: number;
  grammar: boolean;
  drop_ins: boolean;
  suppression: boolean;
  /** The sandbox's own domains, where the whole grammar holds. */
  domains: string[];
  profiles: Profile[];
  chaos: Chaos;
  rule_count: number;
  record_count: number;
}

/** Where reports or events of an inbox go besides. */
export interface Sink {
  id: string;
  kind: "smtp" | "webhook";
  /** Without its password. */
  target: string;
  has_password: boolean;
  provider: string;
  /** The kinds that go there; empty for all. */
  events: string[];
  /** Whether it signs with a secret of the app's own. */
  has_secret: boolean;
  signature_version: string;
  certificate_url: string;
  /** Whether the app has still to confirm (SNS); nothing else goes there before. */
  is_waiting: boolean;
  enabled: boolean;
  /** `options` for one that was made by the options at the start. */
  origin: string;
  /** RFC 3339, UTC, microseconds. */
  created_at: string;
}

/** One thing on its way to one sink. */
export interface SinkAttempt {
  id: string;
  /** Empty if it is gone. */
  sink: string;
  kind: string;
  /** What happened: its `kind`, the recipient, what was said. */
  event: { [name: string]: unknown };
  /** What it is about; empty if that is gone. */
  message: string;
  /** The report that is handed over, if it is one. */
  report: string;
  /** What every try bears: the report's Message-ID, or the webhook's id. */
  stable_id: string;
  state: "pending" | "delivered" | "given-up" | "cancelled";
  tries: number;
  /** When the next try is due, in sandbox time. */
  due_at: string;
  /** RFC 3339, UTC, microseconds. */
  created_at: string;
  done_at: string | null;
}

/** One thing on its way to one sink, with every try. */
export interface SinkAttemptWithTries {
  id: string;
  /** Empty if it is gone. */
  sink: string;
  kind: string;
  /** What happened: its `kind`, the recipient, what was said. */
  event: { [name: string]: unknown };
  /** What it is about; empty if that is gone. */
  message: string;
  /** The report that is handed over, if it is one. */
  report: string;
  /** What every try bears: the report's Message-ID, or the webhook's id. */
  stable_id: string;
  state: "pending" | "delivered" | "given-up" | "cancelled";
  tries: number;
  /** When the next try is due, in sandbox time. */
  due_at: string;
  /** RFC 3339, UTC, microseconds. */
  created_at: string;
  done_at: string | null;
  all_tries: SinkTry[];
}

/** A page of attempts, newest first. */
export interface SinkAttempts {
  items: SinkAttempt[];
  next: string | null;
}

/** What to change; what is left out stays, the password in a URL too. */
export interface SinkChanges {
  target?: string | null;
  provider?: string | null;
  secret?: string | null;
  events?: ("delivered" | "deferred" | "bounced" | "complained" | "suppressed" | "auto_replied" | "opened" | "clicked")[] | null;
  signature_version?: "1" | "2" | null;
  certificate_url?: string | null;
  confirmed?: boolean | null;
  enabled?: boolean | null;
}

/** What a trial sends. */
export interface SinkTrial {
  /** The mail that the sandbox wrote for it; it is in the inbox. */
  message: string;
  /** The kind of event: bounced, or what else goes to this sink. */
  kind: string;
}

/** As whose mail the trial is. */
export interface SinkTrialWish {
  /** Where its report is addressed. */
  reverse_path?: string;
}

/** One try. */
export interface SinkTry {
  number: number;
  /** Wall time. */
  at: string;
  took_ms: number;
  ok: boolean;
  /** The SMTP reply's or the HTTP status; 0 without an answer. */
  code: number;
  request: string;
  response: string;
  error: string;
}

/** The sinks of an inbox, the oldest first. */
export interface Sinks {
  items: Sink[];
}

/** Where mail can be sent to. */
export interface SmtpAddress {
  host: string;
  port: number;
  /** The socket file, if it is one. */
  path: string;
  tls: "none" | "starttls" | "tls";
  protocol: "smtp" | "lmtp";
  /** The one for which all mail is that comes here; usually empty. */
  inbox: string;
}

/** What the spam filter says of a message. */
export interface SpamCheck {
  filter: "spamassassin" | "postmark" | "rspamd";
  is_spam: boolean;
  score: number;
  /** Spam from here on. */
  threshold: number;
  rules: SpamRule[];
  /** Why the filter said nothing; empty if it did. */
  error: string;
}

/** Nothing to say. */
export interface SpamCheckRequest {
}

/** One thing that the filter found. */
export interface SpamRule {
  score: number;
  name: string;
  text: string;
}

/** Everything that is remembered and still counts. */
export interface State {
  items: Record[];
}

/** One step of a message's plan. `due_at` and `accepted_at` are sandbox time, `done_at` is wall time. */
export interface Step {
  id: number;
  /** failure, delay, delivered, auto-reply, complaint, challenge or receipt. */
  kind: string;
  /** The id of the message that it follows. */
  message: string;
  /** RFC 3339, UTC, microseconds. */
  accepted_at: string;
  /** RFC 3339, UTC, microseconds. */
  due_at: string;
  state: "pending" | "done" | "skipped" | "failed";
  done_at: string | null;
  /** Why something of it was not made, or empty. */
  reason: string;
  dialect: string;
  recipients: StepRecipient[];
  /** The ids of the messages that it made. */
  reports: string[];
}

/** What a step tells of one recipient. */
export interface StepRecipient {
  address: string;
  /** The other server's reply; null if no server answered. */
  reply: Reply | null;
  /** The enhanced status code, or empty. */
  status: string;
  /** The reply's text, or the queue's own words. */
  text: string;
  remote_mta: string;
  /** The cause, by its name in the catalogue, or empty. */
  scenario: string;
  /** The trigger and the address or rule, empty for what was asked for by hand. */
  decided_by: string;
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
  /** smtp, lmtp, api or ingest; report for what the sandbox wrote itself. */
  source: string;
  /** What a report, ours or another system's, tells: failure, delay, delivered, auto-reply, complaint, challenge or receipt; empty for other mail. */
  report: string;
}

/** What to switch until the next start; what is left out stays. */
export interface Switches {
  /** The seed of all dice. */
  seed?: number | null;
  /** Addresses, drop-ins and header fields that ask for a failure. */
  grammar?: boolean | null;
  /** The addresses of hosted simulators. */
  drop_ins?: boolean | null;
  /** Refuse an address after a hard bounce until it is reset. */
  suppression?: boolean | null;
  /** Whether chaos may act. */
  chaos_enabled?: boolean | null;
  /** As Mailpit has it: {"Sender": {"ErrorCode": 451, "Probability": 10}, ...}. */
  chaos?: { [name: string]: unknown } | null;
}

/** A tag, and how many messages have it. */
export interface Tag {
  name: string;
  count: number;
}

/** All tags of an inbox in the order of the alphabet, case aside. */
export interface Tags {
  tags: Tag[];
}

/** All tries of one mail, the oldest first. */
export interface Timeline {
  joined_by: "message-id" | "content" | "envelope";
  message_id: string;
  reverse_path: string;
  tries: Try[];
  /** What follows the accepted ones, and what became of it. */
  steps: Step[];
  /** What other systems have reported about them, oldest first. */
  reports: ForeignReport[];
}

/** The dialogue that carried a message. */
export interface Transcript {
  session: Session | null;
  lines: Line[];
}

/** One try of a mail. */
export interface Try {
  kind: "message" | "attempt";
  id: string;
  /** RFC 3339, UTC, microseconds. */
  at: string;
  /** Since the try before; null for the first. */
  pause_ms: number | null;
  stage: string;
  reply: Reply;
  cause: Cause | null;
  recipients: TryRecipient[];
}

/** What was answered about one recipient in one try. */
export interface TryRecipient {
  address: string;
  accepted: boolean;
  reply: Reply;
  /** Null for the usual course. */
  cause: Cause | null;
}

/** A thing of HTML or CSS that the message uses. */
export interface UsedFeature {
  slug: string;
  title: string;
  description: string;
  /** The page at caniemail.com; empty for scripts, which nobody runs. */
  url: string;
  category: "html" | "css" | "image" | "others";
  /** How often it is there: elements that use it, or occurrences in style sheets. */
  found: number;
  /** Percent of the mail programs that show it. */
  supported: number;
  partial: number;
  unsupported: number;
  /** Those that do not show it, or not all of it. */
  programs: MailProgram[];
}

/** What came while somebody waited; oldest first. */
export interface Waited {
  /** What was waited for is so: enough matched, or with `none` nothing did. */
  ok: boolean;
  /** At least `count` messages matched. */
  found: boolean;
  /** What matched. */
  messages: Summary[];
  /** The newest 50 that did not match, and why. */
  near_misses: NearMiss[];
  /** The newest 50 transactions that ended without a message. */
  refused: Attempt[];
  /** How many messages were looked at. */
  seen: number;
  /** Matches that came and were deleted or pruned again. */
  removed: string[];
  /** Messages that came and were gone before they could be looked at. */
  unseen: number;
  /** Before it was decided the sandbox stopped, or the token lost its inbox. */
  closed: boolean;
  /** For `since`: to wait for what comes after all this. */
  cursor: string;
  waited_ms: number;
}

/** What an app needs to check webhooks. */
export interface WebhookKeys {
  items: ProviderKeys[];
  /** Where SNS's certificate is, as its messages say. */
  certificate_url: string;
  /** Where targets may be. */
  outbound_allow: string;
}
