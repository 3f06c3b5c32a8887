import { expect, it } from "vitest";
import { attempt, COUNTS, summary } from "./samples";
import { accepts, isWhole, queryOf, scopeOf, searchOf, titleOf, totalOf, type Scope } from "./scope";

it.each<[Scope, string, string]>([
  [{ view: "all", q: "" }, "", ""],
  [{ view: "all", q: "acme code" }, "acme code", "?q=acme+code"],
  [{ view: "unread", q: "" }, "is:unread", "?view=unread"],
  [{ view: "files", q: "from:ann" }, "has:attachment from:ann", "?view=files&q=from%3Aann"],
  [{ view: "all", q: "x", folder: "Trash" }, "x", "?folder=Trash&q=x"],
])("%o is a search and an address", (scope, query, search) => {
  expect(queryOf(scope)).toBe(query);
  expect(searchOf(scope)).toBe(search);
  expect(scopeOf(search)).toEqual(scope);
});

it("reads an address that makes no sense as the plain list", () => {
  expect(scopeOf("?view=constructor")).toEqual({ view: "all", q: "" });
});

it.each<[string, Scope, boolean | "ask"]>([
  ["any message in all mail", { view: "all", q: "" }, true],
  ["an unread one among the unread", { view: "unread", q: "" }, true],
  ["one without files among those with", { view: "files", q: "" }, false],
  ["one that a search has to decide", { view: "all", q: "x" }, "ask"],
  ["one that no search can bring into a view", { view: "pinned", q: "x" }, false],
])("accepts %s", (_, scope, verdict) => {
  expect(accepts(scope, summary(1))).toBe(verdict);
});

it("leaves the totals of a folder, and what arrives in the inbox, to others", () => {
  const trash = { view: "all", q: "", folder: "Trash" } as const;
  expect(accepts(trash, summary(1))).toBe(false);
  expect(totalOf(trash, COUNTS)).toBeNull();
  expect(titleOf(trash)).toBe("Trash");
});

it("shows attempts, and messages refused in part, among the refused only", () => {
  expect(accepts({ view: "refused", q: "" }, attempt(1))).toBe(true);
  expect(accepts({ view: "refused", q: "" }, summary(1, { refused_count: 1 }))).toBe(true);
  expect(accepts({ view: "refused", q: "" }, summary(1))).toBe(false);
  expect(accepts({ view: "all", q: "" }, attempt(1))).toBe(false);
});

it("takes totals from the counters only where they count the same", () => {
  const counts = { ...COUNTS, total: 9, unread: 4, refused: 3, attempts: 2 };
  expect(totalOf({ view: "unread", q: "" }, counts)).toBe(4);
  expect(totalOf({ view: "unread", q: "x" }, counts)).toBeNull();
  expect(totalOf({ view: "refused", q: "" }, counts)).toBe(3);
  expect(isWhole({ view: "all", q: " " })).toBe(true);
});
