import { useQuery } from "@tanstack/react-query";
import { IconAlertTriangle, IconLock } from "@tabler/icons-react";
import { api } from "../api/client";
import type { Hop, Message } from "../api/types";
import { useSettings } from "../settings/store";
import { full } from "../ui/address";
import { visible } from "../ui/bidi";
import { exact } from "../ui/format";
import { useLate } from "../ui/useLate";
import { Bones } from "./Bones";
import { compareRecipients, senderNotes, type Compared } from "./differences";
import { stops, stopTime, summary, type Stop } from "./hops";
import styles from "./path.module.css";

/** How the mail came: hops with their delays, then the envelope beside what the header section says. */
export default function Path({ message }: { message: Message }) {
  const { data, error, isPending } = useQuery({ queryKey: ["path", message.id], queryFn: ({ signal }) => api.path(message.id, signal) });
  const late = useLate(isPending);
  return (
    <div className={styles.page} tabIndex={0} role="region" aria-label="Delivery path" data-arrows>
      <h2 className={styles.title}>Hops</h2>
      {error && <p className="dim">{error.message}</p>}
      {!data && late && <Bones />}
      {data && (data.hops.length === 0 ? <p className="dim">No Received fields: the mail came here straight from its author’s program.</p> : <Hops message={message} hops={data.hops} />)}
      <h2 className={styles.title}>Envelope and header section</h2>
      <Compare message={message} />
    </div>
  );
}

function Hops({ message, hops }: { message: Message; hops: readonly Hop[] }) {
  return (
    <>
      <p className={styles.sum}>{summary(hops, message.received_at)}</p>
      <ol className={styles.hops}>
        {stops(hops, message.received_at).map((stop, index) => (
          <StopView key={index} stop={stop} message={message} />
        ))}
      </ol>
    </>
  );
}

function StopView({ stop: { hop, name, at, delay, tone }, message }: { stop: Stop; message: Message }) {
  const { zone } = useSettings();
  return (
    <li className={styles.hop} data-tone={tone} data-last={hop === null || undefined}>
      <span className={styles.delay}>
        {tone === "skew" && <IconAlertTriangle size={13} aria-hidden />}
        {delay}
      </span>
      <span className={styles.knot} aria-hidden />
      <strong className="ellipsis" title={visible(name)}>
        <bdi>{visible(name)}</bdi>
      </strong>
      {hop ? <Origin hop={hop} /> : <span className="dim ellipsis">{message.session?.peer ? `from ${message.session.peer}` : "received here"}</span>}
      <span className="dim" title={at ? exact(at, zone) : undefined}>
        {at ? stopTime(at, message.received_at, zone) : "no time"}
      </span>
      {hop && (
        <span className={styles.with}>
          {hop.tls && <IconLock size={12} aria-label={`TLS: ${visible(hop.tls)}`} />}
          {visible(hop.with)}
        </span>
      )}
    </li>
  );
}

function Origin({ hop }: { hop: Hop }) {
  return (
    <>
      {hop.from && <span className="dim ellipsis" title={visible(`${hop.from} ${hop.from_address}`)}>from {visible(hop.from)}</span>}
      {hop.from_address && <span className="dim mono ellipsis">{visible(hop.from_address)}</span>}
    </>
  );
}

function Compare({ message }: { message: Message }) {
  const rows = compareRecipients(message);
  const notes = senderNotes(message);
  const { envelope } = message;
  const wishes = [
    envelope.ret && `RET=${envelope.ret}`, envelope.envid && `ENVID=${envelope.envid}`, envelope.body && `BODY=${envelope.body}`,
    envelope.smtputf8 && "SMTPUTF8", envelope.size !== null && `SIZE=${envelope.size}`, envelope.auth && `AUTH=${envelope.auth}`,
  ].filter(Boolean);
  return (
    <>
      <div className={styles.tableWrap}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Envelope</th>
              <th scope="col">Header section</th>
              <th scope="col">What it means</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>
                <span className={styles.label}>MAIL FROM</span>
                <bdi>{visible(envelope.reverse_path) || "<> (null)"}</bdi>
              </td>
              <td>
                <span className={styles.label}>From</span>
                <bdi>{message.from ? visible(full(message.from)) : "none"}</bdi>
              </td>
              <td>{notes.length === 0 ? <span className="dim">They agree.</span> : notes.map((note) => <div key={note}>{visible(note)}</div>)}</td>
            </tr>
            {rows.map((row, index) => (
              <Recipient key={index} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {wishes.length > 0 && <p className={`mono dim`}>{visible(wishes.join("  "))}</p>}
    </>
  );
}

const MEANINGS: Record<Compared["mark"], string> = {
  both: "",
  "envelope-only": "Only on the envelope: a blind copy (Bcc), a list or a forward.",
  "header-only": "Only in the header section: this transaction did not bring it there.",
};

function Recipient({ row }: { row: Compared }) {
  const onEnvelope = row.mark !== "header-only";
  const refused = onEnvelope && !row.accepted;
  return (
    <tr data-mark={refused ? "refused" : row.mark}>
      <td>
        {onEnvelope ? (
          <>
            <span className={styles.label}>RCPT TO</span>
            <bdi>{visible(row.address)}</bdi>
          </>
        ) : (
          <span className="dim">not on it</span>
        )}
      </td>
      <td>
        {row.fields.length > 0 ? (
          <>
            <span className={styles.label}>{row.fields.join(", ")}</span>
            <bdi>{visible(row.address)}</bdi>
          </>
        ) : (
          <span className="dim">not named</span>
        )}
      </td>
      <td>
        {refused ? "Refused: see Delivery below." : MEANINGS[row.mark] || <span className="dim">The same on both.</span>}
      </td>
    </tr>
  );
}

