/** Requests about mail that goes on to real servers. */
import { apiUrl, apply, change, json, messagePath, withSignal } from "../api/client";
import type { RelayItem, RelayItems, RelayStatus } from "../api/schema";
import { isWaiting } from "./words";

interface Asked {
  signal: AbortSignal;
}

const LOOK_AGAIN_MS = 1_000;

export const statusQuery = {
  queryKey: ["relay"],
  queryFn: ({ signal }: Asked) => json<RelayStatus>(apiUrl("relay"), withSignal(signal)),
};

/** What has gone on of a message; asked for again while some of it waits. */
export const itemsQuery = (id: string) => ({
  queryKey: ["relay-items", id],
  queryFn: async ({ signal }: Asked) => (await json<RelayItems>(apiUrl("relay/items", { message: id }), withSignal(signal))).items,
  staleTime: 0,
  refetchInterval: (query: { state: { data?: RelayItem[] | undefined } }) => (query.state.data?.some(isWaiting) ? LOOK_AGAIN_MS : false),
});

const itemPath = (id: string, rest = ""): string => `relay/items/${encodeURIComponent(id)}${rest}`;

export const release = (id: string, recipients: string[]): Promise<RelayItem> =>
  apply<RelayItem>(change("POST", messagePath(id, "/release"), { recipients }));
export const retry = (id: string): Promise<RelayItem> => apply<RelayItem>(change("POST", itemPath(id, "/retry"), {}));
export const cancel = (id: string): Promise<RelayItem> => apply<RelayItem>(change("DELETE", itemPath(id), null));
