/** Links in plain text: http, https and mailto only; everything else stays text (security.md A6). */

export type Span = { kind: "text"; text: string } | { kind: "link"; text: string; url: string } | { kind: "bidi"; character: string };

const LINK = /\b(?:https?:\/\/|mailto:)[^\s<>"'`\\\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const PAIRS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/** What a sentence adds to the end of an address is not part of it. */
function trimmed(url: string): string {
  let end = url.length;
  for (; end > 0; end -= 1) {
    const last = url[end - 1] as string;
    const opening = PAIRS[last];
    if (opening ? count(url, opening, end) >= count(url, last, end) : !".,;:!?*_~".includes(last)) break;
  }
  return url.slice(0, end);
}

function count(text: string, character: string, end: number): number {
  let found = 0;
  for (let at = 0; at < end; at += 1) if (text[at] === character) found += 1;
  return found;
}

function safe(url: string): boolean {
  try {
    const { protocol, host } = new URL(url);
    return protocol === "mailto:" || ((protocol === "http:" || protocol === "https:") && host !== "");
  } catch {
    return false;
  }
}

/** Split text into plain spans, links and bidi control characters. */
export function linkify(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const url = trimmed(match[0]);
    if (!safe(url)) continue;
    plain(spans, text.slice(at, match.index));
    spans.push({ kind: "link", text: url, url });
    at = match.index + url.length;
  }
  plain(spans, text.slice(at));
  return spans;
}

function plain(spans: Span[], text: string): void {
  let rest = text;
  while (rest) {
    const found = rest.search(BIDI);
    if (found < 0) return void spans.push({ kind: "text", text: rest });
    if (found > 0) spans.push({ kind: "text", text: rest.slice(0, found) });
    spans.push({ kind: "bidi", character: rest[found] as string });
    rest = rest.slice(found + 1);
  }
}
