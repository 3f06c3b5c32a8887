/** What is remembered between tries, in words. */
import { bytes, counted, number } from "../ui/format";
import { ordinal } from "./words";
import type { Remembered } from "./types";

const SECTIONS: [kind: string, title: string, note: string][] = [
  ["count", "Counters", "How often something was tried, and how often it acted."],
  ["greylist", "Greylists", "Refused at first; a later try is taken."],
  ["quota", "Mailboxes with a quota", "What they hold. Deleting mail makes room."],
  ["rate", "Rates", "What came within the span."],
  ["answered", "Answered correspondents", "An out-of-office reply goes to each of them once in seven days."],
  ["suppression", "Suppressed addresses", "Refused after a hard bounce until they are reset."],
];

export interface Section {
  title: string;
  note: string;
  records: readonly Remembered[];
}

/** Records by kind, the latest first; kinds that this page does not know stand at the end under their own name. */
export function sectionsOf(records: readonly Remembered[]): Section[] {
  const known = SECTIONS.map(([kind]) => kind);
  const rest = [...new Set(records.map(({ kind }) => kind))].filter((kind) => !known.includes(kind));
  return [...SECTIONS, ...rest.map((kind) => [kind, kind, ""] as const)]
    .map(([kind, title, note]) => ({ title, note, records: latestFirst(records.filter((one) => one.kind === kind)) }))
    .filter((section) => section.records.length > 0);
}

const latestFirst = (records: readonly Remembered[]): Remembered[] => [...records].sort((a, b) => ((a.last_at ?? "") < (b.last_at ?? "") ? 1 : -1));

/** Whose a record is: what stands first, and what narrows it. */
export function ownerWords({ kind, owner }: Pick<Remembered, "kind" | "owner">): { title: string; rest: string } {
  const [first = "", ...others] = owner;
  if (kind === "suppression") return { title: others.at(-1) ?? first, rest: "" };
  if (kind === "answered") return { title: others[1] ?? "", rest: others[0] ? `in the name of ${others[0]}` : "" };
  if (first === "rule") return ruleOwner(others);
  if (first === "address") return addressOwner(others);
  if (first === "profile") return { title: others.at(-1) ?? "", rest: `profile of ${others[0] ?? ""}` };
  if (first === "chaos") return { title: `Chaos: ${others[0] ?? ""}`, rest: others.slice(1).filter(Boolean).join(", ") };
  return { title: others.at(-1) ?? first, rest: [first, ...others.slice(0, -1)].filter(Boolean).join(", ") };
}

function ruleOwner([key = "", scope = "", client, sender, recipient]: string[]): { title: string; rest: string } {
  const triplet = client === undefined ? [] : [recipient, sender && `from ${sender}`, client];
  const scoped = scope.includes(" ") ? scope.split(" ").slice(1).join(" ") : scope;
  return { title: `Rule ${key}`, rest: [scoped, ...triplet].filter(Boolean).join(", ") };
}

function addressOwner([, sender = "", recipient]: string[]): { title: string; rest: string } {
  if (recipient === undefined) return { title: sender, rest: "" };
  return { title: recipient, rest: sender ? `from ${sender}` : "" };
}

/** What is remembered: "tried twice, refused both times". */
export function recordWords(record: Remembered): string {
  const { kind, owner, count, fired, size_bytes, note } = record;
  const tries = counted(count, "try", "tries");
  switch (kind) {
    case "count":
      return owner[0] === "rule" || owner[0] === "profile" ? `${tries}, acted on ${number(fired)}` : `${ordinal(Math.max(1, count))} cycle, failed ${times(fired)} in it`;
    case "greylist":
      return `refused ${times(fired)}; waits for a retry`;
    case "quota":
      return `holds ${counted(count, "message")}${size_bytes ? `, ${bytes(size_bytes)}` : ""}${fired ? `; refused ${number(fired)}` : ""}`;
    case "rate":
      return `${counted(count, "message")} in this span${fired ? `; refused ${number(fired)}` : ""}`;
    case "answered":
      return `answered ${times(count)}`;
    case "suppression":
      return note ? `after ${note}` : "suppressed";
    default:
      return [tries, note].filter(Boolean).join(", ");
  }
}

/** once, twice, 3 times */
export const times = (count: number): string => (count === 1 ? "once" : count === 2 ? "twice" : `${number(count)} times`);
