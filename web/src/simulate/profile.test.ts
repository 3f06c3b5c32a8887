import { describe, expect, it } from "vitest";
import type { Profile } from "../api/schema";
import { BLANK_PROFILE, profileDraft, profileErrors, profileOf, rateWords } from "./profile";

const SHOP: Profile = {
  domain: "*.shop.test", provider: "outlook", bounce: 0.05, defer: 0.1, bounces: ["unknown_user"], deferrals: ["greylisted", "rate_limited"], origin: "api",
};

describe("a profile in a form", () => {
  it("comes back as it was", () => {
    const { domain: _domain, origin: _origin, ...parts } = SHOP;
    expect(profileOf(profileDraft(SHOP))).toEqual({ profile: parts, errors: {} });
  });

  it("takes the sandbox's own scenarios where none are named", () => {
    expect(profileOf({ ...BLANK_PROFILE, domain: "a.test", bounce: "0,5" }).profile).toEqual({ provider: "generic", bounce: 0.005, defer: 0 });
  });

  it.each([
    ["domain", " "],
    ["bounce", "101"],
    ["bounce", "often"],
    ["defer", "-1"],
  ] as const)("says what is wrong with %s: %s", (name, value) => {
    const { profile, errors } = profileOf({ ...BLANK_PROFILE, domain: "a.test", [name]: value });
    expect(profile).toBeNull();
    expect(Object.keys(errors)).toEqual([name]);
  });

  it("puts reasons at their fields, the rest at the form", () => {
    expect(profileErrors([{ field: "bounces", reason: "no" }, { field: "x", reason: "is odd" }])).toEqual({ bounces: "no", form: "x: is odd" });
  });

  it("says rates in per cent, and nothing for none", () => {
    expect([0.07, 1, 0].map(rateWords)).toEqual(["7 %", "100 %", ""]);
  });
});
