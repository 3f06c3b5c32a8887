/** What a list shows: one of the sidebar's views or a folder, narrowed by a search. */
import type { Counts, Row } from "../api/types";

export const VIEWS = ["all", "unread", "pinned", "files", "refused"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Scope {
  view: ViewName;
  q: string;
  /** A folder beside the inbox itself, such as Trash; all of it is shown. */
  folder?: string;
}

const TERMS: Record<ViewName, string> = {
  all: "", unread: "is:unread", pinned: "is:pinned", files: "has:attachment", refused: "is:refused",
};

export const VIEW_LABELS: Record<ViewName, string> = {
  all: "All mail", unread: "Unread", pinned: "Pinned", files: "With files", refused: "Refused",
};

/** The search that the server is asked, view and words together. */
export function queryOf({ view, q }: Scope): string {
  return [TERMS[view], q.trim()].filter(Boolean).join(" ");
}

export const asksForRefused = (scope: Scope): boolean => scope.view === "refused";

export const isWhole = (scope: Scope): boolean => scope.view === "all" && scope.q.trim() === "";

/** What a list is called. */
export const titleOf = ({ view, q, folder }: Scope): string => (q.trim() ? "Results" : (folder ?? VIEW_LABELS[view]));

export function scopeOf(search: string): Scope {
  const parameters = new URLSearchParams(search);
  const view = parameters.get("view") as ViewName | null;
  const folder = parameters.get("folder");
  if (folder) return { view: "all", q: parameters.get("q") ?? "", folder };
  return { view: view && VIEWS.includes(view) ? view : "all", q: parameters.get("q") ?? "" };
}

/** The part of an address from `?` on that stands for a scope; empty for the plain list. */
export function searchOf({ view, q, folder }: Scope): string {
  const parameters = new URLSearchParams();
  if (folder) parameters.set("folder", folder);
  if (view !== "all") parameters.set("view", view);
  if (q.trim()) parameters.set("q", q);
  const text = parameters.toString();
  return text && `?${text}`;
}

/** Whether a row that comes into the inbox belongs here; `ask` when only the server can tell. */
export function accepts(scope: Scope, row: Row): boolean | "ask" {
  if (scope.folder) return false;
  const fits = row.kind === "attempt" ? scope.view === "refused" : fitsMessage(scope.view, row);
  return fits && scope.q.trim() ? "ask" : fits;
}

function fitsMessage(view: ViewName, row: Row & { kind: "message" }): boolean {
  const tests: Record<ViewName, boolean> = {
    all: true, unread: !row.seen, pinned: row.pinned, files: row.attachment_count > 0, refused: row.refused_count > 0,
  };
  return tests[view];
}

/** Whether a row that was shown here no longer belongs, because it was read or unpinned. */
export function leaves(scope: Scope, row: Row): boolean {
  if (row.kind === "attempt") return false;
  return (scope.view === "unread" && row.seen) || (scope.view === "pinned" && !row.pinned);
}

/** How many rows the server has for this scope, when its counters say so. */
export function totalOf(scope: Scope, counts: Counts): number | null {
  if (scope.q.trim() || scope.folder) return null;
  const totals = { all: counts.total, unread: counts.unread, pinned: counts.pinned, files: counts.files, refused: counts.refused };
  return totals[scope.view];
}
