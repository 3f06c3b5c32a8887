/** Requests about what follows a message: its report, a bounce on request, the clock. */
import { apiUrl, apply, change, json, messagePath, withSignal } from "../api/client";
import { INBOX, SEES_ALL } from "../api/inbox";
import type {
  Advanced, Bounced, Clock, Dialects, NewBounce, Report, SinkAttempts, SinkAttemptWithTries, Sinks,
} from "../api/schema";

interface Asked {
  signal: AbortSignal;
}

export const reportQuery = (id: string) => ({
  queryKey: ["report", id],
  queryFn: ({ signal }: Asked) => json<Report>(apiUrl(messagePath(id, "/report")), withSignal(signal)),
  retry: false,
});

export const dialectsQuery = {
  queryKey: ["dialects"],
  queryFn: async ({ signal }: Asked) => (await json<Dialects>(apiUrl("dialects"), withSignal(signal))).items,
};

export const clockQuery = {
  queryKey: ["clock"],
  queryFn: ({ signal }: Asked) => json<Clock>(apiUrl("clock"), withSignal(signal)),
  staleTime: 0,
};

export const departuresQuery = (message: string) => ({
  queryKey: ["departures", message],
  queryFn: async ({ signal }: Asked) => (await json<SinkAttempts>(apiUrl("sinks/attempts", { message }), withSignal(signal))).items,
  staleTime: 0,
});

/** The tries of an attempt; asked again when there are more of them. */
export const triesQuery = (id: string, tries: number) => ({
  queryKey: ["tries", id, tries],
  queryFn: async ({ signal }: Asked) => (await json<SinkAttemptWithTries>(apiUrl(attemptPath(id)), withSignal(signal))).all_tries,
});

export const sinksQuery = {
  queryKey: ["sinks"],
  queryFn: async ({ signal }: Asked) => (await json<Sinks>(apiUrl("sinks"), withSignal(signal))).items,
};

const attemptPath = (id: string, rest = ""): string => `sinks/attempts/${encodeURIComponent(id)}${rest}`;

export const replay = (id: string) => apply<SinkAttemptWithTries>(change("POST", attemptPath(id, "/replay"), {}));

export type Wish = Partial<NewBounce>;

export const previewQuery = (id: string, wish: Wish) => ({
  queryKey: ["bounce-preview", id, wish],
  queryFn: ({ signal }: Asked) => apply<Bounced>({ ...change("POST", messagePath(id, "/bounce"), { ...wish, preview: true }), signal }),
  staleTime: 0,
  retry: false,
});

export const bounce = (id: string, wish: Wish): Promise<Bounced> => apply<Bounced>(change("POST", messagePath(id, "/bounce"), wish));

const OWN = INBOX && !SEES_ALL ? { inbox: INBOX } : {};

export const turn = {
  advance: (seconds: number) => apply<Advanced>(change("POST", "clock/advance", { seconds, ...OWN })),
  advanceTo: (to: string) => apply<Advanced>(change("POST", "clock/advance", { to, ...OWN })),
  freeze: () => apply<Clock>(change("POST", "clock/freeze", OWN)),
  resume: () => apply<Clock>(change("POST", "clock/resume", OWN)),
  reset: () => apply<Clock>(change("POST", "clock/reset", OWN)),
};
