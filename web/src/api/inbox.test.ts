import { expect, it } from "vitest";
import { whose, within } from "./inbox";

it.each([
  ["messages", true], ["messages/x/raw", true], ["events", true], ["wait", true], ["rules", true], ["rules/preview", true],
  ["simulation", true], ["simulation/state", true], ["clock", true], ["sinks/attempts", true], ["relay/items", true], ["info", true],
  ["clock/advance", false], ["catalogue", false], ["grammar", false], ["dialects", false], ["profiles/x.test", false],
  ["relay", false], ["relay/items/x", false], ["inboxes", false], ["inboxes/a", false], ["../../favicon.svg", false],
])("says of %s whose it is: %s", (path, isOfInbox) => {
  expect(whose(path, "team-a")).toEqual(isOfInbox ? { inbox: "team-a" } : {});
  expect(whose(path, "")).toEqual({});
});

it("keeps an address in its inbox", () => {
  expect(within("/messages/x", "team-a")).toBe("/messages/x?inbox=team-a");
  expect(within("/?view=unread", "ann@x.test")).toBe("/?view=unread&inbox=ann%40x.test");
  expect(within("/", "")).toBe("/");
});
