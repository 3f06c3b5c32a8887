import { Menu } from "@mantine/core";
import { IconChevronDown, IconInbox, IconMailboxOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { apiUrl, json, withSignal } from "../api/client";
import { EVERY, INBOX, SEES_ALL, within } from "../api/inbox";
import type { Inboxes } from "../api/schema";
import { number } from "../ui/format";
import { BASE } from "./place";
import styles from "./frame.module.css";

const FIRST = "default";
const ALL = "All inboxes";
const LOOK_AGAIN_MS = 10_000;

export const inboxesQuery = {
  queryKey: ["inboxes"],
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await json<Inboxes>(apiUrl("inboxes"), withSignal(signal))).items,
  staleTime: 0,
  refetchInterval: LOOK_AGAIN_MS,
};

const addressOf = (name: string): string => BASE + within("/", name === FIRST ? "" : name);

/** The inbox that is shown, and the others; nothing while there is only one. */
export function InboxMenu() {
  const { data: inboxes } = useQuery(inboxesQuery);
  const shown = INBOX || FIRST;
  if (!inboxes || (inboxes.length < 2 && (inboxes[0]?.name ?? FIRST) === FIRST && !INBOX)) return null;
  const isThere = SEES_ALL || inboxes.some((one) => one.name === shown) || (!INBOX && inboxes.length === 1);
  const label = SEES_ALL ? ALL : !INBOX && inboxes.length === 1 ? inboxes[0]?.name : shown;
  const all = { name: EVERY, counts: { unread: inboxes.reduce((sum, one) => sum + one.counts.unread, 0) } };
  return (
    <Menu width={260} position="bottom-start">
      <Menu.Target>
        <button type="button" className={styles.inbox} aria-label={`Inbox ${label}`}>
          {isThere ? <IconInbox size={16} aria-hidden /> : <IconMailboxOff size={16} aria-hidden />}
          <span className="ellipsis">{label}</span>
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={styles.inboxes}>
        {!isThere && <Menu.Label>The inbox {shown} is gone</Menu.Label>}
        {(inboxes.length > 1 ? [all, ...inboxes] : inboxes).map(({ name, counts }) => (
          // a page of its own: nothing of one inbox stays on screen in another
          <Menu.Item
            key={name}
            component="a"
            href={addressOf(name)}
            aria-current={name === shown ? "page" : undefined}
            rightSection={counts.unread > 0 ? <span className={styles.number}>{number(counts.unread)}</span> : null}
          >
            <span className="ellipsis">{name === EVERY ? ALL : name}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
