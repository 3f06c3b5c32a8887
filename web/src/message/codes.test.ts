import { expect, it } from "vitest";
import { codesIn } from "./codes";

it.each([
  ["Your code is 481516.", ["481516"]],
  ["Your verification code:\n\n    739-204\n\nIt works for 10 minutes.", ["739-204"]],
  ["Use code ABC-12345 now", ["ABC-12345"]],
  ["123456 is your login code", ["123456"]],
  ["Enter this one-time password: 4815 or 9921", ["4815", "9921"]],
  ["Dein Code lautet: 12 34\n", []],
  ["Order #104233 has shipped", []],
  ["Invoice 20417 over 120.00 EUR", []],
  ["Copyright 2026. Your code was sent by SMS.", []],
  ["code review of https://x.test/pull/48151 and 12:30", []],
  ["Discount code: SUMMER26", ["SUMMER26"]],
  ["Your code\nhttps://x.test/?t=123456", []],
])("%j", (text, codes) => {
  expect(codesIn(text)).toEqual(codes);
});

it("looks no further than where a code would stand", () => {
  expect(codesIn("Your code is below.\na\nb\nc\n481516")).toEqual([]);
});
