import { expect, it } from "vitest";
import { rank } from "./rank";

const ITEMS = ["Mark all as read", "Theme: dark", "Go to Unread", "Delete all…"].map((title) => ({ title, group: "List" }));
const found = (text: string) => rank(ITEMS, text).map(({ title }) => title);

it("offers everything in order when nothing is typed", () => {
  expect(found(" ")).toHaveLength(4);
});

it("finds by words, by parts of words and by letters in order", () => {
  expect(found("dark")).toEqual(["Theme: dark"]);
  expect(found("read")).toEqual(["Mark all as read", "Go to Unread"]);
  expect(found("all mark")).toEqual(["Mark all as read"]);
  expect(found("gtu")).toEqual(["Go to Unread"]);
  expect(found("zz")).toEqual([]);
});
