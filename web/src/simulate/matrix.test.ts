import { describe, expect, it } from "vitest";
import { addressesOf, filterRows, groupsOf, nextCell, rowsOf, ruleItem, toneOf } from "./matrix";
import type { Cell } from "./types";

const cell = (scenario: string, provider: string, code: number, status: string, text = ""): Cell => ({
  scenario, provider, stage: "RCPT", reply: { code, status, text }, is_permanent: code >= 500, explanation: `about ${scenario}`, advice: "",
  address: `bounce+${scenario}@bounce.example.com`,
});

const CELLS = [
  cell("unknown_user", "generic", 550, "5.1.1"), cell("unknown_user", "gmail", 550, "5.1.1", "gsmtp"), cell("unknown_user", "ses", 550, ""),
  cell("spam", "generic", 550, "5.7.1"), cell("mailbox_full", "generic", 452, "4.2.2"), cell("mailbox_full", "ses", 552, "5.2.2"),
  cell("orphan", "ses", 550, ""),
];
const PROVIDERS = ["generic", "gmail", "ses"];
const rows = groupsOf(rowsOf(CELLS)).flatMap((group) => group.rows);
const find = (scenario: string, provider: string): Cell => CELLS.find((one) => one.scenario === scenario && one.provider === provider) as Cell;

it("groups scenarios by the subject of their enhanced code", () => {
  expect(groupsOf(rowsOf(CELLS)).map(({ title, rows: list }) => [title, list.map(({ scenario }) => scenario)])).toEqual([
    ["The address", ["unknown_user"]], ["The mailbox", ["mailbox_full"]], ["Security and policy", ["spam"]],
  ]);
});

it.each([["", 3], ["gsmtp", 1], ["full 452", 1], ["mailbox full", 1], ["5.7", 1], ["SES", 2], ["nothing", 0]])("%s finds %i scenarios", (text, count) => {
  expect(filterRows(rows, text)).toHaveLength(count);
});

describe("arrow keys", () => {
  it.each([
    ["ArrowRight", "unknown_user", "generic", "unknown_user", "gmail"],
    ["ArrowRight", "mailbox_full", "generic", "mailbox_full", "ses"],
    ["ArrowRight", "mailbox_full", "ses", "mailbox_full", "ses"],
    ["ArrowDown", "unknown_user", "ses", "mailbox_full", "ses"],
    ["ArrowDown", "unknown_user", "gmail", "unknown_user", "gmail"],
    ["ArrowUp", "spam", "generic", "mailbox_full", "generic"],
    ["ArrowLeft", "unknown_user", "generic", "unknown_user", "generic"],
  ])("%s from %s in %s", (key, scenario, provider, toScenario, toProvider) => {
    expect(nextCell(rows, PROVIDERS, find(scenario, provider), key)).toBe(find(toScenario, toProvider));
  });

  it("begin at the first cell", () => {
    expect(nextCell(rows, PROVIDERS, null, "ArrowDown")).toBe(rows[0]?.generic);
    expect(nextCell(rows, PROVIDERS, null, "a")).toBeNull();
    expect(nextCell([], PROVIDERS, null, "ArrowDown")).toBeNull();
  });
});

it("gives an address on each own domain, once", () => {
  expect(addressesOf(find("spam", "generic"), ["bounce.example.com", "bounce.test"])).toEqual(["bounce+spam@bounce.example.com", "bounce+spam@bounce.test"]);
});

it.each([["generic", "RCPT", "new/spam"], ["gmail", "CONTENT", "new/spam+gmail"], ["generic", "AUTH", "new/spam/AUTH"]])("begins a rule with the words of %s at %s", (provider, stage, item) => {
  expect(ruleItem({ scenario: "spam", provider, stage })).toBe(item);
});

it.each([[550, "bad"], [452, "warn"], [250, "ok"]])("%i is %s", (code, tone) => {
  expect(toneOf(code)).toBe(tone);
});
