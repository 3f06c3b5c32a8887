import { describe, expect, it, vi } from "vitest";
import type { ListRequest } from "../api/client";
import type { Page } from "../api/types";
import { ListController } from "./controller";
import { COUNTS, page, summary } from "./samples";
import { rowAt, size } from "./window";

/** A server with messages 1..total, newest first. */
function server(total: number) {
  const requests: ListRequest[] = [];
  const list = async (request: ListRequest): Promise<Page> => {
    requests.push(request);
    const before = request.before ? Number(request.before.slice(1)) : total + 1;
    const newest = before - 1 - (request.skip ?? 0);
    const limit = Math.max(0, Math.min(request.limit ?? 50, newest));
    return { ...page(newest, limit, total), next: newest - limit > 0 ? `k${newest - limit + 1}` : null };
  };
  return { requests, list };
}

const frame = (messages: ReturnType<typeof summary>[], total: number) => ({
  cursor: "e.2", changes: [{ kind: "added" as const, messages }], counts: { ...COUNTS, total },
});

describe("the list", () => {
  it("opens with the first page and hands its cursor on", async () => {
    const pages: string[] = [];
    const list = new ListController(server(1_000), (one) => pages.push(one.cursor));
    await list.open({ view: "all", q: "" });
    expect(size(list.state.get().window)).toBe(1_000);
    expect(pages).toEqual(["e.1"]);
  });

  it("fetches what is in view by skipping from the anchor, so that arrivals do not shift it", async () => {
    const source = server(1_000);
    const list = new ListController(source);
    await list.open({ view: "all", q: "" });
    list.frame(frame([summary(1_001), summary(1_002)], 1_002));
    list.need(502, 512);
    await vi.waitFor(() => expect(rowAt(list.state.get().window, 502)?.id).toBe("m500"));
    expect(source.requests.at(-1)).toMatchObject({ before: "k901", skip: 400 });
  });

  it("loads what moves into view when rows above it go away", async () => {
    const source = server(1_000);
    const list = new ListController(source);
    await list.open({ view: "all", q: "" });
    list.need(180, 200);
    await vi.waitFor(() => expect(rowAt(list.state.get().window, 199)?.id).toBe("m801"));
    const ids = ["m1000", "m999", "m998"];
    list.frame({ cursor: "e.2", changes: [{ kind: "removed", ids }], counts: { ...COUNTS, total: 997 } });
    expect(rowAt(list.state.get().window, 199)).toBeUndefined();
    await vi.waitFor(() => expect(rowAt(list.state.get().window, 199)?.id).toBe("m798"));
  });

  it("says again what the feed said while a page was under way", async () => {
    const source = server(5);
    let answer: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (answer = resolve));
    const list = new ListController({ list: async (request) => (await waiting, source.list(request)) });
    const opened = list.open({ view: "all", q: "" });
    list.frame(frame([summary(6)], 6));
    answer();
    await opened;
    expect(list.state.get().window.head[0]?.id).toBe("m6");
  });

  it("counts arrivals only while the reader is away from the top", async () => {
    const list = new ListController(server(5));
    await list.open({ view: "all", q: "" });
    list.frame(frame([summary(6)], 6));
    expect(list.state.get().arrived).toBe(0);
    list.atTop(false);
    list.frame(frame([summary(7), summary(8)], 8));
    expect(list.state.get().arrived).toBe(2);
    list.atTop(true);
    expect(list.state.get().arrived).toBe(0);
  });

  it("loads the list again when the server asks for it", async () => {
    const source = server(5);
    const list = new ListController(source);
    await list.open({ view: "all", q: "" });
    list.frame({ resync: true, cursor: "f.0" });
    await vi.waitFor(() => expect(source.requests).toHaveLength(2));
  });

  it("asks the server for newer rows when a search is on", async () => {
    const source = server(5);
    const list = new ListController(source);
    await list.open({ view: "all", q: "mail" });
    list.frame(frame([summary(6)], 6));
    await vi.waitFor(() => expect(source.requests.at(-1)).toMatchObject({ query: "mail", after: "k5" }));
  });

  it("keeps the rows it has when the server fails, and says why", async () => {
    const source = server(5);
    const list = new ListController(source);
    await list.open({ view: "all", q: "" });
    source.list = async () => Promise.reject(new Error("gone"));
    await list.open({ view: "unread", q: "" });
    expect(list.state.get().error?.message).toContain("gone");
    expect(size(list.state.get().window)).toBe(5);
  });
});
