import { expect, it } from "vitest";
import { everything, extend, isEmpty, isSelected, NOTHING, toggle, without } from "./selection";

it("toggles one row and remembers where a range starts", () => {
  const one = toggle(NOTHING, "a");
  expect([isSelected(one, "a"), one.anchor]).toEqual([true, "a"]);
  expect(isEmpty(toggle(one, "a"))).toBe(true);
});

it("adds a range to what is selected", () => {
  expect([...extend(toggle(NOTHING, "a"), ["c", "d"], "d").ids]).toEqual(["a", "c", "d"]);
});

it("selects everything, loaded or not, until one row is toggled", () => {
  expect(isSelected(everything(), "never loaded")).toBe(true);
  expect([...toggle(everything(), "a").ids]).toEqual(["a"]);
});

it("forgets what was deleted", () => {
  const two = extend(NOTHING, ["a", "b"], "b");
  expect([...without(two, new Set(["a"])).ids]).toEqual(["b"]);
  expect(without(two, new Set(["z"]))).toBe(two);
});
