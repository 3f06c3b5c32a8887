import { useEffect } from "react";
import { placeOfRow } from "../list/MessageRow";
import { settings } from "../settings/store";
import { useStore } from "../ui/store";
import { picked } from "../list/picked";
import { without } from "../list/selection";
import { sender, subjectOf } from "../ui/address";
import { counted } from "../ui/format";
import type { Row } from "../api/types";
import { usePlace } from "./place";
import { gone, list, onArrival } from "./state";
import { useCounts } from "./Sidebar";

/** What new mail does besides appearing: title, icon, notification, follow-newest. Draws nothing. */
export function Arrivals() {
  const counts = useCounts();
  const { go, place } = usePlace();
  const unread = counts?.unread ?? 0;

  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) mailpit-py` : "mailpit-py";
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = new URL(unread > 0 ? "favicon-unread.svg" : "favicon.svg", document.baseURI).toString();
  }, [unread]);

  useEffect(
    () =>
      onArrival((rows) => {
        const shown = rows.filter((row) => row.kind === "message");
        const newest = shown.at(-1);
        if (!newest) return;
        const { notifications, followNewest } = settings.get();
        if (notifications && document.hidden) notify(shown);
        if (followNewest && place.name !== "connect" && list.shows(newest)) go({ place: placeOfRow(newest), replace: true });
      }),
    [go, place],
  );

  const removed = useStore(gone);
  useEffect(() => picked.set((selected) => without(selected, removed)), [removed]);
  return null;
}

function notify(rows: readonly Row[]): void {
  const newest = rows.at(-1);
  if (!newest || newest.kind !== "message" || typeof Notification === "undefined" || Notification.permission !== "granted") return;
  const title = rows.length === 1 ? sender(newest) : `${counted(rows.length, "new message")}`;
  const note = new Notification(title, { body: subjectOf(newest.subject).slice(0, 200), tag: "mailpit-py" });
  note.onclick = () => {
    window.focus();
    note.close();
  };
}
