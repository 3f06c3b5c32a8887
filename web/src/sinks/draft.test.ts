import { describe, expect, test } from "vitest";
import type { ProviderKeys, Sink } from "../api/schema";
import { BLANK_SINK, eventsOf, kindsWords, newSink, sinkChanges, sinkDraft, sinkErrors, standing, takesSecret } from "./draft";

const sink: Sink = {
  id: "s", kind: "webhook", target: "http://127.0.0.1:8000/hook", has_password: true, provider: "mailgun", events: ["bounced"], has_secret: false,
  signature_version: "1", certificate_url: "", is_waiting: false, enabled: true, origin: "", created_at: "2026-11-23T12:00:00Z",
};
const keys = [{ name: "mailgun", events: ["bounced", "delivered"] }] as unknown as ProviderKeys[];

describe("a new sink", () => {
  test("of reports has no provider", () =>
    expect(newSink({ ...BLANK_SINK, target: " localhost:2525 " }, [])).toEqual({ kind: "smtp", target: "localhost:2525", events: [] }));
  test("of events speaks as one", () =>
    expect(newSink({ form: "mailgun", target: "http://x/", secret: "k", events: ["bounced"] }, eventsOf("mailgun", keys))).toEqual({
      kind: "webhook", provider: "mailgun", target: "http://x/", secret: "k", events: ["bounced"],
    }));
  test("takes everything, where every kind is chosen", () =>
    expect(newSink({ form: "mailgun", target: "http://x/", secret: "", events: ["bounced", "delivered"] }, ["bounced", "delivered"]).events).toEqual([]));
});

describe("a change", () => {
  test("leaves a target alone that stands, and its password with it", () =>
    expect(sinkChanges(sinkDraft(sink), sink, ["bounced", "delivered"])).toEqual({ events: ["bounced"] }));
  test("brings another target and secret", () =>
    expect(sinkChanges({ ...sinkDraft(sink), target: "http://y/", secret: "new" }, sink, ["bounced", "delivered"])).toEqual({
      events: ["bounced"], target: "http://y/", secret: "new",
    }));
});

test("what is wrong stands beside its field", () => {
  expect(sinkErrors([{ field: "target", reason: "not allowed" }, { field: "", reason: "too many" }])).toEqual({ target: "not allowed", whole: "too many" });
});

test.each([
  ["smtp", false, 6],
  ["mailgun", true, 2],
  ["unheard", false, 0],
])("%s takes a secret: %s, and %d kinds", (form, secret, count) => {
  expect([takesSecret(form), eventsOf(form, keys).length]).toEqual([secret, count]);
});

test.each([
  [{ enabled: true, is_waiting: false }, ""],
  [{ enabled: true, is_waiting: true }, "waits until the app has confirmed"],
  [{ enabled: false, is_waiting: false }, "off: what is due waits"],
])("how %j stands", (one, words) => expect(standing(one)).toBe(words));

test("kinds in words", () => expect([kindsWords([]), kindsWords(["auto_replied", "bounced"])]).toEqual(["everything", "auto replied, bounced"]));
