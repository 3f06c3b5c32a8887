import { expect, it } from "vitest";
import { visible, visibleLines } from "./bidi";

it.each([
  ["\u202egnp.exe\u202c", "[RLO]gnp.exe[PDF]"],
  ["a\u2066b\u2069c", "a[LRI]b[PDI]c"],
  ["tab\there\r\nnext", "tab here next"],
  ["nul\u0000 esc\u001b[31m", "nul␀ esc␛[31m"],
  ["c1\u0085 sep\u2028", "c1\ufffd sep\ufffd"],
  ["مرحبا", "مرحبا"],
  ["👩‍👩‍👧", "👩‍👩‍👧"],
])("makes %j visible", (text, shown) => {
  expect(visible(text)).toBe(shown);
});

it("keeps line ends and tabs where there are lines", () => {
  expect(visibleLines("a\tb\nc\u202e")).toBe("a\tb\nc[RLO]");
});
