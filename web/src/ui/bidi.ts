/** Characters that turn, hide or break a line are made visible wherever mail's own words are shown. */

const NAMES: Record<string, string> = {
  "\u061c": "ALM", "\u200e": "LRM", "\u200f": "RLM",
  "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
  "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
};

const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
// C0 and C1 controls but tab and line ends; line and paragraph separators
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/gu;

export const hasBidi = (text: string): boolean => text.search(BIDI) >= 0;

/** The name of a bidi control character, such as RLO. */
export const bidiName = (character: string): string => NAMES[character] ?? "BIDI";

/** One line of text in which bidi controls stand as [RLO] and other controls as pictures. */
export function visible(text: string): string {
  return text
    .replace(/[\r\n\t]+/gu, " ")
    .replace(BIDI, (character) => `[${bidiName(character)}]`)
    .replace(CONTROL, picture);
}

/** Text of several lines with its controls made visible; line ends and tabs stay. */
export function visibleLines(text: string): string {
  return text.replace(BIDI, (character) => `[${bidiName(character)}]`).replace(CONTROL, picture);
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}
