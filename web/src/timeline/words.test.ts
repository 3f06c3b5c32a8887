import { describe, expect, it } from "vitest";
import type { Try } from "../api/schema";
import { causesOf, causeWords, interval, recipientsWords, story } from "./words";

const START = Date.parse("2026-11-23T12:00:00Z");
const NO_CAUSE = null;

function tries(...list: [seconds: number, code: number, kind?: Try["kind"]][]): { tries: Try[] } {
  return {
    tries: list.map(([seconds, code, kind = code < 400 ? "message" : "attempt"], index) => ({
      kind, id: `t${index}`, at: new Date(START + seconds * 1_000).toISOString(), stage: "RCPT", cause: NO_CAUSE, recipients: [],
      reply: { code, status: "", text: "" }, pause_ms: index === 0 ? null : (seconds - (list[index - 1]?.[0] ?? 0)) * 1_000,
    })),
  };
}

describe("the story of a mail", () => {
  it.each<[string | null, { tries: Try[] }]>([
    [null, tries()],
    [null, tries([0, 250])],
    ["Refused once; no second try yet", tries([0, 451])],
    ["Refused twice, accepted 1 min 2 s after the first try", tries([0, 451], [31, 451], [62, 250])],
    ["Refused 3 times, the last 40 s after the first try; not accepted yet", tries([0, 451], [20, 451], [40, 550])],
    ["Accepted at the first try, then sent again once", tries([0, 250], [5, 250])],
    ["Refused once, accepted 5.0 s after the first try, then sent again twice", tries([0, 451], [5, 250], [6, 250], [7, 250])],
    [null, tries([0, 250, "attempt"])],
  ])("%s", (words, timeline) => {
    expect(story(timeline)).toBe(words);
  });
});

/** Tries with what was answered about each recipient: "ann+ bob-" is accepted for Ann and refused for Bob. */
function told(...list: [seconds: number, code: number, recipients: string][]): { tries: Try[] } {
  const made = tries(...list.map(([seconds, code]): [number, number] => [seconds, code]));
  const words = list.map(([, , recipients]) => recipients.split(" ").map((word) => ({
    address: word.slice(0, -1), accepted: word.endsWith("+"), reply: { code: 0, status: "", text: "" }, cause: null,
  })));
  return { tries: made.tries.map((one, index) => ({ ...one, recipients: words[index] ?? [] })) };
}

describe("the story of a mail that was refused in part", () => {
  it.each<[string | null, { tries: Try[] }]>([
    [null, told([0, 250, "ann+ bob-"])],
    ["Accepted for 1 of 2 recipients at the first try, for all of them 30 s later", told([0, 250, "ann+ Bob-"], [30, 250, "bob+"])],
    ["Accepted for 1 of 2 recipients at the first try, for all of them 30 s later", told([0, 250, "ann+ bob-"], [9, 451, "bob-"], [30, 250, "bob+"])],
    ["Accepted for 1 of 2 recipients at the first try, then tried again once; not accepted for all yet", told([0, 250, "ann+ bob-"], [9, 451, "bob-"])],
    ["Accepted for 1 of 3 recipients at the first try, then tried again once; not accepted for all yet", told([0, 250, "ann+ bob- joe-"], [9, 250, "bob+ joe-"])],
    ["Refused once, accepted for 1 of 2 recipients 5.0 s after the first try", told([0, 451, "ann- bob-"], [5, 250, "ann+ bob-"])],
    ["Accepted for 1 of 2 recipients at the first try, for all of them 5.0 s later, then sent again once", told([0, 250, "ann+ bob-"], [5, 250, "bob+"], [6, 250, "bob+"])],
    ["Accepted for 1 of 2 recipients at the first try, then tried again once; not accepted for all yet", told([0, 250, "ann+ bob-"], [9, 451, "bob+"])],
    ["Accepted at the first try, then sent again once", told([0, 250, "ann+ bob+"], [9, 250, "ann+ bob+"])],
  ])("%s", (words, timeline) => {
    expect(story(timeline)).toBe(words);
  });
});

it("tells the interval between tries", () => {
  expect(tries([0, 451], [31, 250]).tries.map(interval)).toEqual(["", "+31 s"]);
});

const cause = (trigger: string, rule: string, count: number) => ({ trigger, rule, count, seed: 1, explanation: "" });

it("names what decided, each once", () => {
  expect(causeWords(cause("rule", "fail twice", 2))).toBe("rule fail twice, try 2");
  expect(causeWords(cause("address", "a@x", 0))).toBe("its address");
  const recipient = { address: "a@x", accepted: false, reply: { code: 550, status: "", text: "" }, cause: cause("rule", "r", 1) };
  expect(causesOf({ cause: cause("rule", "r", 1), recipients: [recipient, recipient, { ...recipient, cause: null }] })).toHaveLength(1);
});

it("says for whom", () => {
  const to = (address: string, ok: boolean) => ({ address, accepted: ok, reply: { code: ok ? 250 : 550, status: "", text: "" }, cause: null });
  expect(recipientsWords({ recipients: [] })).toBe("");
  expect(recipientsWords({ recipients: [to("a@x", true)] })).toBe("to a@x");
  expect(recipientsWords({ recipients: [to("a@x", true), to("b@x", true)] })).toBe("to 2 recipients");
  expect(recipientsWords({ recipients: [to("a@x", true), to("b@x", false)] })).toBe("for 1 of 2 recipients");
});
