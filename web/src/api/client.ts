/** Requests to API v2 under whatever base path the page was served from. */
import { whose } from "./inbox";
import type {
  AttemptDetail, Field, Folders, Hop, Info, Message, Page, Problem, Selection, Tags, Transcript,
} from "./types";

/** A request that did not succeed, with a sentence that can be shown. `status` is 0 when no answer came. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly problem: Problem | null = null,
  ) {
    super(message);
    this.name = "RequestError";
  }
}

/** What is wrong with a search, in words; null if that is not why a list was refused. */
export function searchTrouble(error: RequestError | null): string | null {
  if (error?.status !== 400 && error?.status !== 422) return null;
  return error.problem?.errors?.[0]?.reason ?? error.message;
}

/** The address of an API resource, below the page's base path. */
export function apiUrl(path: string, parameters: Record<string, string | number | boolean | null | undefined> = {}): string {
  const url = new URL(`api/v2/${path}`, document.baseURI);
  for (const [name, value] of Object.entries({ ...whose(path), ...parameters })) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.toString();
}

/** The websocket address of the live feed, from `cursor` on. */
export function eventsUrl(cursor: string | null): string {
  const url = new URL(apiUrl("events", { after: cursor }));
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.toString();
}

export const messagePath = (id: string, rest = ""): string => `messages/${encodeURIComponent(id)}${rest}`;
export const partPath = (id: string, part: string): string => messagePath(id, `/parts/${encodeURIComponent(part)}`);

async function failure(response: Response): Promise<RequestError> {
  const problem = (await response.json().catch(() => null)) as Problem | null;
  const reasons = problem?.errors?.map((error) => error.reason).filter(Boolean).join("; ");
  const sentence = problem?.detail || reasons || problem?.title || `The server answered ${response.status}.`;
  return new RequestError(response.status, sentence, problem);
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new RequestError(0, "The sandbox does not answer. Is it still running?");
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export async function json<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await send(path, init)).json()) as T;
}

export function change(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body: unknown, keepalive = false): RequestInit & { path: string } {
  return {
    path: apiUrl(path),
    method,
    keepalive,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** A change of many messages; the folder that a selection looks in stands in the address. */
function changeOf(method: "POST" | "PATCH" | "DELETE", path: string, selection: Selection, rest: object, keepalive = false): ReturnType<typeof change> {
  const { mailbox, ...which } = { mailbox: undefined, ...selection };
  return { ...change(method, path, { ...which, ...rest }, keepalive), path: apiUrl(path, { mailbox }) };
}

export async function apply<T>({ path, ...init }: ReturnType<typeof change>): Promise<T> {
  return json<T>(path, init);
}

export interface ListRequest {
  query?: string;
  /** A folder; without it INBOX. */
  mailbox?: string | undefined;
  refused?: boolean;
  before?: string | null;
  after?: string | null;
  skip?: number;
  limit?: number;
}

/** The first `limit_bytes` of a resource as text, and how large it is in all when the server says so. */
export interface TextContent {
  text: string;
  truncated: boolean;
}

/** Read at most `limit` bytes of a body and let go of the rest. */
export async function readBytes(response: Response, limit: number): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let done = reader === undefined;
  while (reader && !done && size <= limit) {
    const step = await reader.read();
    done = step.done;
    if (step.value) {
      chunks.push(step.value);
      size += step.value.length;
    }
  }
  if (!done) await reader?.cancel();
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return { bytes: all.subarray(0, limit), truncated: size > limit };
}

async function limitedText(url: string, limit: number, signal?: AbortSignal): Promise<TextContent> {
  const response = await send(url, signal ? { signal } : {});
  const { bytes, truncated } = await readBytes(response, limit);
  return { text: new TextDecoder().decode(bytes), truncated };
}

type Signal = AbortSignal | undefined;
export const withSignal = (signal: Signal): RequestInit => (signal ? { signal } : {});

export const api = {
  info: (signal?: Signal) => json<Info>(apiUrl("info"), withSignal(signal)),
  list: (request: ListRequest, signal?: Signal) =>
    json<Page>(apiUrl("messages", { ...request, refused: request.refused || undefined, skip: request.skip || undefined }), withSignal(signal)),
  message: (id: string, signal?: Signal) => json<Message>(apiUrl(messagePath(id)), withSignal(signal)),
  attempt: (id: string, signal?: Signal) => json<AttemptDetail>(apiUrl(`attempts/${encodeURIComponent(id)}`), withSignal(signal)),
  headers: (id: string, signal?: Signal) => json<{ fields: Field[] }>(apiUrl(messagePath(id, "/headers")), withSignal(signal)),
  transcript: (id: string, signal?: Signal) => json<Transcript>(apiUrl(messagePath(id, "/transcript")), withSignal(signal)),
  path: (id: string, signal?: Signal) => json<{ hops: Hop[] }>(apiUrl(messagePath(id, "/path")), withSignal(signal)),
  text: limitedText,
  bytes: async (url: string, limit: number, signal?: Signal) => readBytes(await send(url, withSignal(signal)), limit),
  mark: (selection: Selection, marks: { seen?: boolean; pinned?: boolean; tags?: string[] }) =>
    apply<{ changed: number }>(changeOf("PATCH", "messages", selection, marks)),
  remove: (selection: Selection, keepalive = false) =>
    apply<{ deleted: number }>(changeOf("DELETE", "messages", selection, {}, keepalive)),
  move: (selection: Selection, to: string) => apply<{ changed: number }>(changeOf("POST", "messages/move", selection, { to })),
  folders: (signal?: Signal) => json<Folders>(apiUrl("folders"), withSignal(signal)),
  tags: (signal?: Signal) => json<Tags>(apiUrl("tags"), withSignal(signal)),
  sample: () => apply<{ id: string }>(change("POST", "messages/sample", {})),
};
