/** Rows and pages for tests. */
import type { Attempt, Counts, Page, Row, Summary } from "../api/types";

export const COUNTS: Counts = { total: 0, unread: 0, pinned: 0, files: 0, refused: 0, attempts: 0, size_bytes: 0 };

const time = (number: number): string => `2026-11-23T12:00:00.${String(number).padStart(6, "0")}Z`;

export function summary(number: number, changes: Partial<Summary> = {}): Summary {
  return {
    kind: "message", id: `m${number}`, inbox: "default", mailbox: "INBOX", received_at: time(number), size_bytes: 100,
    reverse_path: "app@x.test", from: null, to: [], recipients: [], recipient_count: 1, refused_count: 0, subject: `Mail ${number}`,
    snippet: "", attachment_count: 0, defect_count: 0, has_text: true, has_html: false, readable: true, seen: false, pinned: false,
    tags: [], message_id: "", date: null, source: "smtp", report: "", ...changes,
  };
}

export function attempt(number: number): Attempt {
  return {
    kind: "attempt", id: `a${number}`, inbox: "default", received_at: time(number), stage: "RCPT", reverse_path: "app@x.test", recipients: [],
    recipient_count: 0, reply: { code: 550, status: "5.1.1", text: "no such user" }, size_bytes: 0, session_id: "s",
  };
}

/** The rows `newest` down to `newest - count + 1` of `total`, as the server pages them. */
export function page(newest: number, count: number, total: number): Page {
  const items: Row[] = Array.from({ length: count }, (_, index) => summary(newest - index));
  const more = total > count;
  return { items, next: more ? `k${newest - count + 1}` : null, previous: items.length > 0 ? `k${newest}` : null, total, counts: { ...COUNTS, total }, cursor: "e.1" };
}

export const ids = (rows: Iterable<Row | undefined>): (string | undefined)[] => [...rows].map((row) => row?.id);
