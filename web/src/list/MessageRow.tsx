import { Checkbox } from "@mantine/core";
import { IconBan, IconPaperclip, IconPinFilled } from "@tabler/icons-react";
import { memo, useEffect, useRef, type MouseEvent } from "react";
import { usePlace } from "../app/place";
import type { Place } from "../app/location";
import { SEES_ALL } from "../api/inbox";
import type { Attempt, Row, Summary } from "../api/types";
import { sender, subjectOf } from "../ui/address";
import { visible } from "../ui/bidi";
import { counted } from "../ui/format";
import { Moment } from "../ui/Moment";
import styles from "./row.module.css";
import { pick, pickTo } from "./picked";
import { badgeOf, replyLine, stageWords } from "./words";

interface Props {
  row: Row;
  top: number;
  height: number;
  position: number;
  count: number;
  current: boolean;
  open: boolean;
  /** The one row that Tab reaches. */
  reachable: boolean;
  selected: boolean;
}

export const placeOfRow = (row: Row): Place =>
  row.kind === "attempt" ? { name: "attempt", id: row.id } : { name: "message", id: row.id, tab: null, part: null };

function Drawn({ row, top, height, position, count, current, open, reachable, selected }: Props) {
  const { go, href, place } = usePlace();
  const link = useRef<HTMLAnchorElement>(null);
  const target = placeOfRow(row);
  // The tab that is open stays open from one message to the next.
  if (target.name === "message" && place.name === "message") target.tab = place.tab === "parts" ? "parts" : place.tab;

  useEffect(() => {
    const active = document.activeElement;
    if (current && active instanceof HTMLElement && active.dataset.row) link.current?.focus({ preventScroll: true });
  }, [current]);

  const click = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    if (event.shiftKey) return void pickTo(row.id);
    go({ place: target });
  };
  const unread = row.kind === "message" && !row.seen;
  return (
    <div
      role="listitem"
      aria-posinset={position}
      aria-setsize={count}
      className={styles.row}
      data-current={current || undefined}
      data-unread={unread || undefined}
      data-selected={selected || undefined}
      data-id={row.id}
      style={{ transform: `translateY(${top}px)`, height }}
    >
      <span className={styles.gutter}>
        <Checkbox
          size="xs"
          radius="sm"
          tabIndex={-1}
          className={styles.check}
          checked={selected}
          aria-label={`Select ${row.kind === "message" ? subjectOf(row.subject).slice(0, 80) : sender(row)}`}
          onChange={() => undefined}
          onClick={(event) => (event.shiftKey ? void pickTo(row.id) : pick(row.id))}
        />
        {unread && <span className={styles.dot} aria-hidden />}
        {row.kind === "attempt" && <IconBan size={15} className={styles.ban} aria-hidden />}
      </span>
      <a ref={link} href={href({ place: target })} onClick={click} className={styles.link} tabIndex={reachable ? 0 : -1} data-row={row.id} aria-current={open ? "page" : undefined}>
        {unread && <span className="unseen">Unread. </span>}
        {row.kind === "message" ? <MessageLines row={row} /> : <AttemptLines row={row} />}
      </a>
    </div>
  );
}

function From({ row }: { row: Row }) {
  return (
    <span className={styles.first}>
      <bdi className={styles.sender}>{sender(row)}</bdi>
      <Moment at={row.received_at} className={styles.time ?? ""} />
    </span>
  );
}

function MessageLines({ row }: { row: Summary }) {
  return (
    <>
      <From row={row} />
      <span className={styles.second}>
        <bdi className={styles.subject}>{subjectOf(row.subject).slice(0, 300)}</bdi>
        <Badges row={row} />
      </span>
      <span className={styles.snippet}>
        <bdi>{visible(row.snippet)}</bdi>
      </span>
    </>
  );
}

function Badges({ row }: { row: Summary }) {
  return (
    <span className={styles.badges}>
      {SEES_ALL && <span className={styles.tag}>{row.inbox}</span>}
      {row.report && (
        <span className={styles.report} data-kind={row.report}>
          {badgeOf(row.report)}
        </span>
      )}
      {row.tags.slice(0, 3).map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
        </span>
      ))}
      {row.tags.length > 3 && <span>+{row.tags.length - 3}</span>}
      {row.refused_count > 0 && <span className={styles.refused}>{counted(row.refused_count, "refused", "refused")}</span>}
      {row.attachment_count > 0 && (
        <span className={styles.badge} title={counted(row.attachment_count, "attachment")}>
          <IconPaperclip size={14} aria-hidden />
          {row.attachment_count}
          <span className="unseen"> attachments</span>
        </span>
      )}
      {row.pinned && (
        <span className={styles.pin} title="Pinned: stays when old mail is removed">
          <IconPinFilled size={14} aria-hidden />
          <span className="unseen">pinned</span>
        </span>
      )}
    </span>
  );
}

function AttemptLines({ row }: { row: Attempt }) {
  return (
    <>
      <From row={row} />
      <span className={styles.second}>
        <bdi className={`${styles.subject} ${styles.reply}`}>{replyLine(row.reply)}</bdi>
        {SEES_ALL && (
          <span className={styles.badges}>
            <span className={styles.tag}>{row.inbox}</span>
          </span>
        )}
      </span>
      <span className={styles.snippet}>
        <bdi>{stageWords(row)}</bdi>
      </span>
    </>
  );
}

function Waiting({ top, height }: { top: number; height: number }) {
  return (
    <div className={styles.row} style={{ transform: `translateY(${top}px)`, height }} aria-hidden>
      <span className={styles.gutter} />
      <span className={styles.link}>
        <span className={styles.bone} data-line="1" />
        <span className={styles.bone} data-line="2" />
        <span className={styles.bone} data-line="3" />
      </span>
    </div>
  );
}

export const MessageRow = Object.assign(memo(Drawn), { Waiting });
