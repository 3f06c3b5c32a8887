/** Rules and what is remembered, in sentences. */
import { counted, duration, number } from "../ui/format";
import { percentOf, type RuleParts } from "./draft";
import { outcomeText } from "./outcome";

const SCOPES: Record<string, string> = {
  recipient: "for each recipient", domain: "for each domain", "message-id": "for each message", client: "for each client", inbox: "in each inbox",
};

export const STAGES: [value: string, label: string][] = [
  ["CONNECT", "Connect"], ["HELO", "EHLO"], ["STARTTLS", "STARTTLS"], ["AUTH", "AUTH"], ["MAIL", "MAIL"], ["RCPT", "RCPT"],
  ["DATA", "DATA"], ["CONTENT", "End of the content"], ["AFTER", "After acceptance"],
];

export const stageLabel = (stage: string): string => STAGES.find(([value]) => value === stage)?.[1] ?? stage;

/** at RCPT, at the end of the content */
export const stageWords = (stage: string): string =>
  stage === "AFTER" ? "after acceptance" : `at ${stage === "CONTENT" ? "the end of the content" : stage === "CONNECT" ? "connect" : stageLabel(stage)}`;

/** 1st, 2nd, 3rd, 11th */
export function ordinal(value: number): string {
  const suffix = value % 100 >= 11 && value % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][value % 10] ?? "th");
  return `${number(value)}${suffix}`;
}

/** To which mail a rule applies, one short phrase for each condition; none means all. */
export function matchWords({ match }: RuleParts): { label: string; value: string }[] {
  if (!match) return [];
  const { header = {}, larger, smaller, ...texts } = match;
  const labels: Record<string, string> = {
    recipient: "to", sender: "from", subject: "subject", client: "client", identity: "user", inbox: "inbox", notify: "NOTIFY",
  };
  return [
    ...Object.entries(labels).flatMap(([name, label]) => (name in texts ? [{ label, value: String(texts[name as keyof typeof texts]) }] : [])),
    ...Object.entries(header).map(([name, value]) => ({ label: `${name}:`, value })),
    ...(larger === undefined ? [] : [{ label: "larger than", value: `${number(larger)} B` }]),
    ...(smaller === undefined ? [] : [{ label: "smaller than", value: `${number(smaller)} B` }]),
  ];
}

/** How often a rule acts: "the first 2, after the first 3, for each recipient"; "always" without numbers. */
export function oftenWords({ every, first, after, max, probability = 1, scope }: RuleParts): string {
  const parts = [
    first ? (first === 1 ? "only the next one" : `the first ${number(first)}`) : "",
    every ? (every === 1 ? "" : `every ${ordinal(every)}`) : "",
    after ? `after ${number(after)} that pass` : "",
    max ? `at most ${counted(max, "time")}` : "",
    probability < 1 ? `${percentOf(probability)} % by dice` : "",
  ].filter(Boolean);
  if (parts.length === 0) return "always";
  return [...parts, SCOPES[scope ?? ""] ?? ""].filter(Boolean).join(", ");
}

/** What a rule does, without its conditions: a verb first. */
export function outcomeWords(outcome: RuleParts["outcome"]): string {
  if (typeof outcome === "string") return outcome;
  const of = outcome as Record<string, number | string | undefined>;
  const seconds = (value: unknown): string => duration(Number(value ?? 0) * 1_000);
  const words: Record<string, () => string> = {
    accept: () => "accepts",
    discard: () => "accepts and keeps nothing",
    refuse: () => refusalSays(outcome["refusal"]),
    drop: () => `drops the connection ${DROP_WORDS[String(of["moment"] ?? "before-reply")] ?? ""}`,
    silence: () => `says nothing for ${seconds(of["seconds"])}`,
    throttle: () => `reads ${number(Number(of["bytes_per_second"]))} bytes a second`,
    greylist: () => (of["times"] && of["times"] !== 1 ? `greylists: ${number(Number(of["times"]))} refusals` : "greylists: one refusal"),
    quota: () => `mailbox holds ${of["messages"] ? counted(Number(of["messages"]), "message") : `${number(Number(of["size_bytes"]))} B`}`,
    rate: () => `takes ${number(Number(of["messages"]))} in ${seconds(of["per"] ?? 60)}`,
    size_limit: () => `refuses more than ${number(Number(of["size_bytes"]))} B`,
    connection_limit: () => `takes ${counted(Number(of["connections"]), "connection")} at once`,
    tls_failure: () => "breaks the TLS handshake",
    hide_keywords: () => `hides ${Array.isArray(outcome["keywords"]) ? outcome["keywords"].join(", ") : "keywords"}`,
    raw: () => "sends a faulty reply",
    later: () => `accepts, then sends: ${String(of["report"])}`,
  };
  return words[outcome.kind]?.() ?? outcomeText(outcome);
}

const DROP_WORDS: Record<string, string> = {
  "before-reply": "in place of a reply", "mid-data": "in the middle of the content", "after-content": "after the content",
};

function refusalSays(value: unknown): string {
  const { scenario, provider, code, status, is_temporary } = (value ?? {}) as Record<string, string | number | boolean | undefined>;
  const cause = String(scenario ?? status ?? code ?? "").replaceAll("_", " ");
  return `${is_temporary ? "defers" : "refuses"}: ${cause}${provider ? ` in ${String(provider)}’s words` : ""}`;
}
