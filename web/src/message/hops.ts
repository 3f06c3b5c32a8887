/** The delivery path in words. */
import type { Hop } from "../api/types";
import { clock, duration, listTime } from "../ui/format";

export interface Stop {
  /** What its Received field says; null for the sandbox, which is the last stop. */
  hop: Hop | null;
  name: string;
  at: string | null;
  /** "+4.1 s", or why it cannot be told. */
  delay: string;
  tone: "plain" | "slow" | "skew";
}

const SLOW_MS = 30_000;
// Received lines carry whole seconds: one second either way is rounding, not skew.
const ROUNDING_MS = 1_000;

function inWords(delayMs: number): Pick<Stop, "delay" | "tone"> {
  if (delayMs < -ROUNDING_MS) return { delay: `clock ${duration(-delayMs)} behind`, tone: "skew" };
  if (delayMs < ROUNDING_MS) return { delay: "under 1 s", tone: "plain" };
  return { delay: `+${duration(delayMs)}`, tone: delayMs >= SLOW_MS ? "slow" : "plain" };
}

function delayOf(hop: Hop, first: boolean): Pick<Stop, "delay" | "tone"> {
  if (hop.at === null) return { delay: "no time given", tone: "plain" };
  if (hop.delay_ms === null) return { delay: first ? "start" : "unknown", tone: "plain" };
  return inWords(hop.delay_ms);
}

const timesOf = (hops: readonly Hop[]): number[] => hops.flatMap(({ at }) => (at === null ? [] : [Date.parse(at)]));

/** The hops, the oldest first, and then the sandbox, which counts from the last hop that gives a time. */
export function stops(hops: readonly Hop[], receivedAt: string): Stop[] {
  const before = timesOf(hops).at(-1);
  const delay = before === undefined ? ({ delay: "unknown", tone: "plain" } as const) : inWords(Date.parse(receivedAt) - before);
  return [
    ...hops.map((hop, index) => ({ hop, name: hop.by || "unnamed host", at: hop.at, ...delayOf(hop, index === 0) })),
    { hop: null, name: "This sandbox", at: receivedAt, ...delay },
  ];
}

/** "3 hops, 4.1 s from the first to here"; without the time if no hop gives one, or clocks disagree. */
export function summary(hops: readonly Hop[], receivedAt: string): string {
  const count = hops.length === 1 ? "One hop" : `${hops.length} hops`;
  const first = timesOf(hops)[0];
  const total = first === undefined ? -1 : Date.parse(receivedAt) - first;
  if (total < 0) return count;
  return `${count}, ${total < ROUNDING_MS ? "under 1 s" : duration(total)} from the first to here`;
}

/** "12:01:07", or "22 Nov, 12:01:07" if that is not the day of the receipt. */
export function stopTime(at: string, receivedAt: string, zone: string): string {
  const time = clock(at, zone);
  const told = listTime(at, Date.parse(receivedAt), { style: "absolute", zone });
  return told === time ? time : `${told}, ${time}`;
}
