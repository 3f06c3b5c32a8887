import type { Message } from "../api/types";
import { TABS, type Tab } from "../app/location";
import { usePlace } from "../app/place";

export const TAB_NAMES: Record<Tab, string> = {
  html: "HTML", text: "Text", parts: "Parts", headers: "Headers", source: "Source", path: "Path", wire: "Wire", report: "Report",
};

/** The tabs that a message has, in their order: only a report has one of its own. */
export function tabsOf(message: Pick<Message, "source"> & { parts?: Message["parts"] }): Tab[] {
  const report = message.source === "report" || message.parts?.content_type === "multipart/report";
  return TABS.filter((one) => one !== "report" || report);
}

/** The tab that is shown: the chosen one, else HTML if there is any. */
export function shownTab(tab: Tab | null, message: Pick<Message, "has_html" | "source"> & { parts?: Message["parts"] }): Tab {
  if (tab === "report" && message.parts && !tabsOf(message).includes(tab)) return shownTab(null, message);
  if (tab === "html" || tab === null) return message.has_html ? "html" : "text";
  return tab;
}

/** Go to a tab of the message that is open. */
export function useTab(id: string): (tab: Tab, part?: string | null) => void {
  const { go } = usePlace();
  return (tab, part = null) => go({ place: { name: "message", id, tab, part }, replace: true });
}
