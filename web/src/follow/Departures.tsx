import { IconAlertTriangle, IconCheck, IconClock, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Sink, SinkAttempt, SinkTry } from "../api/schema";
import { queries } from "../app/state";
import { useSettings } from "../settings/store";
import { visible, visibleLines } from "../ui/bidi";
import { clock, exact } from "../ui/format";
import { complain, say } from "../ui/toast";
import { departuresQuery, replay, sinksQuery, triesQuery } from "./api";
import styles from "./follow.module.css";
import { attemptWords, eventWords, sinkWords } from "./words";

const SIGNS = { delivered: IconCheck, pending: IconClock, cancelled: IconX, "given-up": IconAlertTriangle };
const COLOURS = { delivered: "done", pending: "pending", cancelled: "skipped", "given-up": "failed" };

/** What of a message went to bounce hosts and webhooks: each attempt with its tries, and once more on request. */
export function Departures({ message }: { message: string }) {
  const { data: attempts } = useQuery(departuresQuery(message));
  const { data: sinks } = useQuery(sinksQuery);
  if (!attempts || attempts.length === 0) return null;
  return (
    <section className={styles.steps} aria-label="Sent on">
      <ol>
        {attempts.map((one) => (
          <Departure key={one.id} attempt={one} sink={sinks?.find(({ id }) => id === one.sink)} />
        ))}
      </ol>
    </section>
  );
}

/** One attempt with its tries, which open. */
export function Departure({ attempt, sink }: { attempt: SinkAttempt; sink: Sink | undefined }) {
  const { zone } = useSettings();
  const [open, setOpen] = useState(false);
  const Sign = SIGNS[attempt.state];
  return (
    <li className={styles.departure} data-state={COLOURS[attempt.state]}>
      <Sign size={14} aria-label={attempt.state} className={styles.sign} />
      <time dateTime={attempt.created_at} title={exact(attempt.created_at, zone)}>
        {clock(attempt.created_at, zone)}
      </time>
      <div className={styles.what}>
        <span>
          <strong>{eventWords(attempt)}</strong> to <bdi>{visible(sinkWords(sink))}</bdi>
        </span>
        <span>{attemptWords(attempt)}</span>
        {open && <AllTries id={attempt.id} tries={attempt.tries} />}
      </div>
      <span className={styles.ends}>
        {attempt.tries > 0 && (
          <button type="button" className={styles.link} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Hide tries" : "Show tries"}
          </button>
        )}
        {sink && <Replay id={attempt.id} />}
      </span>
    </li>
  );
}

function Replay({ id }: { id: string }) {
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      await replay(id);
      say("It is sent once more, with the id that it had");
      void queries.invalidateQueries({ queryKey: ["departures"] });
    } catch (error) {
      complain(error);
    }
    setBusy(false);
  };
  return (
    <button type="button" className={styles.link} disabled={busy} onClick={() => void go()}>
      Send again
    </button>
  );
}

function AllTries({ id, tries }: { id: string; tries: number }) {
  const { data } = useQuery(triesQuery(id, tries));
  return (
    <ol className={styles.tries} aria-label="Tries">
      {data?.map((one) => (
        <Try key={one.number} one={one} />
      ))}
    </ol>
  );
}

function Try({ one }: { one: SinkTry }) {
  const { zone } = useSettings();
  return (
    <li>
      <span>
        Try {one.number} at <time dateTime={one.at}>{clock(one.at, zone)}</time>: {one.code || visible(one.error)}, {Math.round(one.took_ms)} ms
      </span>
      {one.request && <pre tabIndex={0} aria-label={`Request of try ${one.number}`}>{visibleLines(one.request)}</pre>}
      {one.response && <pre tabIndex={0} aria-label={`Answer to try ${one.number}`}>{visibleLines(one.response)}</pre>}
    </li>
  );
}
