/** Requests about sinks: where reports and events go besides the inbox. */
import { apiUrl, apply, change, json, withSignal } from "../api/client";
import type { Feedback, NewSink, Sink, SinkAttempts, SinkChanges, SinkTrial, WebhookKeys } from "../api/schema";
import { queries } from "../app/state";

interface Asked {
  signal: AbortSignal;
}

const sinkPath = (id: string, rest = ""): string => `sinks/${encodeURIComponent(id)}${rest}`;

export const keysQuery = {
  queryKey: ["webhook-keys"],
  queryFn: ({ signal }: Asked) => json<WebhookKeys>(apiUrl("webhooks/keys"), withSignal(signal)),
};

export const feedbackQuery = {
  queryKey: ["feedback"],
  queryFn: ({ signal }: Asked) => json<Feedback>(apiUrl("sinks/feedback"), withSignal(signal)),
};

const AGAIN_MS = 1_500;

/** The newest attempts; asked for again as long as one of them waits. */
export const newestQuery = {
  queryKey: ["departures", "newest"],
  queryFn: async ({ signal }: Asked) => (await json<SinkAttempts>(apiUrl("sinks/attempts", { limit: 20 }), withSignal(signal))).items,
  staleTime: 0,
  refetchInterval: ({ state }: { state: { data?: SinkAttempts["items"] | undefined } }) => (state.data?.some((one) => one.state === "pending") ? AGAIN_MS : false),
};

export const sinks = {
  add: (sink: NewSink) => apply<Sink>(change("POST", "sinks", sink)),
  change: (id: string, changes: SinkChanges) => apply<Sink>(change("PATCH", sinkPath(id), changes)),
  remove: (id: string) => json<Sink>(apiUrl(sinkPath(id)), { method: "DELETE" }),
  trial: (id: string) => apply<SinkTrial>(change("POST", sinkPath(id, "/trial"), {})),
  ask: (id: string) => apply<unknown>(change("POST", sinkPath(id, "/confirmation"), {})),
  feedback: (address: string) => apply<Feedback>(change("PUT", "sinks/feedback", { address })),
};

/** Ask again for all that a change of a sink changes. */
export function refreshSinks(): void {
  for (const queryKey of [["sinks"], ["departures"]]) void queries.invalidateQueries({ queryKey });
}
