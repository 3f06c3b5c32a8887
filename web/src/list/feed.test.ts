import { describe, expect, it } from "vitest";
import { follow } from "./feed";
import { attempt, COUNTS, ids, page, summary } from "./samples";
import type { Scope } from "./scope";
import { EMPTY, fromPage, rowAt, size, type ListWindow } from "./window";

const ALL: Scope = { view: "all", q: "" };
const shown = (window: ListWindow) => ids(Array.from({ length: size(window) }, (_, slot) => rowAt(window, slot)));

describe("following the feed", () => {
  it("shows what is added, newest first", () => {
    const { window } = follow(EMPTY, ALL, [{ kind: "added", messages: [summary(1), summary(2)] }], { ...COUNTS, total: 2 });
    expect(shown(window)).toEqual(["m2", "m1"]);
  });

  it("may be told twice", () => {
    const change = [{ kind: "added" as const, messages: [summary(3)] }];
    const once = follow(fromPage(page(2, 2, 2)), ALL, change, { ...COUNTS, total: 3 });
    expect(follow(once.window, ALL, change, { ...COUNTS, total: 3 }).window).toEqual(once.window);
  });

  it("leaves refused attempts to the view that shows them", () => {
    const change = [{ kind: "added" as const, messages: [attempt(1)] }];
    expect(size(follow(EMPTY, ALL, change, COUNTS).window)).toBe(0);
    expect(shown(follow(EMPTY, { view: "refused", q: "" }, change, COUNTS).window)).toEqual(["a1"]);
  });

  it("asks the server when only it can tell whether a row matches", () => {
    const change = [{ kind: "added" as const, messages: [summary(3)] }];
    const after = follow(EMPTY, { view: "all", q: "acme" }, change, COUNTS);
    expect(after.ask).toBe(true);
    expect(size(after.window)).toBe(0);
  });

  it("does not ask for what cannot match", () => {
    const change = [{ kind: "added" as const, messages: [summary(3)] }];
    expect(follow(EMPTY, { view: "files", q: "acme" }, change, COUNTS).ask).toBe(false);
  });

  it("keeps a read message in the list of unread ones", () => {
    const window = fromPage(page(2, 2, 2));
    const after = follow(window, { view: "unread", q: "" }, [{ kind: "changed", messages: [{ id: "m2", seen: true, pinned: false }] }], { ...COUNTS, total: 2, unread: 1 });
    expect(shown(after.window)).toEqual(["m2", "m1"]);
    expect(after.window.head[0]).toMatchObject({ seen: true });
  });

  it("takes out what was removed, and says when that was somewhere unseen", () => {
    const window = fromPage(page(1_000, 100, 1_000));
    const known = follow(window, ALL, [{ kind: "removed", ids: ["m1000"] }], { ...COUNTS, total: 999 });
    expect(known.stale).toBe(false);
    expect(size(known.window)).toBe(999);
    const unknown = follow(window, ALL, [{ kind: "removed", ids: ["m1"] }], { ...COUNTS, total: 999 });
    expect(unknown.stale).toBe(true);
    expect(size(unknown.window)).toBe(999);
  });

  it("empties the list when everything went", () => {
    expect(size(follow(fromPage(page(9, 9, 9)), ALL, [{ kind: "cleared" }], COUNTS).window)).toBe(0);
  });

  it("ignores a kind of change that it does not know", () => {
    const window = fromPage(page(1, 1, 1));
    const change = { kind: "delivery" } as unknown as { kind: "cleared" };
    expect(follow(window, ALL, [change], { ...COUNTS, total: 1 }).window).toEqual(window);
  });
});
