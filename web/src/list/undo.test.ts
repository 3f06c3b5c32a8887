import { expect, it } from "vitest";
import { expire, hiddenIds, hold, HOLD_MS, portions, undo } from "./undo";

it("holds deletions and gives the latest back", () => {
  const queue = hold(hold([], ["a"], 0), ["b", "c"], 1_000);
  expect(hiddenIds(queue)).toEqual(new Set(["a", "b", "c"]));
  const { queue: rest, restored } = undo(queue);
  expect(restored).toEqual(["b", "c"]);
  expect(hiddenIds(rest)).toEqual(new Set(["a"]));
});

it("gives out a deletion exactly once, when its time is up", () => {
  const queue = hold(hold([], ["a"], 0), ["b"], 1_000);
  const first = expire(queue, HOLD_MS);
  expect(first.due.map(({ ids }) => ids)).toEqual([["a"]]);
  expect(expire(first.queue, HOLD_MS).due).toEqual([]);
  expect(expire(first.queue, HOLD_MS + 1_000).due.map(({ ids }) => ids)).toEqual([["b"]]);
});

it("does not hold nothing, and undoes nothing when nothing waits", () => {
  expect(hold([], [], 0)).toEqual([]);
  expect(undo([])).toEqual({ queue: [], restored: [] });
});

it("cuts many ids into portions", () => {
  expect(portions(["a", "b", "c"], 2)).toEqual([["a", "b"], ["c"]]);
  expect(portions([])).toEqual([]);
});
