import { expect, it } from "vitest";
import { attempt } from "./samples";
import { badgeOf, replyLine, retryWords, stageWords } from "./words";

it("says a reply as it went over the wire, on one line", () => {
  expect(replyLine({ code: 550, status: "5.1.1", text: "no\nsuch user" })).toBe("550 5.1.1 no such user");
  expect(replyLine({ code: 250, status: "", text: "ok" })).toBe("250 ok");
});

it("says for whom and where an attempt ended", () => {
  const recipients = ["gone@x.test", "b@x.test"].map((address) => ({ address, reply: { code: 550, status: "5.1.1", text: "no" } }));
  expect(stageWords({ ...attempt(1), recipients })).toBe("to gone@x.test and 1 other: no recipient was accepted");
  expect(stageWords({ ...attempt(1), stage: "MAIL" })).toBe("refused at MAIL, before any recipient");
});

it.each([[550, "Permanent"], [451, "Temporary"], [250, "Accepted"]])("%d is %s", (code, word) => {
  expect(retryWords({ code, status: "", text: "" })).toContain(word);
});

it.each([["failure", "failed"], ["delay", "delayed"], ["auto-reply", "auto-reply"], ["anything", "anything"]])("a report of kind %s is %s", (kind, word) => {
  expect(badgeOf(kind)).toBe(word);
});
