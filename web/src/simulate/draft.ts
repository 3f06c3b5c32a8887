/** A rule while it is edited: every field is text, as it stands in the form. */
import { outcomeText, readOutcome, type Outcome } from "./outcome";

/** A rule as API v2 takes and gives it; what has its default is left out. */
export interface RuleParts {
  name?: string;
  stage?: string;
  outcome: Outcome | string;
  match?: Match;
  provider?: string;
  scope?: string;
  every?: number;
  first?: number;
  after?: number;
  max?: number;
  probability?: number;
  enabled?: boolean;
  expires_at?: string | null;
}

export interface Match {
  recipient?: string;
  sender?: string;
  subject?: string;
  header?: Record<string, string>;
  larger?: number;
  smaller?: number;
  client?: string;
  identity?: string;
  inbox?: string;
  notify?: string;
}

export const MATCH_TEXTS = ["recipient", "sender", "subject", "client", "identity", "inbox", "notify"] as const;
const MATCH_NUMBERS = ["larger", "smaller"] as const;
const COUNTS = ["every", "first", "after", "max"] as const;

type Text = "name" | "outcome" | "stage" | "provider" | "scope" | "percent" | "expires" | "header";
export type DraftField = Text | (typeof MATCH_TEXTS)[number] | (typeof MATCH_NUMBERS)[number] | (typeof COUNTS)[number];
export type Draft = Record<DraftField, string> & { enabled: boolean };
export type FieldErrors = Partial<Record<DraftField | "form", string>>;

export const DRAFT_FIELDS: readonly DraftField[] = [
  "name", "outcome", "stage", "provider", "scope", "percent", "expires", "header", ...MATCH_TEXTS, ...MATCH_NUMBERS, ...COUNTS,
];

const shown = (value: unknown): string => (value === undefined || value === null || value === 0 ? "" : String(value));

/** A share between 0 and 1 in per cent, without the dust of binary fractions. */
export const percentOf = (share: number): string => String(Number((share * 100).toFixed(6)));

export function draftOf(rule: RuleParts): Draft {
  const match = rule.match ?? {};
  const texts = Object.fromEntries([...MATCH_TEXTS, ...MATCH_NUMBERS].map((name) => [name, shown(match[name])]));
  const counts = Object.fromEntries(COUNTS.map((name) => [name, shown(rule[name])]));
  return {
    ...(texts as Record<(typeof MATCH_TEXTS)[number] | (typeof MATCH_NUMBERS)[number], string>),
    ...(counts as Record<(typeof COUNTS)[number], string>),
    name: rule.name ?? "",
    outcome: outcomeText(rule.outcome),
    stage: rule.stage ?? "",
    provider: rule.provider ?? "",
    scope: rule.scope ?? "",
    percent: rule.probability === undefined || rule.probability === 1 ? "" : percentOf(rule.probability),
    expires: rule.expires_at ? localTime(rule.expires_at) : "",
    header: Object.entries(match.header ?? {}).map(([name, text]) => `${name}: ${text}`).join("\n"),
    enabled: rule.enabled ?? true,
  };
}

/** An instant as a datetime-local field has it, in the browser's zone. */
export function localTime(at: string): string {
  const date = new Date(at);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}

export type Read = { rule: RuleParts; errors: null } | { rule: null; errors: FieldErrors };

/** The rule that a form means, or what cannot be read, field by field. The server judges the rest. */
export function ruleOf(draft: Draft): Read {
  const errors: FieldErrors = {};
  const rule: RuleParts = { outcome: outcomeOf(draft.outcome, errors), enabled: draft.enabled };
  for (const name of ["name", "stage", "provider", "scope"] as const) if (draft[name].trim()) rule[name] = draft[name].trim();
  for (const name of COUNTS) {
    const value = whole(draft[name], name, errors);
    if (value) rule[name] = value;
  }
  const percent = percentIn(draft.percent, errors);
  if (percent !== null) rule.probability = percent / 100;
  const expires = instantIn(draft.expires, errors);
  if (expires !== null) rule.expires_at = expires;
  const match = matchOf(draft, errors);
  if (Object.keys(match).length > 0) rule.match = match;
  return Object.keys(errors).length > 0 ? { rule: null, errors } : { rule, errors: null };
}

function outcomeOf(text: string, errors: FieldErrors): Outcome | string {
  if (!text.trim()) errors.outcome = "what shall happen, such as mailbox_full+gmail";
  try {
    return readOutcome(text);
  } catch {
    errors.outcome = "this JSON cannot be read";
    return "";
  }
}

function whole(text: string, name: DraftField, errors: FieldErrors): number {
  if (!text.trim()) return 0;
  if (/^\d+$/u.test(text.trim())) return Number(text);
  errors[name] = "a whole number";
  return 0;
}

function percentIn(text: string, errors: FieldErrors): number | null {
  if (!text.trim()) return null;
  const value = Number(text.trim().replace(/\s*%$/u, ""));
  if (value >= 0 && value <= 100) return value;
  errors.percent = "from 0 to 100";
  return null;
}

function instantIn(text: string, errors: FieldErrors): string | null {
  if (!text) return null;
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date.toISOString().replace("Z", "000Z");
  errors.expires = "a day and a time";
  return null;
}

function matchOf(draft: Draft, errors: FieldErrors): Match {
  const match: Match = {};
  for (const name of MATCH_TEXTS) if (draft[name].trim()) match[name] = draft[name].trim();
  for (const name of MATCH_NUMBERS) if (draft[name].trim()) match[name] = whole(draft[name], name, errors);
  const header = headerIn(draft.header, errors);
  if (Object.keys(header).length > 0) match.header = header;
  return match;
}

function headerIn(text: string, errors: FieldErrors): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of text.split("\n").filter((one) => one.trim())) {
    const [, name, value] = /^\s*([!-9;-~]+):\s*(.+?)\s*$/u.exec(line) ?? [];
    if (name && value) fields[name] = value;
    else errors.header = "a line for each field, such as X-Campaign: spring*";
  }
  return fields;
}

const RENAMED: Record<string, DraftField> = { probability: "percent", expires_at: "expires" };

/** Where the server's complaints belong in the form; what has no field of its own stands below it. */
export function errorsAt(problems: readonly { field: string; reason: string }[]): FieldErrors {
  const errors: FieldErrors = {};
  for (const { field, reason } of problems) {
    const [first = "", second = ""] = field.replace(/^(?:body|rule)\./u, "").split(".");
    const name = first === "match" ? second : (RENAMED[first] ?? first);
    const known = DRAFT_FIELDS.find((one) => one === name);
    errors[known ?? "form"] ??= known ? said(reason) : `${field}: ${reason}`;
  }
  return errors;
}

/** "is not known at RCPT" alone does not say what can be done. */
const said = (reason: string): string => (reason.startsWith("is not known at") ? `${reason}: choose a later stage` : reason);

/** A list with one thing elsewhere. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  const item = list[from];
  if (item === undefined) return [...list];
  rest.splice(Math.max(0, Math.min(to, rest.length)), 0, item);
  return rest;
}
