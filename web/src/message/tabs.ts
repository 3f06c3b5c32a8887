import type { Message } from "../api/types";
import { TABS, type Tab } from "../app/location";
import { usePlace } from "../app/place";

export const TAB_NAMES: Record<Tab, string> = {
  html: "HTML", text: "Text", parts: "Parts", headers: "Headers", source: "Source", path: "Path", wire: "Wire",
};

export { TABS };

/** The tab that is shown: the chosen one, else HTML if there is any. */
export function shownTab(tab: Tab | null, message: Pick<Message, "has_html">): Tab {
  if (tab === "html" || tab === null) return message.has_html ? "html" : "text";
  return tab;
}

/** Go to a tab of the message that is open. */
export function useTab(id: string): (tab: Tab, part?: string | null) => void {
  const { go } = usePlace();
  return (tab, part = null) => go({ place: { name: "message", id, tab, part }, replace: true });
}
