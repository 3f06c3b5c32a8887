/** The delivery path in words. */
import type { Hop } from "../api/types";
import { duration } from "../ui/format";

export interface Stop {
  hop: Hop;
  name: string;
  /** "4.1 s", or why it cannot be told. */
  delay: string;
  tone: "plain" | "slow" | "skew";
}

const SLOW_MS = 30_000;
// Received lines carry whole seconds: one second either way is rounding, not skew.
const ROUNDING_MS = 1_000;

function delayOf(hop: Hop, first: boolean): Pick<Stop, "delay" | "tone"> {
  if (hop.at === null) return { delay: "no time given", tone: "plain" };
  if (hop.delay_ms === null) return { delay: first ? "start" : "unknown", tone: "plain" };
  if (hop.delay_ms < -ROUNDING_MS) return { delay: `clock ${duration(-hop.delay_ms)} behind`, tone: "skew" };
  if (hop.delay_ms <= 0) return { delay: "under 1 s", tone: "plain" };
  return { delay: `+${duration(hop.delay_ms)}`, tone: hop.delay_ms >= SLOW_MS ? "slow" : "plain" };
}

export function stops(hops: readonly Hop[]): Stop[] {
  return hops.map((hop, index) => ({ hop, name: hop.by || "unnamed host", ...delayOf(hop, index === 0) }));
}

/** From the first time to the last, in milliseconds; null with fewer than two. */
export function totalDelay(hops: readonly Hop[]): number | null {
  const times = hops.flatMap(({ at }) => (at === null ? [] : [Date.parse(at)]));
  return times.length < 2 ? null : (times.at(-1) as number) - (times[0] as number);
}
