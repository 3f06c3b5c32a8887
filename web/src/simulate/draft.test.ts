import { describe, expect, it } from "vitest";
import { draftOf, errorsAt, moved, ruleOf, type Draft, type RuleParts } from "./draft";

const draft = (changes: Partial<Draft> = {}): Draft => ({ ...draftOf({ outcome: "spam" }), ...changes });

describe("a form", () => {
  it.each<[string, RuleParts]>([
    ["the smallest rule", { outcome: "spam", enabled: true }],
    ["numbers and dice", { outcome: "spam", enabled: false, name: "n", stage: "RCPT", scope: "client", every: 3, first: 2, after: 1, max: 9, probability: 0.1 }],
    ["conditions", { outcome: "spam", enabled: true, match: { recipient: "*@x", larger: 10, header: { "X-A": "b: c", "X-D": "e" } } }],
    ["an end", { outcome: "spam", enabled: true, expires_at: "2026-11-23T12:00:00.000000Z" }],
  ])("gives back %s", (_, rule) => {
    expect(ruleOf(draftOf(rule))).toEqual({ rule, errors: null });
  });

  it("keeps a table that words cannot say", () => {
    const outcome = { kind: "hide_keywords", keywords: ["STARTTLS"] };
    expect(ruleOf(draftOf({ outcome })).rule?.outcome).toEqual(outcome);
  });

  it.each<[Partial<Draft>, string]>([
    [{ outcome: " " }, "outcome"], [{ outcome: "{" }, "outcome"], [{ every: "two" }, "every"], [{ percent: "101" }, "percent"],
    [{ percent: "x" }, "percent"], [{ header: "no colon" }, "header"], [{ larger: "1 MB" }, "larger"],
  ])("%j has its mistake at %s", (changes, field) => {
    expect(Object.keys(ruleOf(draft(changes)).errors ?? {})).toEqual([field]);
  });

  it.each([["10", 0.1], ["10 %", 0.1], ["0.5", 0.005], ["100", 1]])("takes %s as a chance", (percent, probability) => {
    expect(ruleOf(draft({ percent })).rule?.probability).toBeCloseTo(probability, 9);
  });
});

it("puts the server's complaints at their fields", () => {
  const problems = [
    { field: "rule.match.header.X-A", reason: "a" }, { field: "probability", reason: "b" }, { field: "outcome.refusal.scenario", reason: "c" },
    { field: "match.recipient", reason: "d" }, { field: "match.recipient", reason: "later" }, { field: "position", reason: "e" },
  ];
  expect(errorsAt(problems)).toEqual({ header: "a", percent: "b", outcome: "c", recipient: "d", form: "position: e" });
});

it.each([[0, 2, "bca"], [2, 0, "cab"], [1, 1, "abc"], [0, 9, "bca"], [7, 0, "abc"]])("moves %i to %i", (from, to, order) => {
  expect(moved([..."abc"], from, to).join("")).toBe(order);
});
