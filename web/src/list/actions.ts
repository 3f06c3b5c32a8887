/** What can be done to messages; the screen follows at once, the server after. */
import { api } from "../api/client";
import type { Selection } from "../api/types";
import { list, patchMessage } from "../app/state";
import { createStore } from "../ui/store";
import { complain, dismiss, say } from "../ui/toast";
import { counted } from "../ui/format";
import { expire, hiddenIds, hold, HOLD_MS, portions, undo, type UndoQueue } from "./undo";
import type { Marks } from "./window";

const queue = createStore<UndoQueue>([]);

/** Ids of messages whose deletion waits: they are not shown. */
export const hidden = createStore<ReadonlySet<string>>(new Set());
const sending = createStore<ReadonlySet<string>>(new Set());
const hide = (): void => hidden.set(new Set([...hiddenIds(queue.get()), ...sending.get()]));
queue.subscribe(hide);
sending.subscribe(hide);

let notice = 0;

/** Delete after a while in which it can be undone. */
export function deleteLater(ids: readonly string[]): void {
  if (ids.length === 0) return;
  queue.set((held) => hold(held, ids, Date.now()));
  dismiss(notice);
  notice = say(`${counted(ids.length, "message")} deleted`, { action: { label: "Undo", run: undoDelete }, for_ms: HOLD_MS });
  setTimeout(sendDue, HOLD_MS + 20);
}

export function undoDelete(): void {
  const { queue: rest, restored } = undo(queue.get());
  if (restored.length === 0) return;
  queue.set(rest);
  dismiss(notice);
  say(`${counted(restored.length, "message")} restored`);
}

function sendDue(): void {
  const { queue: rest, due } = expire(queue.get(), Date.now());
  const ids = due.flatMap((held) => held.ids);
  if (ids.length === 0) return;
  sending.set((all) => new Set([...all, ...ids]));
  queue.set(rest);
  void sendDelete(ids);
}

async function sendDelete(ids: readonly string[]): Promise<void> {
  try {
    for (const some of portions(ids)) await api.remove({ ids: some });
    list.drop(new Set(ids));
  } catch (error) {
    complain(error);
  } finally {
    sending.set((all) => new Set([...all].filter((id) => !ids.includes(id))));
  }
}

/** Leaving the page sends what still waits. */
window.addEventListener("pagehide", () => {
  const waiting = queue.get().flatMap((held) => held.ids);
  queue.set([]);
  for (const ids of portions(waiting)) void api.remove({ ids }, true).catch(() => undefined);
});

/** Delete at once, without a way back: the caller has asked. */
export async function deleteNow(selection: Selection): Promise<void> {
  try {
    const { deleted } = await api.remove(selection);
    say(`${counted(deleted, "message")} deleted`);
  } catch (error) {
    complain(error);
  }
}

/** Move to a folder, or back to INBOX. */
export async function moveTo(selection: Selection, folder: string): Promise<void> {
  try {
    const { changed } = await api.move(selection, folder);
    if ("ids" in selection && list.state.get().scope.folder !== undefined) list.drop(new Set(selection.ids));
    say(`${counted(changed, "message")} moved to ${folder === "INBOX" ? "the inbox" : folder}`);
  } catch (error) {
    complain(error);
  }
}

/** Set marks; the list and an open message show them before the server answers. */
export async function setMarks(ids: readonly string[], marks: Marks): Promise<void> {
  if (ids.length === 0) return;
  list.mark(new Map(ids.map((id) => [id, marks])));
  ids.forEach((id) => patchMessage(id, marks));
  await markSelection({ ids: [...ids] }, marks);
}

export async function markSelection(selection: Selection, marks: Marks): Promise<number> {
  try {
    return (await api.mark(selection, marks)).changed;
  } catch (error) {
    complain(error);
    void list.reload();
    return 0;
  }
}
