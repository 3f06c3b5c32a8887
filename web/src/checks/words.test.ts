import { describe, expect, it } from "vitest";
import type { MailProgram, UsedFeature } from "../api/schema";
import { grouped, parted, percent, tone } from "./words";

const program = (name: string, support: MailProgram["support"], note = ""): MailProgram => ({ name, family: "x", platform: "y", support, note });
const feature = (slug: string, partial: number, unsupported: number): UsedFeature => ({
  slug, title: slug, description: "", url: "", category: "css", found: 1, supported: 100 - partial - unsupported, partial, unsupported, programs: [],
});

describe("programs", () => {
  it("are told once for all versions of one mind", () => {
    const found = grouped([
      program("Gmail iOS (2020-04)", "partial", "Buggy."),
      program("Outlook Windows (2016)", "no"),
      program("Outlook Windows (2019)", "no"),
      program("Gmail iOS (2022-01)", "no"),
      program("1&1 (Web)", "no"),
    ]);
    expect(found.map(({ family, support, versions, note }) => [family, support, versions, note])).toEqual([
      ["1&1", "no", "Web", ""],
      ["Gmail iOS", "no", "2022-01", ""],
      ["Outlook Windows", "no", "2016, 2019", ""],
      ["Gmail iOS", "partial", "2020-04", "Buggy."],
    ]);
  });
});

describe("percent", () => {
  it.each([[0, "0%"], [0.4, "<1%"], [33.33, "33%"], [99.6, ">99%"], [100, "100%"]])("%d is %s", (value, words) => {
    expect(percent(value)).toBe(words);
  });
});

it("features that all programs show stand apart", () => {
  const { troubled, fine } = parted([feature("a", 1, 0), feature("b", 0, 0), feature("c", 0, 2)]);
  expect([troubled, fine].map((some) => some.map((one) => one.slug))).toEqual([["a", "c"], ["b"]]);
});

it.each([[0, "bad"], [200, "ok"], [302, "warn"], [404, "bad"], [451, "bad"]])("a status of %d is %s", (status, word) => {
  expect(tone(status)).toBe(word);
});
