/** Order things by how well their title fits what was typed; what does not fit is left out. */

export function rank<T extends { title: string; group: string }>(items: readonly T[], text: string): T[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return [...items];
  return items
    .map((item, index) => ({ item, index, score: score(`${item.title} ${item.group}`.toLowerCase(), words) }))
    .filter(({ score: points }) => points > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ item }) => item);
}

function score(title: string, words: readonly string[]): number {
  let total = 0;
  for (const word of words) {
    const points = one(title, word);
    if (points === 0) return 0;
    total += points;
  }
  return total;
}

function one(title: string, word: string): number {
  const at = title.indexOf(word);
  if (at === 0) return 4;
  if (at > 0) return title[at - 1] === " " ? 3 : 2;
  return initials(title, word) ? 1 : 0;
}

/** Whether the letters occur in this order: "mar" finds "mark all as read", so does "maar". */
function initials(title: string, word: string): boolean {
  let at = -1;
  for (const letter of word) {
    at = title.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return word.length > 1;
}
