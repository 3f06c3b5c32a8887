/**
 * A list that is only partly loaded, newest first.
 *
 * The `head` is whole and grows as mail arrives. Below it the `tail` has as many places as the server
 * has rows older than the head, filled page by page; its places are counted from `anchor`, a keyset
 * cursor, so that arrivals never shift them. A `ghost` is a row that left the server's result (read,
 * in the list of unread ones) but stays in place until the list is opened again.
 */
import type { Page, Row } from "../api/types";

export interface ListWindow {
  head: readonly Row[];
  tail: ReadonlyMap<number, Row>;
  tailCount: number;
  anchor: string | null;
  /** The cursor above the newest row the server gave, for asking what came since. */
  newest: string | null;
  ghosts: ReadonlySet<string>;
  /** How many rows were put on top since the list was opened. */
  grown: number;
}

export const EMPTY: ListWindow = {
  head: [], tail: new Map(), tailCount: 0, anchor: null, newest: null, ghosts: new Set(), grown: 0,
};

export const PAGE_SIZE = 100;

export function fromPage(page: Page): ListWindow {
  return {
    ...EMPTY,
    head: page.items,
    tailCount: page.next === null ? 0 : Math.max(0, page.total - page.items.length),
    anchor: page.next,
    newest: page.previous,
  };
}

export const size = (window: ListWindow): number => window.head.length + window.tailCount;

/** The row in a slot, or undefined while it is not loaded. */
export function rowAt(window: ListWindow, slot: number): Row | undefined {
  return slot < window.head.length ? window.head[slot] : window.tail.get(slot - window.head.length);
}

/** Every loaded row with its slot, in order within the head and within each page. */
export function* loadedRows(window: ListWindow): Generator<[number, Row]> {
  yield* window.head.entries();
  for (const [index, row] of window.tail) yield [index + window.head.length, row];
}

export function slotOf(window: ListWindow, id: string): number {
  for (const [slot, row] of loadedRows(window)) if (row.id === id) return slot;
  return -1;
}

/** Put new rows on top. Rows that are there already, or belong below the head, are left out. */
export function prepend(window: ListWindow, rows: readonly Row[]): ListWindow {
  const known = new Set(window.head.map((row) => row.id));
  const floor = window.tailCount > 0 ? window.head.at(-1)?.received_at : undefined;
  const fresh = rows
    .filter((row) => !known.has(row.id) && (floor === undefined || row.received_at >= floor))
    .reverse()
    .sort((a, b) => (a.received_at < b.received_at ? 1 : a.received_at > b.received_at ? -1 : 0));
  if (fresh.length === 0) return window;
  return { ...window, head: merge(fresh, window.head), grown: window.grown + fresh.length };
}

function merge(fresh: readonly Row[], head: readonly Row[]): Row[] {
  const newest = head[0];
  if (!newest || (fresh.at(-1) as Row).received_at >= newest.received_at) return [...fresh, ...head];
  return [...fresh, ...head].sort((a, b) => (a.received_at < b.received_at ? 1 : a.received_at > b.received_at ? -1 : 0));
}

export interface Marks {
  seen?: boolean;
  pinned?: boolean;
  tags?: string[];
}

/** Change marks of loaded rows; those for which `leaves` holds become ghosts, those that return stop being ones. */
export function mark(window: ListWindow, marks: ReadonlyMap<string, Marks>, leaves: (row: Row) => boolean): ListWindow {
  const ghosts = new Set(window.ghosts);
  let touched = false;
  const apply = (row: Row): Row => {
    const change = marks.get(row.id);
    if (!change || row.kind === "attempt") return row;
    touched = true;
    const next = { ...row, seen: change.seen ?? row.seen, pinned: change.pinned ?? row.pinned, tags: change.tags ?? row.tags };
    if (leaves(next)) ghosts.add(row.id);
    else ghosts.delete(row.id);
    return next;
  };
  const head = window.head.map(apply);
  const tail = new Map([...window.tail].map(([index, row]) => [index, apply(row)]));
  return touched ? { ...window, head, tail, ghosts } : window;
}

/** Take rows out. `unknown` says how many of the ids were not loaded here. */
export function remove(window: ListWindow, ids: ReadonlySet<string>): { window: ListWindow; unknown: number } {
  const head = window.head.filter((row) => !ids.has(row.id));
  const tail = new Map<number, Row>();
  let gone = 0;
  for (const [index, row] of [...window.tail].sort((a, b) => a[0] - b[0])) {
    if (ids.has(row.id)) gone += 1;
    else tail.set(index - gone, row);
  }
  const found = window.head.length - head.length + gone;
  const ghosts = new Set([...window.ghosts].filter((id) => !ids.has(id)));
  const next = { ...window, head, tail, ghosts, tailCount: Math.max(0, window.tailCount - gone) };
  return { window: found > 0 ? next : window, unknown: ids.size - found };
}

/** Say how many rows the server has now; what is not in the head is in the tail. */
export function setTotal(window: ListWindow, total: number): ListWindow {
  const headRows = window.head.filter((row) => !window.ghosts.has(row.id)).length;
  const tailGhosts = [...window.tail.values()].filter((row) => window.ghosts.has(row.id)).length;
  const tailCount = window.anchor === null ? 0 : Math.max(0, total - headRows + tailGhosts);
  if (tailCount === window.tailCount) return window;
  const tail = new Map([...window.tail].filter(([index]) => index < tailCount));
  return { ...window, tail, tailCount };
}

/** The first places of the tail's pages that slots [start, end) need and that are not loaded. */
export function missingPages(window: ListWindow, start: number, end: number): number[] {
  const from = Math.max(0, start - window.head.length);
  const to = Math.min(window.tailCount, end - window.head.length);
  const pages: number[] = [];
  for (let page = Math.floor(from / PAGE_SIZE); page * PAGE_SIZE < to; page += 1) {
    const first = page * PAGE_SIZE;
    const last = Math.min(window.tailCount, first + PAGE_SIZE);
    for (let index = Math.max(first, from); index < Math.min(last, to); index += 1) {
      if (!window.tail.has(index)) {
        pages.push(first);
        break;
      }
    }
  }
  return pages;
}

/** How many rows below the anchor the server has to skip to reach a place of the tail. */
export function skipOf(window: ListWindow, index: number): number {
  if (window.ghosts.size === 0) return index;
  let ghosts = 0;
  for (const [at, row] of window.tail) if (at < index && window.ghosts.has(row.id)) ghosts += 1;
  return index - ghosts;
}

/** Fill the tail's places from `index` on with what the server gave, stepping over ghosts. */
export function place(window: ListWindow, index: number, rows: readonly Row[]): ListWindow {
  const tail = new Map(window.tail);
  let at = index;
  for (const row of rows) {
    while (isGhost(window, at)) at += 1;
    if (at < window.tailCount) tail.set(at, row);
    at += 1;
  }
  return { ...window, tail };
}

function isGhost(window: ListWindow, index: number): boolean {
  const row = window.tail.get(index);
  return row !== undefined && window.ghosts.has(row.id);
}
