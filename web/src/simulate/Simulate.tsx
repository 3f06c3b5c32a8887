import { IconArrowLeft, IconMenu2 } from "@tabler/icons-react";
import type { MouseEvent, ReactNode } from "react";
import { ConnectionBanner } from "../app/ConnectionState";
import type { SimulateView } from "../app/location";
import { open } from "../app/overlay";
import { usePlace } from "../app/place";
import { useCommands } from "../keys/commands";
import { MEDIUM, NARROW, useMedia } from "../ui/media";
import { Tip } from "../ui/Tip";
import { Catalogue } from "./Catalogue";
import { Sinks } from "../sinks/Sinks";
import { Domains } from "./Domains";
import { Rules } from "./Rules";
import styles from "./simulate.module.css";
import { State } from "./State";

const TABS: [SimulateView, string][] = [["rules", "Rules"], ["catalogue", "Catalogue"], ["domains", "Domains"], ["state", "State"], ["sinks", "Sinks"]];

/** Failures on demand: the rules, what can happen at all, and what is remembered. */
export default function Simulate({ view, item }: { view: SimulateView; item: string | null }) {
  const { go } = usePlace();
  useCommands([{ name: "back", title: "Back to the mail", group: "Go", keys: ["Escape"], run: () => go({ place: { name: "list" } }) }]);
  if (view === "domains") return <Domains opened={item} />;
  if (view === "state") return <State />;
  if (view === "sinks") return <Sinks opened={item} />;
  if (view === "rules") return <Rules opened={item} />;
  return <Catalogue cell={view === "catalogue" ? item : null} address={view === "address" ? (item ?? "") : null} />;
}

/** The head of a view: its name, what it is about, and what can be done. */
export function ViewHead({ view, lead, children }: { view: SimulateView; lead: string; children?: ReactNode }) {
  const { go, href } = usePlace();
  const medium = useMedia(MEDIUM);
  const narrow = useMedia(NARROW);
  const follow = (event: MouseEvent, to: SimulateView) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    go({ place: { name: "simulate", view: to, item: null } });
  };
  return (
    <>
      <ConnectionBanner />
      <header className={styles.head}>
        {medium && (
          <Tip label="Views" onClick={() => open("views")} size={30}>
            <IconMenu2 size={18} />
          </Tip>
        )}
        {narrow && (
          <Tip label="To the list" keys="Esc" onClick={() => go({ place: { name: "list" } })} size={30}>
            <IconArrowLeft size={18} />
          </Tip>
        )}
        <h1 className={medium ? "unseen" : styles.title}>{TABS.find(([one]) => one === view)?.[1]}</h1>
        {medium ? (
          <nav className={styles.tabs} aria-label="Simulate">
            {TABS.map(([one, label]) => (
              <a
                key={one}
                className={styles.tab}
                href={href({ place: { name: "simulate", view: one, item: null } })}
                aria-current={one === view ? "page" : undefined}
                onClick={(event) => follow(event, one)}
              >
                {label}
              </a>
            ))}
          </nav>
        ) : (
          <p className={styles.lead}>{lead}</p>
        )}
        <span className={styles.spring} />
        {children}
      </header>
    </>
  );
}
