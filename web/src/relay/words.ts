/** What is said of mail that goes on. */
import type { RelayItem } from "../api/schema";

const KINDS: Record<RelayItem["kind"], string> = { release: "Released", relay: "Relayed", forward: "Forwarded" };
const STATES: Record<RelayItem["state"], string> = {
  waiting: "waits", sent: "sent", partly: "sent to some", failed: "failed", cancelled: "cancelled",
};

export const isWaiting = (item: Pick<RelayItem, "state">): boolean => item.state === "waiting";

/** The addresses of a text in their order, once each; commas, semicolons, blanks and line ends part them. */
export function addressesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** One item in a few words, as in `Released: waits, 2 tries`. */
export function sumOf(item: Pick<RelayItem, "kind" | "state" | "tries">): string {
  const tries = item.tries > 1 || (item.state === "waiting" && item.tries > 0) ? `, ${item.tries === 1 ? "1 try" : `${item.tries} tries`}` : "";
  return `${KINDS[item.kind]}: ${STATES[item.state]}${tries}`;
}
