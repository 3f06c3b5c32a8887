import { describe, expect, it } from "vitest";
import { match, nameOf, written, type Press } from "./keymap";

const press = (key: string, marks: Partial<Press> = {}): Press => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...marks });

const BINDINGS = [
  { command: "next", keys: ["j", "ArrowDown"] },
  { command: "select", keys: ["x"] },
  { command: "select-to", keys: ["shift+x"] },
  { command: "delete", keys: ["#"] },
  { command: "all", keys: ["g a"] },
  { command: "palette", keys: ["mod+k"] },
  { command: "back", keys: ["Escape"] },
];

it.each<[string, Press]>([
  ["j", press("j")],
  ["shift+x", press("X", { shiftKey: true })],
  ["#", press("#", { shiftKey: true })],
  ["mod+k", press("k", { metaKey: true })],
  ["mod+k", press("k", { ctrlKey: true })],
  ["shift+Tab", press("Tab", { shiftKey: true })],
  ["Space", press(" ")],
])("names %s", (name, one) => {
  expect(nameOf(one)).toBe(name);
});

describe("matching", () => {
  it.each<[string, Press, string | null]>([
    ["a letter", press("j"), "next"],
    ["another key for the same", press("ArrowDown"), "next"],
    ["a shifted letter", press("X", { shiftKey: true }), "select-to"],
    ["a sign", press("#", { shiftKey: true }), "delete"],
    ["nothing for a browser's own keys", press("j", { ctrlKey: true }), null],
    ["nothing for an unbound key", press("q"), null],
  ])("%s", (_, one, command) => {
    expect(match(BINDINGS, one, "").command).toBe(command);
  });

  it("waits for the second key of a sequence", () => {
    expect(match(BINDINGS, press("g"), "")).toEqual({ command: null, pending: "g" });
    expect(match(BINDINGS, press("a"), "g")).toEqual({ command: "all", pending: "" });
  });

  it("starts over when the second key does not belong", () => {
    expect(match(BINDINGS, press("j"), "g")).toEqual({ command: "next", pending: "" });
  });

  it("leaves only keys with a modifier, Enter and Escape when single keys are off", () => {
    expect(match(BINDINGS, press("j"), "", false).command).toBeNull();
    expect(match(BINDINGS, press("g"), "", false).pending).toBe("");
    expect(match(BINDINGS, press("k", { ctrlKey: true }), "", false).command).toBe("palette");
    expect(match(BINDINGS, press("Escape"), "", false).command).toBe("back");
  });
});

it("writes keys as each system does", () => {
  expect(written("mod+k", true)).toEqual(["⌘K"]);
  expect(written("mod+k", false)).toEqual(["Ctrl+K"]);
  expect(written("g a", false)).toEqual(["G", "A"]);
  expect(written("shift+x", false)).toEqual(["Shift+X"]);
});
