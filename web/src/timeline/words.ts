/** The tries of one mail, in words. */
import type { Cause, Timeline, Try } from "../api/schema";
import { counted, duration, number } from "../ui/format";

/** Whether the client was told that the mail was taken. */
export const accepted = (one: Pick<Try, "kind" | "reply">): boolean => one.kind === "message" || one.reply.code < 400;

const times = (count: number): string => (count === 1 ? "once" : count === 2 ? "twice" : `${number(count)} times`);

const between = (from: Try, to: Try): string => duration(Date.parse(to.at) - Date.parse(from.at));

/** "Refused twice, accepted 62 s after the first try"; null where one acceptance is all there is. */
export function story({ tries }: Pick<Timeline, "tries">): string | null {
  const [first] = tries;
  if (!first) return null;
  const taken = tries.findIndex(accepted);
  if (taken < 0) return tries.length === 1 ? "Refused once; no second try yet" : `Refused ${times(tries.length)}, the last ${between(first, tries.at(-1) as Try)} after the first try; not accepted yet`;
  const success = tries[taken] as Try;
  const after = tries.slice(taken + 1);
  if (taken === 0 && after.length === 0) return null;
  const when = taken === 0 ? "at the first try" : `${between(first, success)} after the first try`;
  const part = leftOver(success).size > 0 ? ` ${recipientsWords(success)}` : "";
  const begin = taken === 0 ? `Accepted${part} ${when}` : `Refused ${times(taken)}, accepted${part} ${when}`;
  if (part) return `${begin}${restWords(success, after)}`;
  return after.length > 0 ? `${begin}, then sent again ${times(after.length)}` : begin;
}

/** Who was refused in a try, in lower case. */
const leftOver = ({ recipients }: Pick<Try, "recipients">): Set<string> =>
  new Set(recipients.filter((one) => !one.accepted).map((one) => one.address.toLowerCase()));

/** What became of those whom a try that was accepted in part has left over. */
function restWords(success: Try, after: Try[]): string {
  const left = leftOver(success);
  for (const [index, one] of after.entries()) {
    for (const { address, accepted: good } of one.recipients) if (good && accepted(one)) left.delete(address.toLowerCase());
    const more = after.length - index - 1;
    if (left.size === 0) return `, for all of them ${between(success, one)} later${more > 0 ? `, then sent again ${times(more)}` : ""}`;
  }
  return after.length > 0 ? `, then tried again ${times(after.length)}; not accepted for all yet` : "";
}

/** +31 s; empty for the first try. */
export const interval = ({ pause_ms }: Pick<Try, "pause_ms">): string => (pause_ms === null ? "" : `+${duration(pause_ms)}`);

const TRIGGERS: { [trigger: string]: string } = {
  header: "its header field", address: "its address", profile: "the profile of its domain", chaos: "chaos", suppression: "suppression",
};

/** What decided, and at which count: "rule fail twice, try 2". */
export function causeWords({ trigger, rule, count }: Cause): string {
  const who = trigger === "rule" ? `rule ${rule}` : (TRIGGERS[trigger] ?? trigger);
  return count > 0 ? `${who}, try ${number(count)}` : who;
}

/** The causes of a try, each once: its own, and those of its recipients. */
export function causesOf({ cause, recipients }: Pick<Try, "cause" | "recipients">): Cause[] {
  const all = [cause, ...recipients.map((one) => one.cause)].filter((one) => one !== null);
  return all.filter((one, index) => all.findIndex((other) => causeWords(other) === causeWords(one)) === index);
}

/** For whom, when that says more than the reply does. */
export function recipientsWords({ recipients }: Pick<Try, "recipients">): string {
  const refused = recipients.filter((one) => !one.accepted).length;
  if (refused > 0 && refused < recipients.length) return `for ${number(recipients.length - refused)} of ${counted(recipients.length, "recipient")}`;
  const [first] = recipients;
  if (!first) return "";
  return recipients.length === 1 ? `to ${first.address}` : `to ${counted(recipients.length, "recipient")}`;
}
