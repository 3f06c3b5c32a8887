import { describe, expect, it } from "vitest";
import { addressesIn, sumOf } from "./words";

describe("addresses in a text", () => {
  it.each([
    ["", []],
    [" ann@example.com ", ["ann@example.com"]],
    ["a@b.c, d@e.f;g@h.i\nj@k.l", ["a@b.c", "d@e.f", "g@h.i", "j@k.l"]],
    ["a@b.c a@b.c", ["a@b.c"]],
  ])("are found in %j", (text, addresses) => expect(addressesIn(text)).toEqual(addresses));
});

describe("an item in a few words", () => {
  it.each([
    [{ kind: "release", state: "sent", tries: 1 }, "Released: sent"],
    [{ kind: "release", state: "waiting", tries: 0 }, "Released: waits"],
    [{ kind: "relay", state: "waiting", tries: 1 }, "Relayed: waits, 1 try"],
    [{ kind: "forward", state: "failed", tries: 12 }, "Forwarded: failed, 12 tries"],
  ] as const)("%j", (item, words) => expect(sumOf(item)).toBe(words));
});
