import { describe, expect, it } from "vitest";
import { ids, page, summary } from "./samples";
import { EMPTY, fromPage, mark, missingPages, place, prepend, remove, rowAt, setTotal, size, skipOf, slotOf } from "./window";

const shown = (window: typeof EMPTY, count = size(window)) => ids(Array.from({ length: count }, (_, slot) => rowAt(window, slot)));

describe("a partly loaded list", () => {
  it("knows its size before its rows", () => {
    const window = fromPage(page(1_000, 100, 1_000));
    expect(size(window)).toBe(1_000);
    expect(rowAt(window, 99)?.id).toBe("m901");
    expect(rowAt(window, 100)).toBeUndefined();
  });

  it("asks for the pages that a view needs and does not have, counted from the anchor", () => {
    const window = fromPage(page(1_000, 100, 1_000));
    expect(missingPages(window, 0, 100)).toEqual([]);
    expect(missingPages(window, 95, 105)).toEqual([0]);
    expect(missingPages(window, 290, 310)).toEqual([100, 200]);
    const filled = place(window, 100, Array.from({ length: 100 }, (_, index) => summary(800 - index)));
    expect(missingPages(filled, 290, 310)).toEqual([200]);
    expect(rowAt(filled, 200)?.id).toBe("m800");
  });

  it("asks for nothing beyond its end", () => {
    expect(missingPages(fromPage(page(150, 100, 150)), 90, 400)).toEqual([0]);
    expect(missingPages(fromPage(page(50, 50, 50)), 0, 400)).toEqual([]);
  });

  it("puts arrivals on top and keeps every other row in its order", () => {
    const window = prepend(fromPage(page(3, 3, 3)), [summary(4), summary(5)]);
    expect(shown(window)).toEqual(["m5", "m4", "m3", "m2", "m1"]);
    expect(window.grown).toBe(2);
  });

  it("takes an arrival once, however often it is told", () => {
    const once = prepend(EMPTY, [summary(1)]);
    expect(prepend(once, [summary(1)])).toBe(once);
  });

  it("leaves out a row that belongs into the part that is not loaded", () => {
    const window = fromPage(page(1_000, 100, 1_000));
    expect(prepend(window, [summary(5)])).toBe(window);
  });

  it("sorts in an arrival that is told late", () => {
    const window = prepend(fromPage(page(5, 1, 1)), [summary(4)]);
    expect(shown(window)).toEqual(["m5", "m4"]);
  });

  it("closes the gap that a removed row leaves, in the head and in the tail", () => {
    const window = place(fromPage(page(10, 2, 10)), 0, [summary(8), summary(7), summary(6)]);
    const { window: after, unknown } = remove(window, new Set(["m10", "m7", "elsewhere"]));
    expect(unknown).toBe(1);
    expect(shown(after, 4)).toEqual(["m9", "m8", "m6", undefined]);
    expect(size(after)).toBe(8);
  });

  it("follows the server's count in its tail", () => {
    const window = place(fromPage(page(10, 2, 10)), 0, [summary(8), summary(7)]);
    expect(size(setTotal(window, 3))).toBe(3);
    expect(shown(setTotal(window, 3))).toEqual(["m10", "m9", "m8"]);
    expect(size(setTotal(fromPage(page(2, 2, 2)), 7))).toBe(2);
  });

  it("finds a row's slot", () => {
    const window = place(fromPage(page(10, 2, 10)), 4, [summary(4)]);
    expect(slotOf(window, "m9")).toBe(1);
    expect(slotOf(window, "m4")).toBe(6);
    expect(slotOf(window, "none")).toBe(-1);
  });
});

describe("ghosts", () => {
  const seen = new Map([["m8", { seen: true }]]);
  const leaves = (row: { kind: string }) => row.kind === "message" && "seen" in row && row.seen === true;
  const window = mark(place(fromPage(page(10, 2, 10)), 0, [summary(8), summary(7)]), seen, leaves);

  it("stay where they are when they leave the server's result", () => {
    expect(shown(window, 4)).toEqual(["m10", "m9", "m8", "m7"]);
    expect(window.ghosts).toEqual(new Set(["m8"]));
  });

  it("are not skipped on the server, which no longer has them", () => {
    expect(skipOf(window, 0)).toBe(0);
    expect(skipOf(window, 2)).toBe(1);
  });

  it("keep their place when a page is loaded over them", () => {
    expect(shown(place(window, 0, [summary(7), summary(6)]), 5)).toEqual(["m10", "m9", "m8", "m7", "m6"]);
  });

  it("stop being ones when the mark is taken back", () => {
    expect(mark(window, new Map([["m8", { seen: false }]]), leaves).ghosts.size).toBe(0);
  });

  it("count beside the server's total", () => {
    expect(size(setTotal(window, 9))).toBe(10);
  });
});
