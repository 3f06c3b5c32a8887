/** A sink while it is edited, as text and choices. */
import type { FieldError, NewSink, ProviderKeys, Sink, SinkChanges } from "../api/schema";

export type EventKind = NonNullable<NewSink["events"]>[number];

/** `form` is smtp, or the provider in whose words a webhook speaks. */
export interface SinkDraft {
  form: string;
  target: string;
  secret: string;
  events: EventKind[];
}

export type SinkErrors = { [name in keyof SinkDraft | "whole"]?: string };

export const SMTP = "smtp";
export const BLANK_SINK: SinkDraft = { form: SMTP, target: "", secret: "", events: [] };
const REPORTED: EventKind[] = ["bounced", "deferred", "delivered", "complained", "auto_replied", "opened"];
const WITH_OWN_SECRET = ["mailgun", "resend", "standard"];

export const sinkDraft = (sink: Sink): SinkDraft => ({
  form: sink.provider || SMTP,
  target: sink.target,
  secret: "",
  events: sink.events as EventKind[],
});

/** Whether the app's own signing secret can be given. */
export const takesSecret = (form: string): boolean => WITH_OWN_SECRET.includes(form);

/** The kinds of event that can go there. */
export function eventsOf(form: string, keys: readonly ProviderKeys[]): EventKind[] {
  return form === SMTP ? REPORTED : ((keys.find(({ name }) => name === form)?.events ?? []) as EventKind[]);
}

/** All kinds and no choice are the same: everything that there is. */
const chosen = (draft: SinkDraft, offered: readonly EventKind[]): EventKind[] => {
  const events = draft.events.filter((one) => offered.includes(one));
  return events.length === offered.length ? [] : events;
};

export function newSink(draft: SinkDraft, offered: readonly EventKind[]): NewSink {
  return {
    kind: draft.form === SMTP ? "smtp" : "webhook",
    target: draft.target.trim(),
    events: chosen(draft, offered),
    ...(draft.form === SMTP ? {} : { provider: draft.form }),
    ...(draft.secret ? { secret: draft.secret.trim() } : {}),
  };
}

/** Only what is another: a target that stands keeps its password, which is never shown. */
export function sinkChanges(draft: SinkDraft, sink: Sink, offered: readonly EventKind[]): SinkChanges {
  return {
    events: chosen(draft, offered),
    ...(draft.target.trim() === sink.target ? {} : { target: draft.target.trim() }),
    ...(draft.secret ? { secret: draft.secret.trim() } : {}),
  };
}

/** What is wrong beside the field that it is about. */
export function sinkErrors(errors: readonly FieldError[]): SinkErrors {
  const places: { [field: string]: keyof SinkErrors } = { target: "target", secret: "secret", provider: "form", events: "events" };
  return Object.fromEntries(errors.map(({ field, reason }) => [places[field] ?? "whole", reason]));
}

/** How a sink stands, where that is worth a word. */
export function standing({ enabled, is_waiting }: Pick<Sink, "enabled" | "is_waiting">): string {
  if (!enabled) return "off: what is due waits";
  return is_waiting ? "waits until the app has confirmed" : "";
}

export const kindsWords = (events: readonly string[]): string =>
  events.length === 0 ? "everything" : events.map((one) => one.replace(/_/g, " ")).join(", ");
