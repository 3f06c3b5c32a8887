import { Button } from "@mantine/core";
import { IconEraser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { onArrival, queries } from "../app/state";
import { useSettings } from "../settings/store";
import { visible } from "../ui/bidi";
import { confirmStore } from "../ui/confirm";
import { counted, duration, exact } from "../ui/format";
import { Moment } from "../ui/Moment";
import { complain, say } from "../ui/toast";
import { Tip } from "../ui/Tip";
import { Trouble } from "../ui/Trouble";
import { useNow } from "../ui/useNow";
import { refreshCounters, simulation, stateQuery } from "./api";
import { ownerWords, recordWords, sectionsOf } from "./memory";
import { ViewHead } from "./Simulate";
import simulate from "./simulate.module.css";
import styles from "./state.module.css";
import { Switches } from "./Switches";
import type { Remembered } from "./types";

/** What is remembered between tries, and what is switched on. */
export function State() {
  const { data, error } = useQuery(stateQuery);
  useEffect(() => onArrival(() => void queries.invalidateQueries({ queryKey: stateQuery.queryKey })), []);
  if (error) return <Trouble error={error} title="The state cannot be shown" />;
  const sections = sectionsOf(data ?? []);
  return (
    <section className={styles.page} aria-label="State">
      <ViewHead view="state" lead="What is remembered between tries. It survives a restart, until it is reset.">
        {data && data.length > 0 && (
          <Button leftSection={<IconEraser size={15} />} onClick={() => askResetAll(data.length)}>
            Reset all
          </Button>
        )}
      </ViewHead>
      <div className={simulate.scroll}>
        <div className={styles.columns}>
          <div className={styles.memory}>
            {data?.length === 0 && (
              <div className={styles.nothing}>
                <h2>Nothing is remembered</h2>
                <p>Rules that count, greylists, full mailboxes and rates appear here with the first mail that meets them.</p>
              </div>
            )}
            {sections.map(({ title, note, records }) => (
              <section key={title} className={styles.section} aria-label={title}>
                <h2>
                  {title} <span className="dim">{note}</span>
                </h2>
                <ul>
                  {records.slice(0, SHOWN).map((record) => (
                    <Line key={record.key} record={record} />
                  ))}
                </ul>
                {records.length > SHOWN && <p className="dim">{counted(records.length - SHOWN, "older record")} not shown.</p>}
              </section>
            ))}
          </div>
          <Switches />
        </div>
      </div>
    </section>
  );
}

const SHOWN = 500;

function Line({ record }: { record: Remembered }) {
  const { title, rest } = ownerWords(record);
  const { zone } = useSettings();
  const now = useNow();
  const left = record.expires_at === null ? null : Date.parse(record.expires_at) - now;
  return (
    <li className={styles.record}>
      <span className={styles.owner}>
        <bdi>{visible(title) || "everything"}</bdi>
        {rest && <bdi className="dim">{visible(rest)}</bdi>}
      </span>
      <span className={styles.words}>{visible(recordWords(record))}</span>
      <span className={styles.when}>
        {record.last_at && <Moment at={record.last_at} />}
        {left !== null && record.expires_at && <span title={`Forgotten ${exact(record.expires_at, zone)}`}>{left > 0 ? `forgotten in ${duration(left)}` : "forgotten"}</span>}
      </span>
      <Tip label={`Reset ${visible(title)}`} onClick={() => void reset({ key: record.key }, "It begins anew")}>
        <IconEraser size={15} />
      </Tip>
    </li>
  );
}

function askResetAll(count: number): void {
  confirmStore.set({
    title: "Reset all that is remembered?",
    text: `${counted(count, "record")}: counters, greylists, quotas, rates and suppressed addresses begin anew. Rules and mail stay.`,
    label: "Reset all",
    run: () => void reset({}, null),
  });
}

async function reset(which: { key?: string }, words: string | null): Promise<void> {
  try {
    const { reset: count } = await simulation.reset(which);
    say(words ?? `${counted(count, "record")} reset`);
  } catch (error) {
    complain(error);
  }
  refreshCounters();
}
