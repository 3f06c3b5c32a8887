/** What a frame of the live feed does to a list. */
import type { Change, Counts, Row } from "../api/types";
import { accepts, leaves, totalOf, type Scope } from "./scope";
import { EMPTY, mark, prepend, remove, setTotal, type ListWindow, type Marks } from "./window";

export interface Followed {
  window: ListWindow;
  /** Only the server can tell whether something new belongs here: ask for what is newer. */
  ask: boolean;
  /** Rows that are not loaded went away, or came into the middle: loaded pages of the tail may be off. */
  stale: boolean;
}

/** Apply one frame's changes in order, then the counters. Safe to repeat. */
export function follow(window: ListWindow, scope: Scope, changes: readonly Change[], counts: Counts): Followed {
  let state: Followed = { window, ask: false, stale: false };
  for (const change of changes) state = step(state, scope, change);
  const total = totalOf(scope, counts);
  return total === null ? state : { ...state, window: setTotal(state.window, total) };
}

function step(state: Followed, scope: Scope, change: Change): Followed {
  switch (change.kind) {
    case "added":
      return add(state, scope, change.messages);
    case "changed":
    case "tagged":
      return { ...state, window: mark(state.window, marksOf(change.messages), (row) => leaves(scope, row)) };
    case "removed": {
      const { window, unknown } = remove(state.window, new Set(change.ids));
      return { ...state, window, stale: state.stale || (unknown > 0 && window.tailCount > 0) };
    }
    case "cleared":
      return { window: { ...EMPTY, grown: state.window.grown }, ask: false, stale: false };
    default:
      return state; // a kind of change that this page does not know yet
  }
}

function add(state: Followed, scope: Scope, rows: readonly Row[]): Followed {
  const verdicts = rows.map((row) => accepts(scope, row));
  const window = prepend(state.window, rows.filter((_, index) => verdicts[index] === true));
  return { ...state, window, ask: state.ask || verdicts.includes("ask") };
}

function marksOf(messages: readonly ({ id: string } & Marks)[]): Map<string, Marks> {
  return new Map(messages.map(({ id, ...marks }) => [id, marks]));
}
