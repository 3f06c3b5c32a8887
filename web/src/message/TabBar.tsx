import { useEffect, useRef, type KeyboardEvent } from "react";
import type { Message } from "../api/types";
import type { Tab } from "../app/location";
import { usePlace } from "../app/place";
import { flatten } from "./parts";
import { TAB_NAMES, useTab, useTabs, type Known } from "./tabs";
import styles from "./message.module.css";

interface Props {
  tab: Tab;
  message: Message | null;
  row: Known;
}

function badgeOf(tab: Tab, message: Message | null): string {
  if (!message) return "";
  if (tab === "parts") return String(flatten(message.parts).length);
  return "";
}

/** The views of a message; arrow keys walk along them. */
export function TabBar({ tab, message, row }: Props) {
  const hasHtml = row.has_html;
  const tabs = useTabs(row);
  const { place } = usePlace();
  const bar = useRef<HTMLDivElement>(null);
  const openTab = useTab(place.name === "message" ? place.id : "");
  useEffect(() => {
    void bar.current?.querySelector(`#tab-${tab}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [tab]);
  const usable = tabs.filter((one) => one !== "html" || hasHtml);
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const to = step ? usable[(usable.indexOf(tab) + step + usable.length) % usable.length] : { Home: usable[0], End: usable.at(-1) }[event.key];
    if (!to) return;
    event.preventDefault();
    openTab(to);
    bar.current?.querySelector<HTMLElement>(`#tab-${to}`)?.focus();
  };
  return (
    <div ref={bar} role="tablist" aria-label="Views of this message" className={styles.tabs} onKeyDown={key}>
      {tabs.map((one, index) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={`tab-${one}`}
          aria-selected={one === tab}
          aria-controls="tab-panel"
          tabIndex={one === tab ? 0 : -1}
          disabled={one === "html" && !hasHtml}
          title={one === "html" && !hasHtml ? "This message has no HTML" : index < 9 ? `Key ${index + 1}` : undefined}
          className={styles.tab}
          onClick={() => openTab(one)}
        >
          {TAB_NAMES[one]}
          {badgeOf(one, message) && <span className={styles.tabCount}>{badgeOf(one, message)}</span>}
          {one === "parts" && message && message.defects.length > 0 && <span className={styles.tabWarn} title="Something is wrong in the MIME" />}
        </button>
      ))}
    </div>
  );
}
