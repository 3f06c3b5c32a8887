import { expect, it } from "vitest";
import { suggestionIn } from "../timeline/hint";
import type { RuleParts } from "./draft";
import { ownerWords, recordWords, sectionsOf } from "./memory";
import { BLANK, TEMPLATES, withFreeName } from "./templates";
import type { Remembered } from "./types";
import { matchWords, oftenWords, ordinal, outcomeWords, stageWords } from "./words";

const rule = (parts: Partial<RuleParts>): RuleParts => ({ outcome: "spam", ...parts });

it.each<[Partial<RuleParts>, string]>([
  [{}, "always"],
  [{ first: 1 }, "only the next one"],
  [{ first: 2, scope: "message-id" }, "the first 2, for each message"],
  [{ every: 3, after: 5 }, "every 3rd, after 5 that pass"],
  [{ probability: 0.1, max: 1 }, "at most 1 time, 10 % by dice"],
  [{ scope: "client" }, "always"],
])("%j acts %s", (parts, words) => {
  expect(oftenWords(rule(parts))).toBe(words);
});

it("names each condition", () => {
  const match = { recipient: "*@x", larger: 1_000, header: { "X-A": "b" } };
  expect(matchWords(rule({ match })).map(({ label, value }) => `${label} ${value}`)).toEqual(["to *@x", "X-A: b", "larger than 1,000 B"]);
  expect(matchWords(rule({}))).toEqual([]);
});

it.each<[RuleParts["outcome"], string]>([
  ["spam", "spam"],
  [{ kind: "refuse", refusal: { scenario: "mailbox_full", provider: "gmail" } }, "refuses: mailbox full in gmail’s words"],
  [{ kind: "hide_keywords", keywords: ["STARTTLS"] }, "hides STARTTLS"],
  [{ kind: "silence", seconds: 10 }, "says nothing for 10 s"],
  [{ kind: "explode" }, '{"kind":"explode"}'],
])("%j in words", (outcome, words) => {
  expect(outcomeWords(outcome)).toBe(words);
});

it.each([[1, "1st"], [2, "2nd"], [3, "3rd"], [11, "11th"], [112, "112th"], [22, "22nd"]])("%i is the %s", (value, words) => {
  expect(ordinal(value)).toBe(words);
});

it.each([["RCPT", "at RCPT"], ["CONTENT", "at the end of the content"], ["AFTER", "after acceptance"], ["HELO", "at EHLO"]])("%s is %s", (stage, words) => {
  expect(stageWords(stage)).toBe(words);
});

const record = (kind: string, owner: string[], parts: Partial<Remembered> = {}): Remembered => ({
  key: JSON.stringify([kind, ...owner]), kind, owner, count: 1, fired: 0, size_bytes: 0, first_at: null, last_at: null, expires_at: null, note: "", ...parts,
});

it.each<[Remembered, string, string, string]>([
  [record("count", ["rule", "twice", ""], { count: 5, fired: 2 }), "Rule twice", "", "5 tries, acted on 2"],
  [record("count", ["rule", "twice", "default ann@x"], { fired: 1 }), "Rule twice", "ann@x", "1 try, acted on 1"],
  [record("count", ["address", "default", "app@x", "bounce+x2@y"], { fired: 2 }), "bounce+x2@y", "from app@x", "1st cycle, failed twice in it"],
  [record("greylist", ["rule", "g", "", "192.0.2.1", "app@x", "ann@x"], { fired: 1 }), "Rule g", "ann@x, from app@x, 192.0.2.1", "refused once; waits for a retry"],
  [record("quota", ["address", "default", "", "full+3msgs@y"], { count: 3, size_bytes: 2_000 }), "full+3msgs@y", "", "holds 3 messages, 2.0 kB"],
  [record("suppression", ["default", "ann@x"], { note: "550 5.1.1" }), "ann@x", "", "after 550 5.1.1"],
  [record("answered", ["default", "ooo@y", "app@x"], { count: 2, note: "step 7" }), "app@x", "in the name of ooo@y", "answered twice"],
  [record("other", ["a", "b"], { note: "n" }), "b", "a", "1 try, n"],
])("says whose %j is, and what", (one, title, rest, words) => {
  expect(ownerWords(one)).toEqual({ title, rest });
  expect(recordWords(one)).toBe(words);
});

it("shows the latest of each kind first, and kinds it does not know last", () => {
  const old = record("count", ["rule", "a", ""], { last_at: "2026-01-01T00:00:00Z" });
  const young = record("count", ["rule", "b", ""], { last_at: "2026-02-01T00:00:00Z" });
  const sections = sectionsOf([record("other", ["x"]), old, young]);
  expect(sections.map(({ title }) => title)).toEqual(["Counters", "other"]);
  expect(sections[0]?.records).toEqual([young, old]);
});

it("gives each template a name that is free", () => {
  const [first = { rule: BLANK }] = TEMPLATES;
  const name = first.rule.name ?? "";
  expect(withFreeName(first.rule, []).name).toBe(name);
  expect(withFreeName(first.rule, [name, `${name} 2`]).name).toBe(`${name} 3`);
  expect(withFreeName(BLANK, [""])).toBe(BLANK);
});

it.each([
  ["This looks like a simulation address. Did you mean bounce+spam@customer.example?", "bounce+spam@customer.example"],
  ["Bad simulation address: spma is not understood", null],
])("finds what %s proposes", (hint, address) => {
  expect(suggestionIn(hint)).toBe(address);
});
