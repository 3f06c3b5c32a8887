import { useQuery } from "@tanstack/react-query";
import type { Message } from "../api/types";
import { TABS, type Tab } from "../app/location";
import { infoQuery } from "../app/Sidebar";
import { usePlace } from "../app/place";

export const TAB_NAMES: Record<Tab, string> = {
  html: "HTML", text: "Text", parts: "Parts", headers: "Headers", source: "Source", path: "Path", wire: "Wire", report: "Report",
  check: "Clients", links: "Links", spam: "Spam",
};

/** What is known of a message before all of it is here. */
export type Known = Pick<Message, "has_html" | "source"> & { parts?: Message["parts"] };

/** The tabs that a message has, in their order: a report has one of its own, HTML its check, and Spam needs a filter. */
export function tabsOf(message: Known, hasFilter = false): Tab[] {
  const has: Partial<Record<Tab, boolean>> = {
    report: message.source === "report" || message.parts?.content_type === "multipart/report",
    check: message.has_html,
    spam: hasFilter,
  };
  return TABS.filter((one) => has[one] ?? true);
}

/** The same for the sandbox that is open. */
export function useTabs(message: Known): Tab[] {
  const { data: info } = useQuery(infoQuery);
  return tabsOf(message, Boolean(info?.checks.spam));
}

/** The tab that is shown: the chosen one, else HTML if there is any. */
export function shownTab(tab: Tab | null, message: Known): Tab {
  if ((tab === "report" || tab === "check") && message.parts && !tabsOf(message).includes(tab)) return shownTab(null, message);
  if (tab === "html" || tab === null) return message.has_html ? "html" : "text";
  return tab;
}

/** Go to a tab of the message that is open. */
export function useTab(id: string): (tab: Tab, part?: string | null) => void {
  const { go } = usePlace();
  return (tab, part = null) => go({ place: { name: "message", id, tab, part }, replace: true });
}
