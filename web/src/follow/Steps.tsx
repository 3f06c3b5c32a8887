import { IconAlertTriangle, IconCheck, IconClock, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Step } from "../api/schema";
import { PlaceLink } from "./PlaceLink";
import { useSettings } from "../settings/store";
import { visible } from "../ui/bidi";
import { clock, exact } from "../ui/format";
import { advanced } from "./actions";
import { turn } from "./api";
import styles from "./follow.module.css";
import { dueWords, kindWords, toldWords, whomWords } from "./words";

const SIGNS = { done: IconCheck, pending: IconClock, skipped: IconX, failed: IconAlertTriangle };

/** The plan of a message: each step with its time, what it tells, and what became of it. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <section className={styles.steps} aria-label="What follows">
      <ol>
        {steps.map((one) => (
          <Line key={one.id} step={one} />
        ))}
      </ol>
    </section>
  );
}

function Line({ step }: { step: Step }) {
  const { zone } = useSettings();
  const [busy, setBusy] = useState(false);
  const Sign = SIGNS[step.state];
  const go = async () => {
    setBusy(true);
    await advanced(turn.advanceTo(step.due_at));
    setBusy(false);
  };
  const told = toldWords(step);
  return (
    <li className={styles.step} data-state={step.state}>
      <Sign size={14} aria-label={step.state} className={styles.sign} />
      <time dateTime={step.due_at} title={exact(step.due_at, zone)}>
        {clock(step.due_at, zone)}
      </time>
      <span className={styles.due}>{dueWords(step)}</span>
      <span className={styles.what}>
        <span>
          <strong>{kindWords(step.kind)}</strong> <bdi>{visible(whomWords(step))}</bdi>
        </span>
        {told && <span className="mono ellipsis">{visible(told)}</span>}
        {step.reason && <span className={styles.reason}>{visible(step.reason)}</span>}
      </span>
      <span className={styles.ends}>
        {step.reports.map((id, place) => (
          <PlaceLink key={id} place={{ name: "message", id, tab: null, part: null }}>
            {step.reports.length === 1 ? "Report" : `Report ${place + 1}`}
          </PlaceLink>
        ))}
        {step.state === "pending" && (
          <button type="button" className={styles.link} disabled={busy} onClick={() => void go()}>
            Advance to here
          </button>
        )}
      </span>
    </li>
  );
}
