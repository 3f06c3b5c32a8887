import { useQuery } from "@tanstack/react-query";
import { useState, type MouseEvent } from "react";
import { usePlace } from "../app/place";
import { messageQuery } from "../app/state";
import { subjectOf } from "../ui/address";
import { counted, number } from "../ui/format";
import { Moment } from "../ui/Moment";
import styles from "./editor.module.css";
import type { Preview as Found } from "./types";

const SHOWN = 5;

/** Which stored mail a rule would have matched. */
export function Preview({ found, old }: { found: Found; old: boolean }) {
  const [open, setOpen] = useState(false);
  const { matched, looked_at, ids } = found;
  if (looked_at === 0) return <p className={styles.preview}>No mail is here yet to try it on.</p>;
  const words = `${matched === 0 ? "Would have matched none" : `Would have matched ${number(matched)}`} of the last ${counted(looked_at, "message")}`;
  return (
    <div className={styles.preview} data-old={old || undefined} aria-live="polite">
      <span>{looked_at === 1 ? `Would have matched ${matched === 1 ? "the only message" : "none"}` : words}</span>
      {matched > 0 && (
        <button type="button" className={styles.link} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Hide" : "Show"}
        </button>
      )}
      {open && (
        <ul>
          {ids.slice(0, SHOWN).map((id) => (
            <Matched key={id} id={id} />
          ))}
          {matched > SHOWN && <li className="dim">and {number(matched - SHOWN)} more</li>}
        </ul>
      )}
    </div>
  );
}

function Matched({ id }: { id: string }) {
  const { data } = useQuery(messageQuery(id));
  const { go, href } = usePlace();
  const place = { name: "message" as const, id, tab: null, part: null };
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    go({ place });
  };
  return (
    <li>
      <a href={href({ place })} onClick={follow} className="ellipsis">
        {data ? subjectOf(data.subject) : "…"}
      </a>
      <span className="dim ellipsis">{data?.recipients.join(", ")}</span>
      {data && <Moment at={data.received_at} className="dim" />}
    </li>
  );
}
