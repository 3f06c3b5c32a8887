/** What follows a message, in words. */
import type { Clock, Report, Sink, SinkAttempt, Step } from "../api/schema";
import { counted, duration, number } from "../ui/format";

const KINDS: { [kind: string]: string } = {
  failure: "bounce message", delay: "delay warning", delivered: "delivered", "auto-reply": "automatic reply",
  complaint: "complaint", challenge: "challenge", receipt: "receipt",
};

export const kindWords = (kind: string): string => KINDS[kind] ?? kind;

/** "at once", "after 4 h": when a step is due, counted from the acceptance. */
export function dueWords({ accepted_at, due_at }: Pick<Step, "accepted_at" | "due_at">): string {
  const ms = Date.parse(due_at) - Date.parse(accepted_at);
  return ms <= 0 ? "at once" : `after ${duration(ms)}`;
}

/** "1 bounce message, 2 to come": the plan in one line; null for none. */
export function planStory(steps: readonly Step[], foreign = 0): string | null {
  if (steps.length + foreign === 0) return null;
  const pending = steps.filter((one) => one.state === "pending").length;
  const made = steps.reduce((sum, one) => sum + one.reports.length, foreign);
  const without = steps.filter((one) => one.state === "skipped" || one.state === "failed").length;
  const parts = [
    made > 0 && counted(made, "report"),
    pending > 0 && `${number(pending)} to come`,
    without > 0 && `${number(without)} without a report`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "delivered";
}

/** For whom a step is. */
export function whomWords({ recipients }: Pick<Step, "recipients">): string {
  const [first] = recipients;
  if (!first) return "";
  return recipients.length === 1 ? first.address : counted(recipients.length, "recipient");
}

/** What was said of the first recipient, on one line. */
export function toldWords({ recipients }: Pick<Step, "recipients">): string {
  const [first] = recipients;
  if (!first) return "";
  if (!first.reply) return first.text;
  return [first.reply.code, first.reply.status, first.reply.text.split("\n")[0]].filter(Boolean).join(" ");
}

const VERDICTS: { [verdict in Report["verdict"]]: string } = {
  right: "As its RFC wants it", deviates: "Deviates from what its RFC recommends", wrong: "Against its RFC",
};

export const verdictWords = ({ verdict }: Pick<Report, "verdict">): string => VERDICTS[verdict];

/** How sandbox time stands beside the time of day: null where both are the same. */
export function clockWords({ is_frozen, offset_seconds }: Pick<Clock, "is_frozen" | "offset_seconds">): string | null {
  const away = Math.round(offset_seconds);
  if (is_frozen) return "stands still";
  if (away === 0) return null;
  return `${away > 0 ? "+" : "−"}${duration(Math.abs(away) * 1_000)}`;
}

/** What an attempt tells, and of whom. */
export function eventWords({ event, report }: Pick<SinkAttempt, "event" | "report">): string {
  const kind = String(event.kind ?? "").replace(/_/g, " ");
  if (report) return `report: ${kind}`;
  return event.recipient ? `${kind}: ${String(event.recipient)}` : kind;
}

/** Where a sink is and in whose words it is told. */
export function sinkWords(sink: Pick<Sink, "provider" | "target"> | undefined): string {
  if (!sink) return "a sink that is gone";
  return sink.provider ? `${sink.provider} at ${sink.target}` : sink.target;
}

/** How an attempt stands. */
export function attemptWords({ state, tries }: Pick<SinkAttempt, "state" | "tries">): string {
  if (state === "delivered") return tries === 1 ? "taken at once" : `taken at try ${number(tries)}`;
  if (state === "given-up") return `given up after ${counted(tries, "try", "tries")}`;
  if (state === "cancelled") return "cancelled";
  return tries === 0 ? "on its way" : `waits for try ${number(tries + 1)}`;
}
