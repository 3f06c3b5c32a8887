/** Refusals in words. */
import type { Attempt, Reply } from "../api/types";
import { visible } from "../ui/bidi";
import { counted } from "../ui/format";

/** 550 5.1.1 The user does not exist */
export function replyLine(reply: Reply | null): string {
  if (!reply) return "no reply";
  return [reply.code, reply.status, visible(reply.text)].filter(Boolean).join(" ");
}

const STAGES: Record<Attempt["stage"], string> = {
  MAIL: "refused at MAIL, before any recipient",
  RCPT: "no recipient was accepted",
  DATA: "refused at DATA, before the content",
  CONTENT: "the content was refused",
  AUTH: "authentication failed",
};

/** One line about where an attempt ended and for whom it was. */
export function stageWords(attempt: Attempt): string {
  const [first] = attempt.recipients;
  const more = attempt.recipients.length - 1;
  const whom = first ? `to ${visible(first.address)}${more > 0 ? ` and ${counted(more, "other")}` : ""}: ` : "";
  return whom + (STAGES[attempt.stage] ?? attempt.stage);
}

/** Whether a client should try again, from the reply's first digit (RFC 5321 §4.2.1). */
export function retryWords(reply: Reply | null): string {
  if (!reply) return "The connection ended without a reply.";
  if (reply.code >= 500) return "Permanent: a mail server would not try again but report a failure to the sender.";
  if (reply.code >= 400) return "Temporary: a mail server would keep the mail and try again later.";
  return "Accepted.";
}

const BADGES: { [kind: string]: string } = {
  failure: "failed", delay: "delayed", delivered: "delivered", "auto-reply": "auto-reply", complaint: "complaint",
  challenge: "challenge", receipt: "receipt",
};

/** What a report tells, in one word for its row. */
export const badgeOf = (report: string): string => BADGES[report] ?? report;
