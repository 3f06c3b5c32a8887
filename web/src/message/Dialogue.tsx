import { Switch } from "@mantine/core";
import { IconLock, IconLockOpen, IconUserCheck, IconUserOff } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { Line, Session } from "../api/types";
import { useSettings } from "../settings/store";
import { visible, visibleLines } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { clockMs, duration } from "../ui/format";
import { asText, turns, type Turn } from "./transcript";
import styles from "./wire.module.css";

/** Both sides of a dialogue with the times between, facts on top. Secrets are masked before they are stored. */
export function Dialogue({ session, lines }: { session: Session | null; lines: readonly Line[] }) {
  const [plain, setPlain] = useState(false);
  const list = useMemo(() => turns(lines), [lines]);
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        {session && <Facts session={session} />}
        <span className={styles.spring} />
        <Switch size="xs" label="As text" checked={plain} onChange={(event) => setPlain(event.currentTarget.checked)} />
        <Copy value={asText(lines)} label="Copy the dialogue" size={26} />
      </div>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="SMTP dialogue" data-arrows>
        {lines.length === 0 && <p className={styles.hint}>No dialogue: this message did not come over SMTP.</p>}
        {plain ? <pre className={styles.plain}>{visibleLines(asText(lines))}</pre> : <Turns list={list} />}
      </div>
    </div>
  );
}

function Facts({ session }: { session: Session }) {
  const { tls_version: tls, auth_mechanism: auth } = session;
  return (
    <div className={styles.facts}>
      <span>
        {visible(session.protocol)} on {visible(session.listener)}
      </span>
      <span>
        from <bdi className="mono">{visible(session.peer)}</bdi>
        {session.helo && (
          <>
            {" "}
            as <bdi className="mono">{visible(session.helo)}</bdi>
          </>
        )}
      </span>
      <span className={styles.fact}>
        {tls ? <IconLock size={14} aria-hidden /> : <IconLockOpen size={14} aria-hidden />}
        {tls ? `${visible(tls)}, ${visible(session.tls_cipher)}` : "not encrypted"}
      </span>
      <span className={styles.fact}>
        {auth ? <IconUserCheck size={14} aria-hidden /> : <IconUserOff size={14} aria-hidden />}
        {auth ? `AUTH ${visible(auth)} as ${visible(session.auth_identity)}` : "no authentication"}
      </span>
    </div>
  );
}

const SIDES = { C: "Client", S: "Server", "*": "Note" } as const;

function Turns({ list }: { list: readonly Turn[] }) {
  const { zone } = useSettings();
  return (
    <ol className={styles.turns}>
      {list.map((turn, index) => (
        <li key={index} className={styles.turn} data-side={turn.side} data-tone={turn.tone}>
          <span className={styles.time} title={clockMs(turn.at, zone)}>
            {turn.pause_ms === null ? clockMs(turn.at, zone) : turn.pause_ms < 0.05 ? "" : `+${duration(turn.pause_ms)}`}
          </span>
          <span className="unseen">{SIDES[turn.side]}: </span>
          <code className={styles.said}>{visibleLines(turn.text)}</code>
        </li>
      ))}
    </ol>
  );
}
