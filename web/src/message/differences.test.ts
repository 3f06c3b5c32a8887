import { describe, expect, it } from "vitest";
import type { Message } from "../api/types";
import { compareRecipients, senderNotes, verpRecipient } from "./differences";

const address = (text: string) => ({ name: "", address: text });
const OK = { code: 250, status: "2.1.5", text: "Ok" };
const recipient = (text: string) => ({ address: text, notify: "", orcpt: "", reply: OK });
const envelope = (recipients: string[], refused: string[] = []) => ({
  reverse_path: "", ret: "", envid: "", auth: "", body: "", smtputf8: false, size: null, recipients: recipients.map(recipient), refused: refused.map(recipient),
});

describe("recipients", () => {
  it("are told apart: on both, only on the envelope, only in the header section", () => {
    const rows = compareRecipients({
      to: [address("Ann@X.test")], cc: [address("ann@x.test"), address("carl@x.test")], bcc: [], envelope: envelope(["ann@x.test", "audit@x.test"], ["gone@x.test"]),
    });
    expect(rows).toEqual([
      { address: "ann@x.test", fields: ["To", "Cc"], mark: "both", accepted: true },
      { address: "audit@x.test", fields: [], mark: "envelope-only", accepted: true },
      { address: "gone@x.test", fields: [], mark: "envelope-only", accepted: false },
      { address: "carl@x.test", fields: ["Cc"], mark: "header-only", accepted: false },
    ]);
  });
});

it.each([
  ["bounce+ann=x.test@acme.test", "ann@x.test"],
  ["list-owner-ann=x.test@acme.test", "ann@x.test"],
  ["bounces+mary-ann=x.test@acme.test", "mary-ann@x.test"],
  ["srs0=hash=tt=x.test=ann@relay.test", null],
  ["bounces+tag=abc@acme.test", null],
  ["bounce@acme.test", null],
  ["a=b@acme.test", null],
  ["", null],
])("the variable return path %s carries %s", (path, found) => {
  expect(verpRecipient(path)).toBe(found);
});

describe("what stands out about the sender", () => {
  const message = (changes: Partial<Message>) => ({ from: address("hi@acme.test"), sender: [], reply_to: [], reverse_path: "hi@acme.test", ...changes });

  it("is nothing when everything agrees", () => {
    expect(senderNotes(message({}))).toEqual([]);
  });

  it.each<[string, Partial<Message>, string]>([
    ["a null reverse-path", { reverse_path: "" }, "null"],
    ["another domain", { reverse_path: "b@mailer.test" }, "failures go to mailer.test"],
    ["a recipient in the reverse-path", { reverse_path: "b+ann=x.test@acme.test" }, "VERP"],
    ["replies that go elsewhere", { reply_to: [address("help@acme.test")] }, "Replies go to help@acme.test"],
  ])("names %s", (_, changes, words) => {
    expect(senderNotes(message(changes)).join(" ")).toContain(words);
  });
});
