import { IconCheck, IconX } from "@tabler/icons-react";
import type { Cause, Timeline, Try } from "../api/schema";
import type { Place } from "../app/location";
import { PlaceLink } from "../follow/PlaceLink";
import { replyLine } from "../list/words";
import { useSettings } from "../settings/store";
import { visible } from "../ui/bidi";
import { clock, exact } from "../ui/format";
import styles from "./timeline.module.css";
import { accepted, causesOf, causeWords, interval, recipientsWords, story } from "./words";

/** Every try in its order, the sum of it first unless that is `told` already: when, what was said, what decided, and the way to its dialogue. */
export function Tries({ timeline, current, told = false }: { timeline: Timeline; current: string; told?: boolean }) {
  const words = told ? null : story(timeline);
  return (
    <section className={styles.timeline} aria-label="Tries of this mail">
      {words && <p className={styles.story}>{words}.</p>}
      <ol>
        {timeline.tries.map((one) => (
          <Line key={one.id} one={one} current={one.id === current} />
        ))}
      </ol>
      {timeline.joined_by !== "message-id" && timeline.tries.length > 1 && (
        <p className={styles.note}>{timeline.joined_by === "content" ? "Joined by their content: the mail has no Message-ID." : "Joined by their envelope: no try got as far as the content."}</p>
      )}
    </section>
  );
}

function Line({ one, current }: { one: Try; current: boolean }) {
  const { zone } = useSettings();
  const good = accepted(one);
  const place: Place = one.kind === "message" ? { name: "message", id: one.id, tab: "wire", part: null } : { name: "attempt", id: one.id };
  return (
    <li className={styles.try} data-good={good} aria-current={current || undefined}>
      <span className={styles.sign}>{good ? <IconCheck size={14} aria-label="accepted" /> : <IconX size={14} aria-label="refused" />}</span>
      <time dateTime={one.at} title={exact(one.at, zone)}>
        {clock(one.at, zone)}
      </time>
      <span className={styles.interval}>{interval(one)}</span>
      <span className={styles.said}>
        <span className="mono">{replyLine(one.reply)}</span>
        <span className={styles.who}>
          <bdi>{visible(recipientsWords(one))}</bdi>
          {causesOf(one).map((cause) => (
            <Decided key={causeWords(cause)} cause={cause} />
          ))}
        </span>
      </span>
      {current && one.kind === "attempt" ? <span className={styles.here}>this one</span> : <PlaceLink place={place}>Transcript</PlaceLink>}
    </li>
  );
}

function Decided({ cause }: { cause: Cause }) {
  const words = `by ${visible(causeWords(cause))}`;
  if (cause.trigger === "rule") return <PlaceLink place={{ name: "simulate", view: "rules", item: cause.rule }}>{words}</PlaceLink>;
  if (cause.trigger === "address") return <PlaceLink place={{ name: "simulate", view: "address", item: cause.rule }}>{words}</PlaceLink>;
  return <span>{words}</span>;
}
