/** Raw source in pieces that can be folded. */

export type Section = "header" | "body" | "data";

export interface Block {
  kind: Section;
  /** Index of its first line; lines are counted from 0. */
  start: number;
  end: number;
  /** Folded at first. */
  folded: boolean;
}

const BASE64 = /^[A-Za-z0-9+/]{40,}={0,2}$/u;
const MIN_DATA = 12;

/** Cut lines into the header section, text, and long runs of base64, which start folded. */
export function blocks(lines: readonly string[]): Block[] {
  const blank = lines.findIndex((line) => line === "");
  const headerEnd = blank < 0 ? lines.length : blank + 1;
  const result: Block[] = headerEnd > 0 ? [{ kind: "header", start: 0, end: headerEnd, folded: false }] : [];
  let start = headerEnd;
  let at = headerEnd;
  while (at < lines.length) {
    const end = runOfData(lines, at);
    if (end - at >= MIN_DATA) {
      if (at > start) result.push({ kind: "body", start, end: at, folded: false });
      result.push({ kind: "data", start: at, end, folded: true });
      start = end;
    }
    at = Math.max(end, at + 1);
  }
  if (start < lines.length) result.push({ kind: "body", start, end: lines.length, folded: false });
  return result;
}

function runOfData(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && BASE64.test(lines[at] as string)) at += 1;
  return at > from && at < lines.length && /^[A-Za-z0-9+/]+={0,2}$/u.test(lines[at] as string) ? at + 1 : at;
}

/** Lines of a text, whatever ends them. */
export const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/u);

/** Where `needle` occurs in `line`, case ignored: pairs of start and end. */
export function occurrences(line: string, needle: string): [number, number][] {
  if (needle === "") return [];
  const found: [number, number][] = [];
  const haystack = line.toLowerCase();
  const wanted = needle.toLowerCase();
  // A letter whose lower case is longer would shift every place after it.
  if (haystack.length !== line.length) return line.includes(needle) ? [[line.indexOf(needle), line.indexOf(needle) + needle.length]] : [];
  for (let at = haystack.indexOf(wanted); at >= 0; at = haystack.indexOf(wanted, at + wanted.length)) found.push([at, at + wanted.length]);
  return found;
}
