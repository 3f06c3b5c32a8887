import { usePlace } from "../app/place";
import type { Row } from "../api/types";
import { useCommands, type Command } from "../keys/commands";
import { NARROW, useMedia } from "../ui/media";
import { useStore } from "../ui/store";
import { undoDelete } from "./actions";
import { cursor, neighbour, revealRow, rowOf } from "./cursor";
import { placeOfRow } from "./MessageRow";
import { askDeleteAll, deletePicked, markAllRead, markPicked, pick, pickAll, picked, pickNone, pickTo } from "./picked";
import { isEmpty } from "./selection";

/** The commands that need a list. Draws nothing. */
export function ListCommands() {
  const { place, go } = usePlace();
  const narrow = useMedia(NARROW);
  const at = useStore(cursor);
  const current = place.name === "message" || place.name === "attempt" ? place.id : at;

  const step = async (by: 1 | -1) => {
    const row = await neighbour(current, by);
    if (!row) return;
    cursor.set(row.id);
    revealRow(row.id);
    if (narrow && place.name === "list") return focusRow(row.id);
    const target = placeOfRow(row);
    if (target.name === "message" && place.name === "message") target.tab = place.tab;
    go({ place: target, replace: place.name !== "list" });
  };
  const remove = async () => {
    const selected = picked.get();
    if (selected.all) return deletePicked(null);
    const going = new Set(isEmpty(selected) ? (current === null ? [] : [current]) : selected.ids);
    const next = current !== null && going.has(current) ? await survivor(current, going) : null;
    deletePicked(current);
    if (current === null || !going.has(current)) return;
    cursor.set(next?.id ?? null);
    if (place.name === "list") return;
    go({ place: next ? placeOfRow(next) : { name: "list" }, replace: true });
  };
  const toggle = (name: "seen" | "pinned") => {
    const row = rowOf(current);
    const selected = picked.get();
    const first = isEmpty(selected) ? row : rowOf([...selected.ids][0] ?? null);
    if (first?.kind === "attempt") return;
    void markPicked({ [name]: !(first?.[name] ?? name === "pinned") }, current);
  };
  const list: Command[] = [
    { name: "next", title: "Next message", group: "List", keys: ["j", "ArrowDown"], run: () => void step(1) },
    { name: "previous", title: "Previous message", group: "List", keys: ["k", "ArrowUp"], run: () => void step(-1) },
    { name: "open", title: "Open", group: "List", keys: ["Enter"], quiet: true, run: () => openCurrent(go, current, place.name) },
    { name: "select", title: "Select or deselect", group: "List", keys: ["x"], run: () => current && pick(current) },
    { name: "select-to", title: "Select from the last one to here", group: "List", keys: ["shift+x"], run: () => current && void pickTo(current) },
    { name: "select-all", title: "Select all", group: "List", keys: ["*"], run: pickAll },
    { name: "unread", title: "Mark as read or unread", group: "List", keys: ["u"], run: () => toggle("seen") },
    { name: "pin", title: "Pin or unpin", group: "List", keys: ["p"], run: () => toggle("pinned") },
    { name: "delete", title: "Delete", group: "List", keys: ["#", "Delete"], run: () => void remove() },
    { name: "undo", title: "Undo the last deletion", group: "List", keys: ["z"], run: undoDelete },
    { name: "read-all", title: "Mark all as read", group: "List", run: () => void markAllRead() },
    { name: "delete-all", title: "Delete all…", group: "List", run: askDeleteAll },
    {
      name: "back", title: "Back", group: "Go", keys: ["Escape"], quiet: true,
      run: () => {
        if (!isEmpty(picked.get())) return pickNone();
        if (place.name === "list") return;
        if ("id" in place) cursor.set(place.id);
        go({ place: { name: "list" } });
      },
    },
  ];
  useCommands(list);
  return null;
}

/** The nearest row that stays, first below, then above. */
async function survivor(id: string, going: ReadonlySet<string>): Promise<Row | null> {
  for (const step of [1, -1] as const) {
    let row = await neighbour(id, step);
    while (row && going.has(row.id)) row = await neighbour(row.id, step);
    if (row) return row;
  }
  return null;
}

function focusRow(id: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }));
}

function openCurrent(go: ReturnType<typeof usePlace>["go"], current: string | null, name: string): void {
  if (name === "message" || name === "attempt") return document.getElementById("main")?.focus();
  const row = rowOf(current);
  if (row) go({ place: placeOfRow(row) });
}
