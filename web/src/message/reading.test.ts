import { describe, expect, it } from "vitest";
import type { Hop, Line, Part } from "../api/types";
import { facts } from "./calendar";
import { stops, stopTime, summary } from "./hops";
import { fileName, flatten, hexLines, previewOf } from "./parts";
import { perhapsUnreachable, remoteAnswer } from "./remote";
import { blocks, linesOf, occurrences } from "./source";
import { asText, millis, turns } from "./transcript";

const part = (changes: Partial<Part>): Part => ({
  path: "1", content_type: "text/plain", charset: "", encoding: "", disposition: "", filename: "", content_id: "", size_bytes: 1, encoded_bytes: 1,
  is_message: false, defects: [], children: [], parameters: {}, ...changes,
});

describe("parts", () => {
  it("are listed depth first", () => {
    const tree = part({ path: "", children: [part({ path: "1", children: [part({ path: "1.1" })] }), part({ path: "2" })] });
    expect(flatten(tree).map(({ part: { path }, depth }) => [path, depth])).toEqual([["", 0], ["1", 1], ["1.1", 2], ["2", 1]]);
  });

  it.each([
    ["image/png", "image"], ["image/svg+xml", "hex"], ["text/html", "text"], ["text/calendar", "calendar"], ["message/rfc822", "message"],
    ["message/delivery-status", "text"], ["application/json", "text"], ["application/pdf", "hex"], ["application/octet-stream", "hex"], ["", "hex"],
  ])("%s is shown as %s", (content_type, kind) => {
    expect(previewOf({ content_type, is_message: false, children: [] })).toBe(kind);
  });

  it("have a name even without one", () => {
    expect(fileName(part({ filename: "\u202efdp.exe" }))).toBe("[RLO]fdp.exe");
    expect(fileName(part({ content_type: "image/png", path: "2" }))).toBe("part 2 (image/png)");
  });

  it("are shown byte by byte", () => {
    expect(hexLines(new Uint8Array([0x48, 0x69, 0x00, 0xff]))).toEqual(["00000000  48 69 00 ff                                       Hi.."]);
  });
});

describe("source", () => {
  it("is cut into header section, text and encoded data", () => {
    const data = Array.from({ length: 20 }, () => "A".repeat(76));
    const lines = ["Subject: x", "", "text", ...data, "AAA=", "--b--"];
    expect(blocks(lines)).toEqual([
      { kind: "header", start: 0, end: 2, folded: false },
      { kind: "body", start: 2, end: 3, folded: false },
      { kind: "data", start: 3, end: 24, folded: true },
      { kind: "body", start: 24, end: 25, folded: false },
    ]);
  });

  it("may have no body, or nothing at all", () => {
    expect(blocks(["Subject: x"])).toEqual([{ kind: "header", start: 0, end: 1, folded: false }]);
    expect(blocks([])).toEqual([]);
  });

  it("ends lines however it likes", () => {
    expect(linesOf("a\r\nb\nc\rd")).toEqual(["a", "b", "c", "d"]);
  });

  it("is searched without regard to case", () => {
    expect(occurrences("Aa aA", "aa")).toEqual([[0, 2], [3, 5]]);
    expect(occurrences("abc", "")).toEqual([]);
  });
});

describe("transcript", () => {
  const at = (us: number) => `2026-11-23T12:00:00.${String(us).padStart(6, "0")}Z`;
  const lines: Line[] = [
    { at: at(0), side: "C", text: "EHLO me" },
    { at: at(1_500), side: "S", text: "250-host" },
    { at: at(1_500), side: "S", text: "250 SIZE" },
    { at: at(2_000), side: "C", text: "RCPT TO:<x>" },
    { at: at(2_250), side: "S", text: "550 5.1.1 no" },
    { at: at(2_300), side: "S", text: "451 4.3.0 later" },
  ];

  it("makes one turn of a reply of several lines, and tells the pauses", () => {
    expect(turns(lines).map(({ text, pause_ms, tone }) => [text, pause_ms === null ? null : Math.round(pause_ms * 100) / 100, tone])).toEqual([
      ["EHLO me", null, "plain"], ["250-host\n250 SIZE", 1.5, "plain"], ["RCPT TO:<x>", 0.5, "plain"], ["550 5.1.1 no", 0.25, "bad"], ["451 4.3.0 later", 0.05, "warn"],
    ]);
  });

  it("is text with a side on each line", () => {
    expect(asText([{ at: at(0), side: "S", text: "250-a\n250 b" }])).toBe("S: 250-a\nS: 250 b");
  });

  it("keeps microseconds", () => {
    expect(millis(at(1_500)) - millis(at(1_250))).toBeCloseTo(0.25);
  });
});

