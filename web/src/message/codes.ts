/** Codes that a reader is meant to copy out of a mail: log-in, confirmation, one-time passwords. */

const WORDS = /\b(?:code|pin|otp|passcode|one[- ]time|verification|token|tan|bestätigungscode|código|codice)\b/iu;
const CODE = /(?<![\p{L}\p{N}#$€£.,/=?&_+-])(?:\d{4,8}|\d{3}[ -]\d{3}|[A-Z0-9]{3,5}-[A-Z0-9]{3,5}|(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6,8})(?![\p{L}\p{N}/=?&_%-]|[.,]\d)/gu;
const REACH = 2;

/** At most three codes, in the order of the text: they stand in or just after a line that speaks of one. */
export function codesIn(text: string): string[] {
  const lines = text.slice(0, 20_000).split("\n");
  const found = new Set<string>();
  let near = -1;
  lines.forEach((line, index) => {
    if (WORDS.test(line)) near = index;
    if (near < 0 || nonBlank(lines, near, index) > REACH || /https?:\/\//iu.test(line) && !WORDS.test(line)) return;
    for (const [code] of line.replace(/https?:\/\/\S+/giu, " ").matchAll(CODE)) if (!isYear(code)) found.add(code);
  });
  return [...found].slice(0, 3);
}

function nonBlank(lines: readonly string[], from: number, to: number): number {
  return lines.slice(from + 1, to + 1).filter((line) => line.trim()).length;
}

const isYear = (code: string): boolean => /^(?:19|20)\d\d$/u.test(code);
