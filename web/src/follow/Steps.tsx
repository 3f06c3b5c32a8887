import { IconAlertTriangle, IconCheck, IconClock, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { ForeignReport, Step } from "../api/schema";
import { PlaceLink } from "./PlaceLink";
import { useSettings } from "../settings/store";
import { visible } from "../ui/bidi";
import { clock, exact } from "../ui/format";
import { advanced } from "./actions";
import { turn } from "./api";
import styles from "./follow.module.css";
import { dueWords, kindWords, toldWords, whomWords } from "./words";

const SIGNS = { done: IconCheck, pending: IconClock, skipped: IconX, failed: IconAlertTriangle };

/** The plan of a message: each step with its time, what it tells, and what became of it; then what others reported. */
export function Steps({ steps, reports }: { steps: readonly Step[]; reports: readonly ForeignReport[] }) {
  return (
    <section className={styles.steps} aria-label="What follows">
      <ol>
        {steps.map((one) => (
          <Line key={one.id} step={one} />
        ))}
        {reports.map((one) => (
          <Foreign key={one.message} report={one} />
        ))}
      </ol>
    </section>
  );
}

function Foreign({ report }: { report: ForeignReport }) {
  const { zone } = useSettings();
  return (
    <li className={styles.step} data-state="done">
      <IconCheck size={14} aria-label="came" className={styles.sign} />
      <time dateTime={report.received_at} title={exact(report.received_at, zone)}>
        {clock(report.received_at, zone)}
      </time>
      <span className={styles.due} />
      <span className={styles.what}>
        <span>
          <strong>{kindWords(report.kind)}</strong> of another system
        </span>
      </span>
      <span className={styles.ends}>
        <PlaceLink place={{ name: "message", id: report.message, tab: null, part: null }}>Report</PlaceLink>
      </span>
    </li>
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
