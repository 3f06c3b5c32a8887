import { describe, expect, it } from "vitest";
import { bytes, clock, clockMs, counted, duration, exact, listTime } from "./format";

const AT = "2026-11-23T12:01:07.042555Z";
const NOW = Date.parse("2026-11-23T12:01:07Z");
const relative = { style: "relative", zone: "UTC" } as const;
const absolute = { style: "absolute", zone: "UTC" } as const;

it.each([
  [0, "0 B"], [999, "999 B"], [1_000, "1.0 kB"], [5_120, "5.1 kB"], [61_000, "61 kB"], [999_600, "1.0 MB"], [52_428_800, "52 MB"], [3.2e9, "3.2 GB"],
])("%d bytes are %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});

it.each([
  [0.4, "0.4 ms"], [2, "2 ms"], [1_400, "1.4 s"], [59_000, "59 s"], [60_000, "1 min"], [200_000, "3 min 20 s"], [7_500_000, "2 h 5 min"], [90_000_000, "1 d 1 h"], [-2_000, "-2.0 s"],
])("%d milliseconds are %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

describe("times in the list", () => {
  it.each([
    [0, "now"], [12, "10 s"], [125, "2 min"], [7_300, "2 h"], [200_000, "2 d"], [900_000, "23 Nov"],
  ])("%d seconds later: %s", (seconds, text) => {
    expect(listTime(AT, NOW + seconds * 1_000, relative)).toBe(text);
  });

  it("never say that mail comes from the future", () => {
    expect(listTime(AT, NOW - 60_000, relative)).toBe("now");
  });

  it.each([[0, "12:01:07"], [86_400, "23 Nov"], [86_400 * 365, "23 Nov 2026"]])("as a clock, %d seconds later: %s", (seconds, text) => {
    expect(listTime(AT, NOW + seconds * 1_000, absolute)).toBe(text);
  });
});

it("writes the exact time in the chosen zone", () => {
  expect(clock(AT, "Asia/Tokyo")).toBe("21:01:07");
  expect(clockMs(AT, "UTC")).toBe("12:01:07.042");
  expect(exact(AT, "UTC")).toBe("Mon, 23 Nov 2026, 12:01:07 UTC");
});

it("counts things", () => {
  expect([counted(1, "message"), counted(100_000, "message"), counted(2, "new", "new")]).toEqual(["1 message", "100,000 messages", "2 new"]);
});
