import { expect, it } from "vitest";
import { EVERY, whose, within } from "./inbox";

it.each([
  ["messages", true], ["messages/x/raw", true], ["events", true], ["wait", true], ["rules", true], ["rules/preview", true],
  ["simulation", true], ["simulation/state", true], ["clock", true], ["sinks/attempts", true], ["relay/items", true], ["info", true],
  ["clock/advance", false], ["catalogue", false], ["grammar", false], ["dialects", false], ["profiles/x.test", false],
  ["relay", false], ["relay/items/x", false], ["inboxes", false], ["inboxes/a", false], ["../../favicon.svg", false],
])("says of %s whose it is: %s", (path, isOfInbox) => {
  expect(whose(path, "team-a")).toEqual(isOfInbox ? { inbox: "team-a" } : {});
  expect(whose(path, "")).toEqual({});
});

it.each([
  ["messages", true], ["messages/x/bounce", true], ["events", true], ["tags", true], ["attempts/x", true], ["info", true],
  ["messages/sample", false], ["messages/move", false], ["clock", false], ["rules", false], ["sinks", false], ["folders", false],
])("asks of all inboxes together only what can be: %s %s", (path, isAcross) => {
  expect(whose(path, EVERY)).toEqual(isAcross ? { inbox: "*" } : {});
});

it("keeps an address in its inbox", () => {
  expect(within("/messages/x", "team-a")).toBe("/messages/x?inbox=team-a");
  expect(within("/?view=unread", "ann@x.test")).toBe("/?view=unread&inbox=ann%40x.test");
  expect(within("/", "")).toBe("/");
});
