/** The row that keys act on, and how to walk from it. */
import { list } from "../app/state";
import type { Row } from "../api/types";
import { createStore } from "../ui/store";
import { hidden } from "./actions";
import { rowAt, size, slotOf } from "./window";

/** The current row while no message is open. */
export const cursor = createStore<string | null>(null);

/** Set to a row's id to bring it into view. */
export const reveal = createStore<string | null>(null);

export function revealRow(id: string): void {
  reveal.set(null);
  reveal.set(id);
}

/** The next shown row in a direction; from nowhere, the first. Waits for a page that is not loaded yet. */
export async function neighbour(id: string | null, step: 1 | -1): Promise<Row | null> {
  const { window } = list.state.get();
  let slot = id === null ? -1 : slotOf(window, id);
  if (slot < 0) return rowAt(window, 0) ?? null;
  const end = size(window);
  for (slot += step; slot >= 0 && slot < end; slot += step) {
    if (!rowAt(list.state.get().window, slot)) await list.ensure(slot, slot + 1);
    const row = rowAt(list.state.get().window, slot);
    if (row && !hidden.get().has(row.id)) return row;
    if (!row) return null;
  }
  return null;
}

/** The loaded row with this id. */
export function rowOf(id: string | null): Row | null {
  if (id === null) return null;
  const { window } = list.state.get();
  const slot = slotOf(window, id);
  return slot < 0 ? null : (rowAt(window, slot) ?? null);
}
