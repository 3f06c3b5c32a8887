import { IconAdjustmentsBolt, IconGridDots, IconListCheck, IconWebhook, IconWorld, type Icon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { MouseEvent } from "react";
import type { SimulateView } from "../app/location";
import { usePlace } from "../app/place";
import frame from "../app/frame.module.css";
import { number } from "../ui/format";
import { rulesQuery } from "./api";
import styles from "./links.module.css";

const LINKS: [SimulateView, string, Icon][] = [
  ["rules", "Rules", IconListCheck],
  ["catalogue", "Catalogue", IconGridDots],
  ["domains", "Domains", IconWorld],
  ["state", "State", IconAdjustmentsBolt],
  ["sinks", "Sinks", IconWebhook],
];

/** The sidebar's way to failures on demand. */
export function SimulateLinks({ onGo }: { onGo?: () => void }) {
  const { place, go, href } = usePlace();
  const { data } = useQuery(rulesQuery);
  const current = place.name === "simulate" ? (place.view === "address" ? "catalogue" : place.view) : null;
  const follow = (event: MouseEvent, view: SimulateView) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    go({ place: { name: "simulate", view, item: null } });
    onGo?.();
  };
  return (
    <>
      <h2 className={styles.heading} id="simulate-links">
        Simulate
      </h2>
      <ul className={frame.views} aria-labelledby="simulate-links">
        {LINKS.map(([view, label, Sign]) => (
          <li key={view}>
            <a
              className={frame.view}
              href={href({ place: { name: "simulate", view, item: null } })}
              aria-current={current === view ? "page" : undefined}
              onClick={(event) => follow(event, view)}
            >
              <Sign size={16} aria-hidden /> {label}
              {view === "rules" && data && data.length > 0 && <span className={frame.number}>{number(data.length)}</span>}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
