/** Requests about the checks of one message. */
import { apiUrl, apply, change, json, messagePath, withSignal } from "../api/client";
import type { HtmlCheck, LinkCheck, SpamCheck } from "../api/schema";

interface Asked {
  signal: AbortSignal;
}

export const htmlCheckQuery = (id: string, linked: boolean) => ({
  queryKey: ["html-check", id, linked],
  queryFn: ({ signal }: Asked) => json<HtmlCheck>(apiUrl(messagePath(id, "/html-check"), { linked }), withSignal(signal)),
  retry: false,
});

/** Each `run` asks the servers anew. */
export const linkCheckQuery = (id: string, follow: boolean, run: number) => ({
  queryKey: ["link-check", id, follow, run],
  queryFn: ({ signal }: Asked) => apply<LinkCheck>({ ...change("POST", messagePath(id, "/link-check"), { follow }), signal }),
  retry: false,
});

export const spamCheckQuery = (id: string, run: number) => ({
  queryKey: ["spam-check", id, run],
  queryFn: ({ signal }: Asked) => apply<SpamCheck>({ ...change("POST", messagePath(id, "/spam-check"), {}), signal }),
  retry: false,
});
