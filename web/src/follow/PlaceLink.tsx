import type { MouseEvent, ReactNode } from "react";
import styles from "./follow.module.css";
import type { Place } from "../app/location";
import { usePlace } from "../app/place";

/** A link to a place of the page, beside the list that is open. */
export function PlaceLink({ place, children }: { place: Place; children: ReactNode }) {
  const { go, href } = usePlace();
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    go({ place });
  };
  return (
    <a className={styles.link} href={href({ place })} onClick={follow}>
      {children}
    </a>
  );
}
