import { describe, expect, it } from "vitest";
import { linkify } from "./linkify";

const urls = (text: string) => linkify(text).flatMap((span) => (span.kind === "link" ? [span.url] : []));
const back = (text: string) => linkify(text).map((span) => (span.kind === "bidi" ? span.character : span.text)).join("");

describe("links in text", () => {
  it.each([
    ["See https://x.test/a?b=1&c=2.", "https://x.test/a?b=1&c=2"],
    ["(https://x.test/wiki/A_(b))", "https://x.test/wiki/A_(b)"],
    ["mailto:ann@x.test, please", "mailto:ann@x.test"],
    ['<a href="http://x.test/">', "http://x.test/"],
    ["http://x.test/\"onmouseover=alert(1)", "http://x.test/"],
    ["HTTPS://X.test/", "HTTPS://X.test/"],
    ["http://[::1]:8025/x", "http://[::1]:8025/x"],
  ])("%s", (text, url) => {
    expect(urls(text)).toEqual([url]);
  });

  it.each([
    "javascript:alert(1)", "data:text/html,<script>", "vbscript:x", "file:///etc/passwd", "ftp://x.test", "xhttp:/x", "http://", "https:// space",
    "blob:https://x.test/1".replace("https://x.test/1", "x"), "java\nscript:alert(1)",
  ])("makes no link of %j", (text) => {
    expect(urls(text)).toEqual([]);
  });

  it("ends a link at a character that turns the text", () => {
    expect(linkify("http://x.test/\u202etxt")).toEqual([
      { kind: "link", text: "http://x.test/", url: "http://x.test/" },
      { kind: "bidi", character: "\u202e" },
      { kind: "text", text: "txt" },
    ]);
  });

  it("loses no character", () => {
    const text = "a http://x.test/). b\u202ec mailto:z@x.test! <> \" ' &amp; http://";
    expect(back(text)).toBe(text);
  });

  it("is quick on a line that is nothing but one link", () => {
    expect(urls(`http://x.test/${"(".repeat(50_000)}`)).toHaveLength(1);
  });
});
