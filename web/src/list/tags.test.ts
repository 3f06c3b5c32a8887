import { expect, it } from "vitest";
import { cleanTags, searchOfTag } from "./tags";

it.each([
  ["invoice", "tag:invoice"],
  ["two words", 'tag:"two words"'],
  ["a.b@c-d_e", "tag:a.b@c-d_e"],
])("%s is searched for as %s", (tag, search) => {
  expect(searchOfTag(tag)).toBe(search);
});

it.each<[string[], string[]]>([
  [["a", "A", " b  c "], ["a", "b c"]],
  [["ä!", "", "x,y"], ["x y"]],
  [["x".repeat(120)], ["x".repeat(100)]],
  [Array.from({ length: 150 }, (_, index) => `t${index}`), Array.from({ length: 100 }, (_, index) => `t${index}`)],
])("%j becomes %j", (typed, tags) => {
  expect(cleanTags(typed)).toEqual(tags);
});
