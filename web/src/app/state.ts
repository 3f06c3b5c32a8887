/** The page's one set of live objects: list, feed, deletions on hold, what is cached of messages. */
import { QueryClient } from "@tanstack/react-query";
import { api, RequestError } from "../api/client";
import { Feed } from "../api/live";
import type { Change, Frame, Message, Row } from "../api/types";
import { ListController } from "../list/controller";
import { createStore } from "../ui/store";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY, // a message never changes
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof RequestError && error.status === 0,
    },
  },
});

/** What the feed keeps true; what was asked for before the feed began may be older than its beginning. */
const FOLLOWED = ["message", "timeline", "tags", "folders", "inboxes", "rules", "profiles", "sinks", "departures", "relay-items", "clock"];

/** Messages that went away while this page knew them. */
export const gone = createStore<ReadonlySet<string>>(new Set());

type Arrival = (rows: readonly Row[]) => void;
const arrivals = new Set<Arrival>();

/** Be told of rows as they arrive; returns how to stop. */
export function onArrival(listener: Arrival): () => void {
  arrivals.add(listener);
  return () => arrivals.delete(listener);
}

export const list = new ListController(
  api,
  (page) => {
    if (feed.start(page.cursor)) FOLLOWED.forEach((name) => refresh(name));
  },
  (rows) => arrivals.forEach((listener) => listener(rows)),
);

export const feed = new Feed((frame) => {
  list.frame(frame);
  remember(frame);
});

function remember(frame: Frame): void {
  if (frame.resync) {
    void queries.invalidateQueries();
    return;
  }
  for (const change of frame.changes) {
    if (change.kind === "changed" || change.kind === "tagged") change.messages.forEach(({ id, ...marks }) => patchMessage(id, marks));
    if (movesTags(change)) refresh("tags");
    if (["folders", "removed", "cleared"].includes(change.kind)) refresh("folders");
    if (change.kind === "tags") refresh("message");
    if (change.kind === "sinks") ["departures", "sinks"].forEach((name) => refresh(name));
    if (change.kind === "relay") refresh("relay-items");
    if (change.kind === "clock") refresh("clock");
    if (change.kind === "delivery") change.ids.forEach(became);
    if (change.kind === "rules") ["rules", "profiles"].forEach((name) => refresh(name));
    if (change.kind === "cleared") gone.set((ids) => new Set([...ids, ...cachedIds()]));
    if (change.kind === "removed") gone.set((ids) => new Set([...ids, ...change.ids].slice(-5_000)));
  }
}

/** Ask for something again. A first answer that is under way may be older than what was told: it is let go. */
function refresh(...queryKey: string[]): void {
  void queries.cancelQueries({ queryKey }).then(() => queries.invalidateQueries({ queryKey }));
}

/** Whether there may be other tags now, or other numbers of their messages. */
function movesTags(change: Change): boolean {
  if (change.kind === "added") return change.messages.some((row) => row.kind === "message" && row.tags.length > 0);
  return ["tagged", "tags", "removed", "cleared"].includes(change.kind);
}

/** Something became of a message: a report came, or why there is none. */
function became(id: string): void {
  refresh("timeline", id);
  refresh("message", id);
  refresh("clock");
}

const cachedIds = (): string[] => queries.getQueryCache().findAll({ queryKey: ["message"] }).map(({ queryKey }) => String(queryKey[1]));

/** Set marks on what is cached of a message. */
export function patchMessage(id: string, marks: Partial<Pick<Message, "seen" | "pinned" | "tags">>): void {
  queries.setQueryData<Message>(["message", id], (message) => message && { ...message, ...marks });
}

export const messageQuery = (id: string) => ({
  queryKey: ["message", id],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.message(id, signal),
});
