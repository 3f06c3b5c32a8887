/** Deletions that wait: each is held for a while, may be taken back, and is sent when its time is up. */

export const HOLD_MS = 8_000;

export interface Held {
  key: number;
  ids: readonly string[];
  /** In milliseconds, on whatever clock the caller uses. */
  due: number;
}

export type UndoQueue = readonly Held[];

export function hold(queue: UndoQueue, ids: readonly string[], now: number): UndoQueue {
  const key = Math.max(0, ...queue.map((held) => held.key)) + 1;
  return ids.length === 0 ? queue : [...queue, { key, ids, due: now + HOLD_MS }];
}

/** Take back the latest deletion. */
export function undo(queue: UndoQueue): { queue: UndoQueue; restored: readonly string[] } {
  return { queue: queue.slice(0, -1), restored: queue.at(-1)?.ids ?? [] };
}

/** The deletions whose time is up, and those that still wait. */
export function expire(queue: UndoQueue, now: number): { queue: UndoQueue; due: readonly Held[] } {
  return { queue: queue.filter((held) => held.due > now), due: queue.filter((held) => held.due <= now) };
}

export const hiddenIds = (queue: UndoQueue): ReadonlySet<string> => new Set(queue.flatMap((held) => held.ids));

/** The ids in portions that fit into a request which outlives the page (64 kB). */
export function portions(ids: readonly string[], size = 2_000): string[][] {
  const result: string[][] = [];
  for (let at = 0; at < ids.length; at += size) result.push(ids.slice(at, at + size));
  return result;
}
