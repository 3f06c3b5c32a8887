/** Requests about mail that goes on to real servers. */
import { apiUrl, apply, change, json, messagePath, withSignal } from "../api/client";
import type { RelayItem, RelayItems, RelayStatus } from "../api/schema";

interface Asked {
  signal: AbortSignal;
}

export const statusQuery = {
  queryKey: ["relay"],
  queryFn: ({ signal }: Asked) => json<RelayStatus>(apiUrl("relay"), withSignal(signal)),
};

/** What has gone on of a message; the live feed says when it is to be asked for again. */
export const itemsQuery = (id: string) => ({
  queryKey: ["relay-items", id],
  queryFn: async ({ signal }: Asked) => (await json<RelayItems>(apiUrl("relay/items", { message: id }), withSignal(signal))).items,
  staleTime: 0,
});

const QUEUE_AT_MOST = 100;

/** The newest of all that goes on or has gone. */
export const queueQuery = {
  queryKey: ["relay-items", "all"],
  queryFn: async ({ signal }: Asked) => (await json<RelayItems>(apiUrl("relay/items", { limit: QUEUE_AT_MOST }), withSignal(signal))).items,
  staleTime: 0,
};

const itemPath = (id: string, rest = ""): string => `relay/items/${encodeURIComponent(id)}${rest}`;

export const release = (id: string, recipients: string[]): Promise<RelayItem> =>
  apply<RelayItem>(change("POST", messagePath(id, "/release"), { recipients }));
export const retry = (id: string): Promise<RelayItem> => apply<RelayItem>(change("POST", itemPath(id, "/retry"), {}));
export const cancel = (id: string): Promise<RelayItem> => apply<RelayItem>(change("DELETE", itemPath(id), null));
