import { describe, expect, test } from "vitest";
import type { Step } from "../api/schema";
import { attemptWords, clockWords, dueWords, eventWords, planStory, sinkWords, toldWords, whomWords } from "./words";

const step = (parts: Partial<Step>): Step => ({
  id: 1, kind: "failure", message: "m", accepted_at: "2026-11-23T12:00:00Z", due_at: "2026-11-23T12:00:00Z", state: "pending",
  done_at: null, reason: "", dialect: "rfc", recipients: [], reports: [], ...parts,
});
const told = (address: string, reply: { code: number; status: string; text: string } | null, text = "") => ({
  address, reply, status: "", text, remote_mta: "", scenario: "", decided_by: "",
});

test.each([
  ["2026-11-23T12:00:00Z", "at once"],
  ["2026-11-23T16:00:00Z", "after 4 h"],
  ["2026-11-28T12:00:00Z", "after 5 d"],
])("a step due at %s is due %s", (due_at, words) => {
  expect(dueWords(step({ due_at }))).toBe(words);
});

describe("a plan in one line", () => {
  test("says nothing where there is none", () => expect(planStory([])).toBeNull());
  test("counts what came, what is to come, and what does not come", () => {
    const steps = [step({ state: "done", reports: ["a"] }), step({}), step({}), step({ state: "skipped" })];
    expect(planStory(steps)).toBe("1 report, 2 to come, 1 without a report");
  });
  test("counts what other systems reported", () => expect(planStory([], 1)).toBe("1 report"));
  test("of a delivery that nobody asked about", () => expect(planStory([step({ state: "done" })])).toBe("delivered"));
});

test("a step is for one recipient by name, or for several", () => {
  expect(whomWords(step({ recipients: [told("ann@a.example", null)] }))).toBe("ann@a.example");
  expect(whomWords(step({ recipients: [told("a", null), told("b", null)] }))).toBe("2 recipients");
  expect(whomWords(step({}))).toBe("");
});

test("what was told is the reply's first line, or the queue's own words", () => {
  expect(toldWords(step({ recipients: [told("a", { code: 550, status: "5.1.1", text: "No such user\nreally" })] }))).toBe("550 5.1.1 No such user");
  expect(toldWords(step({ recipients: [told("a", null, "Connection timed out")] }))).toBe("Connection timed out");
});

test.each([
  [{ is_frozen: false, offset_seconds: 0.2 }, null],
  [{ is_frozen: false, offset_seconds: 14_400 }, "+4 h"],
  [{ is_frozen: false, offset_seconds: -60 }, "−1 min"],
  [{ is_frozen: true, offset_seconds: 5 }, "stands still"],
])("the clock %j", (clock, words) => {
  expect(clockWords(clock)).toBe(words);
});

test.each([
  ["delivered", 1, "taken at once"],
  ["delivered", 3, "taken at try 3"],
  ["pending", 0, "on its way"],
  ["pending", 2, "waits for try 3"],
  ["given-up", 1, "given up after 1 try"],
  ["given-up", 4, "given up after 4 tries"],
  ["cancelled", 0, "cancelled"],
] as const)("an attempt that is %s after %d tries", (state, tries, words) => {
  expect(attemptWords({ state, tries })).toBe(words);
});

test("an attempt tells an event of a recipient, or hands over a report", () => {
  expect(eventWords({ event: { kind: "bounced", recipient: "ann@a.example" }, report: "" })).toBe("bounced: ann@a.example");
  expect(eventWords({ event: { kind: "bounced" }, report: "r" })).toBe("report: bounced");
  expect(eventWords({ event: { kind: "subscription_confirmation" }, report: "" })).toBe("subscription confirmation");
});

test("a sink is named by its provider and its place", () => {
  expect(sinkWords({ provider: "sendgrid", target: "http://a/" })).toBe("sendgrid at http://a/");
  expect(sinkWords({ provider: "", target: "localhost:2525" })).toBe("localhost:2525");
  expect(sinkWords(undefined)).toBe("a sink that is gone");
});
