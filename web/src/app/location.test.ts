import { expect, it } from "vitest";
import { pathOf, placeOf, type Place } from "./location";

const ALL = { view: "all", q: "" } as const;

it.each<[string, Place]>([
  ["/", { name: "list" }],
  ["/connect", { name: "connect" }],
  ["/simulate/rules", { name: "simulate", view: "rules", item: null }],
  ["/simulate/catalogue/spam/gmail", { name: "simulate", view: "catalogue", item: "spam/gmail" }],
  ["/simulate/address/a%2Bb%40x.test", { name: "simulate", view: "address", item: "a+b@x.test" }],
  ["/attempts/abc", { name: "attempt", id: "abc" }],
  ["/messages/abc", { name: "message", id: "abc", tab: null, part: null }],
  ["/messages/abc/wire", { name: "message", id: "abc", tab: "wire", part: null }],
  ["/messages/abc/parts/1.2", { name: "message", id: "abc", tab: "parts", part: "1.2" }],
])("%s is a place and back", (path, place) => {
  expect(placeOf(path)).toEqual(place);
  expect(pathOf(place, ALL)).toBe(path);
});

it.each([["/nowhere"], ["/messages"], ["/%E0%A4%A"], ["//"]])("%s is the list", (path) => {
  expect(placeOf(path)).toEqual({ name: "list" });
});

it("knows Mailpit's address of a message", () => {
  expect(placeOf("/view/abc")).toEqual({ name: "message", id: "abc", tab: null, part: null });
});

it("does not know a tab that is none", () => {
  expect(placeOf("/messages/abc/constructor")).toMatchObject({ tab: null });
});

it("keeps the list in the address", () => {
  expect(pathOf({ name: "attempt", id: "a" }, { view: "refused", q: "x y" })).toBe("/attempts/a?view=refused&q=x+y");
});
