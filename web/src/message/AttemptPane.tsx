import { useQuery } from "@tanstack/react-query";
import { IconBan, IconX } from "@tabler/icons-react";
import { api } from "../api/client";
import type { AttemptDetail } from "../api/types";
import { replyLine, retryWords, stageWords } from "../list/words";
import { Tries } from "../timeline/Tries";
import { useTimeline } from "../timeline/useTimeline";
import { useSettings } from "../settings/store";
import { visible } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { exact } from "../ui/format";
import { Trouble } from "../ui/Trouble";
import { Back } from "./Back";
import { Dialogue } from "./Dialogue";
import delivery from "./delivery.module.css";
import heading from "./heading.module.css";
import styles from "./message.module.css";

/** A transaction that ended without a message: what was said, what it means, how it went. */
export default function AttemptPane({ id }: { id: string }) {
  const { data, error } = useQuery({ queryKey: ["attempt", id], queryFn: ({ signal }) => api.attempt(id, signal) });
  if (error) return <Trouble error={error} title="This attempt cannot be shown" />;
  if (!data) return <div className={styles.blank} aria-busy="true" />;
  return (
    <article className={styles.pane} aria-labelledby="subject">
      <Head attempt={data} />
      <Tried id={id} />
      <Dialogue session={data.session} lines={data.lines} />
    </article>
  );
}

/** The other tries of the same mail; of a single one there is nothing to tell but what decided. */
function Tried({ id }: { id: string }) {
  const timeline = useTimeline("attempt", id);
  if (!timeline || (timeline.tries.length < 2 && !timeline.tries[0]?.cause)) return null;
  return (
    <div className={styles.tried}>
      <Tries timeline={timeline} current={id} />
    </div>
  );
}

function Head({ attempt }: { attempt: AttemptDetail }) {
  const { zone } = useSettings();
  return (
    <header className={heading.heading}>
      <div className={heading.top}>
        <Back />
        <IconBan size={18} className={heading.bannedSign} aria-hidden />
        <h1 id="subject" className={`${heading.subject} ${heading.refusal}`}>
          {replyLine(attempt.reply)}
        </h1>
      </div>
      <p className={heading.sentence}>
        {capital(stageWords(attempt))}. {retryWords(attempt.reply)}
      </p>
      <div className={heading.who}>
        <span className={heading.party}>
          <span className={styles.label}>From</span>
          <bdi>{visible(attempt.reverse_path) || "<> (null reverse-path)"}</bdi>
          {attempt.reverse_path && <Copy value={attempt.reverse_path} label="Copy the address" size={20} />}
        </span>
        <span className={heading.facts}>{exact(attempt.received_at, zone)}</span>
      </div>
      {attempt.recipients.length > 0 && (
        <ul className={delivery.replies} data-plain>
          {attempt.recipients.map((recipient, index) => (
            <li key={index} className={delivery.outcome} data-good={recipient.reply.code < 400}>
              <IconX size={14} aria-hidden />
              <bdi className={delivery.outcomeAddress}>{visible(recipient.address)}</bdi>
              <Copy value={recipient.address} label="Copy the address" size={20} />
              <span className="mono ellipsis">{replyLine(recipient.reply)}</span>
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
