import { IconCheck, IconChevronDown, IconChevronUp, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Message, Recipient } from "../api/types";
import { Departures } from "../follow/Departures";
import { Steps } from "../follow/Steps";
import { planStory } from "../follow/words";
import { replyLine } from "../list/words";
import { Tries } from "../timeline/Tries";
import { useTimeline } from "../timeline/useTimeline";
import { story } from "../timeline/words";
import { useSettings } from "../settings/store";
import { visible } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { clock, counted } from "../ui/format";
import delivery from "./delivery.module.css";
import styles from "./message.module.css";

/** What happened to each recipient, in one line that opens. */
export function Delivery({ message }: { message: Message }) {
  const [open, setOpen] = useState(false);
  const { zone } = useSettings();
  const timeline = useTimeline("message", message.id);
  const words = timeline && story(timeline);
  const followed = timeline && planStory(timeline.steps, timeline.reports.length);
  const { recipients, refused } = message.envelope;
  const accepted = recipients.length === 1 ? visible(recipients[0]?.address ?? "") : counted(recipients.length, "recipient");
  return (
    <section className={delivery.delivery} aria-label="Delivery">
      <button type="button" className={delivery.deliveryLine} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={delivery.accepted}>
          <IconCheck size={14} aria-hidden /> Accepted {clock(message.received_at, zone)}
        </span>
        <span className="ellipsis">for {accepted}</span>
        {words && <span className={delivery.story}>{words}</span>}
        {followed && <span className={delivery.story}>{followed}</span>}
        {refused.length > 0 && (
          <span className={delivery.refusedNote}>
            <IconX size={14} aria-hidden /> {counted(refused.length, "recipient")} refused
          </span>
        )}
        <span className={styles.spring} />
        {open ? <IconChevronDown size={15} aria-hidden /> : <IconChevronUp size={15} aria-hidden />}
      </button>
      {open && timeline && words && <Tries timeline={timeline} current={message.id} told />}
      {open && timeline && followed && <Steps steps={timeline.steps} reports={timeline.reports} />}
      {open && <Departures message={message.id} />}
      {open && (
        <ul className={delivery.replies}>
          {recipients.map((one, index) => (
            <Outcome key={`a${index}`} recipient={one} good />
          ))}
          {refused.map((one, index) => (
            <Outcome key={`r${index}`} recipient={one} good={false} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Outcome({ recipient, good }: { recipient: Recipient; good: boolean }) {
  const wishes = [recipient.notify && `NOTIFY=${recipient.notify}`, recipient.orcpt && `ORCPT=${recipient.orcpt}`].filter(Boolean).join(" ");
  return (
    <li className={delivery.outcome} data-good={good}>
      {good ? <IconCheck size={14} aria-label="accepted" /> : <IconX size={14} aria-label="refused" />}
      <bdi className={delivery.outcomeAddress}>{visible(recipient.address)}</bdi>
      <Copy value={recipient.address} label="Copy the address" size={20} />
      <span className="mono ellipsis">{replyLine(recipient.reply)}</span>
      {wishes && <span className={`mono dim ellipsis`}>{visible(wishes)}</span>}
    </li>
  );
}
