/** Rules to begin with: one line each, as people say it. */
import type { RuleParts } from "./draft";

export interface Template {
  title: string;
  note: string;
  rule: RuleParts;
}

export const TEMPLATES: readonly Template[] = [
  { title: "Only the next message fails", note: "then everything is as before", rule: { name: "next message fails", outcome: "system_error", stage: "CONTENT", first: 1 } },
  { title: "Fail twice, then accept", note: "each message for itself", rule: { name: "fail twice, then accept", outcome: "system_error", stage: "CONTENT", first: 2, scope: "message-id" } },
  { title: "Greylist everybody", note: "the first try is refused, a retry is taken", rule: { name: "greylist everybody", outcome: "greylist" } },
  { title: "One in ten is slow", note: "10 s before the reply to RCPT", rule: { name: "one in ten is slow", outcome: "slow+10s", probability: 0.1 } },
  { title: "One in ten bounces", note: "chosen by the seed: the same on every run", rule: { name: "one in ten bounces", outcome: "unknown_user", probability: 0.1 } },
  { title: "A mailbox is full", note: "for one recipient, in Gmail’s words", rule: { outcome: "mailbox_full+gmail", match: { recipient: "ann@*" } } },
  { title: "The next connection is lost", note: "in the middle of the content", rule: { name: "next connection is lost", outcome: "drop+data", first: 1 } },
  { title: "A subject looks like spam", note: "refused at the end of the content", rule: { outcome: "spam", match: { subject: "*newsletter*" } } },
  { title: "Large mail is refused", note: "over 1 MB", rule: { outcome: "limit+1mb" } },
  { title: "Every third log-in fails", note: "535, as with a wrong password", rule: { name: "every third log-in fails", outcome: "auth_failed", stage: "AUTH", every: 3 } },
];

export const BLANK: RuleParts = { outcome: "unknown_user" };

/** A rule under a name that no other has: two of one name would share their counters. */
export function withFreeName(rule: RuleParts, taken: readonly string[]): RuleParts {
  if (!rule.name || !taken.includes(rule.name)) return rule;
  for (let number = 2; ; number += 1) if (!taken.includes(`${rule.name} ${number}`)) return { ...rule, name: `${rule.name} ${number}` };
}
