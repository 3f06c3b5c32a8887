/** Which rows of a long list are drawn. */

export interface View {
  count: number;
  /** All rows are equally high, in pixels. */
  rowHeight: number;
  scrollTop: number;
  height: number;
  overscan?: number;
}

export interface Rows {
  start: number;
  end: number;
  before: number;
  after: number;
}

/** Which rows of a long list are in view: [start, end), with the padding before and after in pixels. */
export function visibleRows({ count, rowHeight, scrollTop, height, overscan = 5 }: View): Rows {
  const top = Math.min(Math.max(0, scrollTop), Math.max(0, count * rowHeight - height));
  const start = Math.max(0, Math.floor(top / rowHeight) - overscan);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + overscan);
  return { start, end, before: start * rowHeight, after: (count - end) * rowHeight };
}

/** Where to scroll so that row `index` is whole in view; the same place if it already is. */
export function scrollToShow(index: number, { rowHeight, scrollTop, height }: Omit<View, "count" | "overscan">): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}

/** The slot that the `index`-th shown row stands in, when the slots in `hidden` (ascending) are not shown. */
export function slotOfShown(index: number, hidden: readonly number[]): number {
  let slot = index;
  for (const one of hidden) {
    if (one > slot) break;
    slot += 1;
  }
  return slot;
}

/** The place among the shown rows of `slot`. A hidden slot has the place of the next shown one. */
export function shownOfSlot(slot: number, hidden: readonly number[]): number {
  let before = 0;
  for (const one of hidden) {
    if (one >= slot) break;
    before += 1;
  }
  return slot - before;
}
