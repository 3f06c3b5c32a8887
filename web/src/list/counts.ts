import type { Counts, Row } from "../api/types";

export { loadedRows } from "./window";

/** Counters without the loaded rows that are hidden because their deletion waits. */
export function lessHidden(counts: Counts, rows: Iterable<[number, Row]>, hidden: ReadonlySet<string>): Counts {
  if (hidden.size === 0) return counts;
  const next = { ...counts };
  for (const [, row] of rows) {
    if (!hidden.has(row.id)) continue;
    if (row.kind === "attempt") {
      next.refused -= 1;
      next.attempts -= 1;
      continue;
    }
    next.total -= 1;
    next.size_bytes -= row.size_bytes;
    if (!row.seen) next.unread -= 1;
    if (row.pinned) next.pinned -= 1;
    if (row.attachment_count > 0) next.files -= 1;
    if (row.refused_count > 0) next.refused -= 1;
  }
  return next;
}
