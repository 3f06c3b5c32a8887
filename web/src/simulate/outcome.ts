/** What a rule does, between the table that the API keeps and the words that an address is written with. */

export type Outcome = { kind: string } & Record<string, unknown>;

interface Refusal {
  scenario?: string;
  provider?: string;
  code?: number;
  status?: string;
  text?: string;
  is_temporary?: boolean;
}

const HOUR = 3_600;
const DROPS: Record<string, string> = { "before-reply": "rcpt", "mid-data": "data", "after-content": "content" };
const REPORTS: Record<string, string> = {
  failure: "ndr", delay: "delay", success: "dsn", "auto-reply": "ooo", complaint: "complaint", challenge: "challenge",
};

/** 10s, 1500ms */
export const secondsWord = (seconds: number): string => (Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1_000)}ms`);

function sizeWord(size: number): string {
  for (const [unit, factor] of [["gb", 2 ** 30], ["mb", 2 ** 20], ["kb", 2 ** 10]] as const) {
    if (size >= factor && size % factor === 0) return `${size / factor}${unit}`;
  }
  return `${size}b`;
}

/** The options that name a refusal, the bare code with its text last; null if words cannot say it. */
function refusalWords(value: unknown, usual = ""): string[] | null {
  const { scenario = "", provider = "", code = 0, status = "", text = "" } = (value ?? {}) as Refusal;
  if (code && scenario) return null;
  if (text && !code) return null;
  const cause = scenario === usual ? "" : scenario;
  const tail = code ? [String(code), status, text] : [status];
  return [cause, provider, ...tail].filter(Boolean);
}

type Writer = (outcome: Outcome) => (string | null)[] | null;

const number = (value: unknown): number => (typeof value === "number" ? value : 0);

function said(verb: string, value: unknown, usual: string, options: readonly string[] = []): string[] | null {
  const words = refusalWords(value, usual);
  return words && [verb, ...options, ...words];
}

const WRITERS: Record<string, Writer> = {
  accept: () => ["success"],
  discard: () => ["discard"],
  refuse: ({ refusal }) => {
    const { is_temporary: later } = (refusal ?? {}) as Refusal;
    const words = refusalWords(refusal);
    return words && (later ? ["defer", ...words] : words);
  },
  drop: ({ moment, keeps }) => ["drop", DROPS[String(moment ?? "before-reply")] ?? null, keeps ? "kept" : ""],
  silence: ({ seconds, then }) => (then === undefined ? ["slow", secondsWord(number(seconds))] : null),
  throttle: ({ bytes_per_second }) => ["slow", `${number(bytes_per_second)}bps`],
  greylist: ({ refusal, times = 1, wait = 0, window }) => {
    if (window !== undefined && window !== Math.max(4 * HOUR, 2 * number(wait))) return null;
    return said("greylist", refusal, "greylisted", [times === 1 ? "" : `x${String(times)}`, wait ? secondsWord(number(wait)) : ""]);
  },
  quota: ({ refusal, messages = 0, size_bytes = 0, times = 0 }) => {
    if (!times) return null; // "until mail is deleted" has no words
    const room = [messages ? `${String(messages)}msgs` : "", size_bytes ? sizeWord(number(size_bytes)) : ""];
    return said("full", refusal, "mailbox_full", [...room, times === 1 ? "" : `x${String(times)}`]);
  },
  size_limit: ({ refusal, size_bytes }) => said("limit", refusal, "too_large_mailbox", [sizeWord(number(size_bytes))]),
  rate: ({ refusal, messages, per = 60 }) => said("rate", refusal, "rate_limited", [`${String(messages)}msgs`, secondsWord(number(per))]),
  later: ({ report, refusal, delay = 0 }) => {
    const words = report === "failure" ? refusalWords(refusal, "unknown_user") : [];
    return words && [REPORTS[String(report)] ?? null, delay ? secondsWord(number(delay)) : "", ...words];
  },
};

/** The outcome as a person writes it: `mailbox_full+gmail`, `greylist+x2+30s`; JSON where words do not reach. */
export function outcomeText(outcome: Outcome | string): string {
  if (typeof outcome === "string") return outcome;
  const words = WRITERS[outcome.kind]?.(outcome) ?? null;
  if (words === null || words.includes(null)) return JSON.stringify(outcome);
  return words.filter(Boolean).join("+").replaceAll(" ", "+");
}

/** What was written, as the API takes it. Raises SyntaxError for JSON that is none. */
export function readOutcome(text: string): Outcome | string {
  const written = text.trim();
  return written.startsWith("{") ? (JSON.parse(written) as Outcome) : written;
}
