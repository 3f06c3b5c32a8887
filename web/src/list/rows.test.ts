import { describe, expect, it } from "vitest";
import { scrollToShow, shownOfSlot, slotOfShown, visibleRows } from "./rows";

describe("visibleRows", () => {
  it("draws only what is in view, with some rows around it", () => {
    expect(visibleRows({ count: 100_000, rowHeight: 76, scrollTop: 7_600, height: 760, overscan: 2 })).toEqual({
      start: 98, end: 112, before: 7_448, after: 7_591_488,
    });
  });

  it.each([
    ["nothing", { count: 0, rowHeight: 76, scrollTop: 0, height: 760 }, { start: 0, end: 0, before: 0, after: 0 }],
    ["less than a screen", { count: 2, rowHeight: 76, scrollTop: 500, height: 760 }, { start: 0, end: 2, before: 0, after: 0 }],
    ["a bounce above the top", { count: 2, rowHeight: 10, scrollTop: -30, height: 10 }, { start: 0, end: 2, before: 0, after: 0 }],
  ])("stays in bounds with %s", (_, view, rows) => {
    expect(visibleRows(view)).toEqual(rows);
  });

  it("does not scroll past the end after rows went away", () => {
    expect(visibleRows({ count: 10, rowHeight: 10, scrollTop: 5_000, height: 50, overscan: 0 })).toMatchObject({ start: 5, end: 10 });
  });
});

it("scrolls only as far as needed to show a row", () => {
  const view = { rowHeight: 10, scrollTop: 100, height: 50 };
  expect(scrollToShow(12, view)).toBe(100);
  expect(scrollToShow(3, view)).toBe(30);
  expect(scrollToShow(20, view)).toBe(160);
});

it("steps over hidden slots, both ways", () => {
  const hidden = [0, 3, 4];
  expect([0, 1, 2, 3].map((index) => slotOfShown(index, hidden))).toEqual([1, 2, 5, 6]);
  expect([1, 2, 5, 6].map((slot) => shownOfSlot(slot, hidden))).toEqual([0, 1, 2, 3]);
  expect(shownOfSlot(3, hidden)).toBe(2);
});
