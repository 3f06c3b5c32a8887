/** The selection on screen, and what is done with it. */
import { list } from "../app/state";
import type { Selection } from "../api/types";
import { createStore } from "../ui/store";
import { confirmStore } from "../ui/confirm";
import { counted } from "../ui/format";
import { say } from "../ui/toast";
import { deleteLater, deleteNow, hidden, markSelection, moveTo, setMarks } from "./actions";
import { isWhole, queryOf } from "./scope";
import { everything, extend, isEmpty, NOTHING, toggle, type Selected } from "./selection";
import { rowAt, size, slotOf, type Marks } from "./window";

export const picked = createStore<Selected>(NOTHING);

export const pick = (id: string): void => picked.set((selected) => toggle(selected, id));
export const pickNone = (): void => picked.set(NOTHING);
export const pickAll = (): void => picked.set(everything());

const RANGE_LIMIT = 5_000;

/** Select from the row toggled last to this one, loading what lies between. */
export async function pickTo(id: string): Promise<void> {
  const { window } = list.state.get();
  const from = slotOf(window, picked.get().anchor ?? id);
  const to = slotOf(window, id);
  if (from < 0 || to < 0) return pick(id);
  const [start, end] = from < to ? [from, to + 1] : [to, from + 1];
  if (end - start > RANGE_LIMIT) return void say(`A range holds at most ${counted(RANGE_LIMIT, "message")}; * selects all.`);
  await list.ensure(start, end);
  const now = list.state.get().window;
  const ids = Array.from({ length: end - start }, (_, index) => rowAt(now, start + index))
    .filter((row) => row !== undefined && !hidden.get().has(row.id))
    .map((row) => row?.id as string);
  picked.set((selected) => extend(selected, ids, id));
}

function wholeScope(): Selection {
  const { scope } = list.state.get();
  const mailbox = scope.folder;
  return isWhole(scope) ? { all: true, mailbox } : { query: queryOf(scope), mailbox };
}

/** What a command is for: the selection, else the given row. */
function targets(current: string | null): readonly string[] {
  const selected = picked.get();
  return isEmpty(selected) ? (current ? [current] : []) : [...selected.ids];
}

export async function markPicked(marks: Marks, current: string | null): Promise<void> {
  if (!picked.get().all) return setMarks(targets(current), marks);
  say(`${counted(await markSelection(wholeScope(), marks), "message")} changed`);
}

/** Bring what is in a folder back to the inbox. */
export async function restorePicked(current: string | null): Promise<void> {
  const selection = picked.get().all ? wholeScope() : { ids: [...targets(current)] };
  pickNone();
  await moveTo(selection, "INBOX");
}

export function deletePicked(current: string | null): void {
  if (picked.get().all) return askDeleteAll();
  deleteLater(targets(current));
  pickNone();
}

/** Delete everything in the scope: asked once, because there is no way back. */
export function askDeleteAll(): void {
  const { scope, window } = list.state.get();
  const whole = isWhole(scope);
  const folder = scope.folder;
  const count = counted(size(window), "message");
  confirmStore.set({
    title: whole ? (folder ? `Empty ${folder}?` : "Delete all mail?") : "Delete all of these?",
    text: whole && !folder
      ? `${count}, pinned ones and refused attempts too, are deleted for good.`
      : `${count} ${whole ? `in ${folder}` : "that match this view"} are deleted for good.`,
    label: `Delete ${count}`,
    run: () => {
      pickNone();
      void deleteNow(wholeScope());
    },
  });
}

export async function markAllRead(): Promise<void> {
  const changed = await markSelection(wholeScope(), { seen: true });
  say(changed === 0 ? "Nothing was unread" : `${counted(changed, "message")} marked as read`);
}
