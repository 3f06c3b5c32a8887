import { expect, it } from "vitest";
import { outcomeText, readOutcome, type Outcome } from "./outcome";

it.each<[Outcome, string]>([
  [{ kind: "accept" }, "success"],
  [{ kind: "refuse", refusal: { scenario: "mailbox_full", provider: "gmail" } }, "mailbox_full+gmail"],
  [{ kind: "refuse", refusal: { status: "5.1.1" } }, "5.1.1"],
  [{ kind: "refuse", refusal: { scenario: "system_error", is_temporary: true } }, "defer+system_error"],
  [{ kind: "refuse", refusal: { code: 550, status: "5.1.1", text: "No such user" } }, "550+5.1.1+No+such+user"],
  [{ kind: "greylist" }, "greylist"],
  [{ kind: "greylist", times: 2, wait: 30 }, "greylist+x2+30s"],
  [{ kind: "quota", messages: 3, times: 1 }, "full+3msgs"],
  [{ kind: "quota", size_bytes: 10_240, times: 5 }, "full+10kb+x5"],
  [{ kind: "rate", messages: 5 }, "rate+5msgs+60s"],
  [{ kind: "size_limit", size_bytes: 1_048_576 }, "limit+1mb"],
  [{ kind: "drop", moment: "mid-data" }, "drop+data"],
  [{ kind: "drop", moment: "after-content", keeps: true }, "drop+content+kept"],
  [{ kind: "drop" }, "drop+rcpt"],
  [{ kind: "silence", seconds: 1.5 }, "slow+1500ms"],
  [{ kind: "throttle", bytes_per_second: 1_000 }, "slow+1000bps"],
  [{ kind: "later", report: "failure", refusal: { status: "5.1.1" }, delay: 5 }, "ndr+5s+5.1.1"],
])("%j is written %s", (outcome, text) => {
  expect(outcomeText(outcome)).toBe(text);
});

it.each<[string, Outcome]>([
  ["a quota without an end", { kind: "quota", messages: 3 }],
  ["a window of its own", { kind: "greylist", window: 60 }],
  ["a code beside a scenario", { kind: "refuse", refusal: { scenario: "spam", code: 554 } }],
  ["hidden keywords", { kind: "hide_keywords", keywords: ["STARTTLS"] }],
  ["a kind that is not known yet", { kind: "explode" }],
])("%s stays JSON, and is read back", (_, outcome) => {
  expect(readOutcome(outcomeText(outcome))).toEqual(outcome);
});

it("reads words as they are, and refuses half a table", () => {
  expect(readOutcome(" mailbox_full+gmail ")).toBe("mailbox_full+gmail");
  expect(() => readOutcome("{kind:")).toThrow(SyntaxError);
});
