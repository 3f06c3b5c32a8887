import { expect, it } from "vitest";
import { DEFAULTS, parseSettings } from "./settings";

it.each([
  ["nothing", null],
  ["nonsense", "{"],
  ["null", "null"],
  ["wrong kinds", '{"theme":"pink","density":1,"trusted":[1],"singleKeys":"no","zone":"Mars/Olympus","toString":1}'],
])("falls back to the defaults with %s", (_, text) => {
  expect(parseSettings(text)).toEqual(DEFAULTS);
});

it("keeps what makes sense and drops the rest", () => {
  expect(parseSettings('{"theme":"dark","zone":"Asia/Tokyo","trusted":["a@x.test"],"density":"huge","extra":1}')).toEqual({
    ...DEFAULTS, theme: "dark", zone: "Asia/Tokyo", trusted: ["a@x.test"],
  });
});