describe("hops", () => {
  const hop = (changes: Partial<Hop>): Hop => ({ from: "a", from_address: "", by: "b", with: "SMTP", id: "", for: "", tls: "", at: null, delay_ms: null, raw: "", ...changes });
  const at = "2026-11-23T12:00:00.000000Z";

  it.each<[string, Partial<Hop>, string, string]>([
    ["no time", {}, "no time given", "plain"],
    ["a short delay", { at, delay_ms: 4_120 }, "+4.1 s", "plain"],
    ["rounding", { at, delay_ms: -1_000 }, "under 1 s", "plain"],
    ["a clock that is behind", { at, delay_ms: -61_000 }, "clock 1 min 1 s behind", "skew"],
    ["a long delay", { at, delay_ms: 45_000 }, "+45 s", "slow"],
  ])("tell %s", (_, changes, delay, tone) => {
    expect(stops([hop({ at }), hop(changes)], at)[1]).toMatchObject({ delay, tone });
  });

  it.each<[string, Hop[], string, string, string]>([
    ["the last delay", [hop({ at })], "2026-11-23T12:01:30.250000Z", "+1 min 30 s", "slow"],
    ["a receipt within the second", [hop({ at })], "2026-11-23T12:00:00.900000Z", "under 1 s", "plain"],
    ["a receipt before the last hop", [hop({ at })], "2026-11-23T11:55:00.000000Z", "clock 5 min behind", "skew"],
    ["the delay since the last time that is given", [hop({ at }), hop({})], "2026-11-23T12:00:02.000000Z", "+2.0 s", "plain"],
    ["that no time was given before", [hop({})], at, "unknown", "plain"],
  ])("end at the sandbox and tell %s", (_, hops, receivedAt, delay, tone) => {
    expect(stops(hops, receivedAt).at(-1)).toEqual({ hop: null, name: "This sandbox", at: receivedAt, delay, tone });
  });

  it.each<[string, Hop[], string]>([
    ["2026-11-23T12:00:05.000000Z", [hop({ at }), hop({})], "2 hops, 5.0 s from the first to here"],
    ["2026-11-23T12:00:00.200000Z", [hop({ at })], "One hop, under 1 s from the first to here"],
    ["2026-11-23T11:00:00.000000Z", [hop({ at })], "One hop"],
    [at, [hop({})], "One hop"],
  ])("add up until %s", (receivedAt, hops, words) => {
    expect(summary(hops, receivedAt)).toBe(words);
  });

  it.each([
    ["2026-11-23T12:00:00.000000Z", "UTC", "12:00:00"],
    ["2026-11-22T23:30:00.000000Z", "UTC", "22 Nov, 23:30:00"],
    ["2026-11-22T23:30:00.000000Z", "Europe/Berlin", "00:30:00"],
    ["2025-11-23T12:00:00.000000Z", "UTC", "23 Nov 2025, 12:00:00"],
  ])("have a date if it is not the receipt's: %s in %s", (time, zone, words) => {
    expect(stopTime(time, at, zone)).toBe(words);
  });
});

describe("remote content", () => {
  const ask = { server: "ask", settings: { remote: "server", trusted: [] as string[] }, sender: "hi@acme.test", once: false } as const;
  it.each([
    ["asks by default", ask, "ask"],
    ["loads when asked once", { ...ask, once: true }, "load"],
    ["loads for a trusted sender", { ...ask, settings: { remote: "server", trusted: ["hi@acme.test"] } }, "load"],
    ["trusts nobody without a name", { ...ask, sender: "", settings: { remote: "server", trusted: [""] } }, "ask"],
    ["lets one's own choice stand over the server's", { ...ask, server: "always", settings: { remote: "ask", trusted: [] } }, "ask"],
    ["never goes past the server's never", { ...ask, server: "never", once: true, settings: { remote: "always", trusted: [] } }, "block"],
    ["blocks when one chose so", { ...ask, once: true, settings: { remote: "never", trusted: [] } }, "block"],
  ] as const)("%s", (_, question, answer) => {
    expect(remoteAnswer(question)).toBe(answer);
  });

  it("knows names that a browser may not reach", () => {
    const hosts = ["minio", "minio:9000", "cdn.internal", "cdn.acme.test", "localhost", "10.0.0.1:80", "[::1]"];
    expect(hosts.filter(perhapsUnreachable)).toEqual(["minio", "minio:9000", "cdn.internal"]);
  });
});

it("reads the facts of an invitation as text", () => {
  const text = "BEGIN:VEVENT\r\nSUMMARY:Review <b>\\, x\r\n y\r\nDTSTART;TZID=Europe/Berlin:20261124T100000\r\nDTEND:20261124T110000Z\r\nORGANIZER;CN=\"A:B\":mailto:a@x.test\r\nX-Y:1\r\n";
  expect(facts(text)).toEqual([
    { name: "What", value: "Review <b>, xy" },
    { name: "Starts", value: "2026-11-24 10:00 Europe/Berlin" },
    { name: "Ends", value: "2026-11-24 11:00 UTC" },
    { name: "Organiser", value: "a@x.test" },
  ]);
});
