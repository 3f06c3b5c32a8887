import { IconBan, IconCommand, IconInbox, IconKeyboard, IconMailOpened, IconPaperclip, IconPin, IconPlugConnected, IconSettings, type Icon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, type MouseEvent } from "react";
import { api, apiUrl } from "../api/client";
import { hidden as hiddenStore } from "../list/actions";
import type { ViewName } from "../list/scope";
import { lessHidden, loadedRows } from "../list/counts";
import { number } from "../ui/format";
import { useStore } from "../ui/store";
import { ConnectionState } from "./ConnectionState";
import styles from "./frame.module.css";
import { InboxMenu } from "./InboxMenu";
import { ClockMenu } from "../follow/ClockMenu";
import { QueueLink } from "../relay/QueueLink";
import { FolderLinks } from "./FolderLinks";
import { TagLinks } from "./TagLinks";
import { SimulateLinks } from "../simulate/SimulateLinks";
import { open } from "./overlay";
import { usePlace } from "./place";
import { list } from "./state";

const VIEWS: [ViewName, string, Icon][] = [
  ["all", "All", IconInbox],
  ["unread", "Unread", IconMailOpened],
  ["pinned", "Pinned", IconPin],
  ["files", "Files", IconPaperclip],
  ["refused", "Refused", IconBan],
];

const TONES: Partial<Record<ViewName, string>> = { unread: "accent", refused: "bad" };

export const infoQuery = { queryKey: ["info"], queryFn: ({ signal }: { signal: AbortSignal }) => api.info(signal), staleTime: 60_000 };

/** Counters without what waits to be deleted. */
export function useCounts() {
  const counts = useStore(list.counts);
  const hidden = useStore(hiddenStore);
  const window = useStore(list.state, (state) => state.window);
  return useMemo(() => counts && lessHidden(counts, loadedRows(window), hidden), [counts, hidden, window]);
}

export function Sidebar({ onGo }: { onGo?: () => void }) {
  const { data: info } = useQuery(infoQuery);
  const { href, go, place } = usePlace();
  const home = { place: { name: "list" as const }, scope: { view: "all" as const, q: "" } };
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    go(home);
    onGo?.();
  };
  return (
    <nav className={styles.side} aria-label="Views">
      <a className={styles.brand} href={href(home)} onClick={follow}>
        <img src={apiUrl("../../favicon.svg")} alt="" />
        mailpit-py
        {info?.label && <span className={styles.label}>{info.label}</span>}
      </a>
      <InboxMenu />
      <Views {...(onGo ? { onGo } : {})} />
      <FolderLinks {...(onGo ? { onGo } : {})} />
      <TagLinks {...(onGo ? { onGo } : {})} />
      <SimulateLinks {...(onGo ? { onGo } : {})} />
      <ClockMenu />
      <QueueLink {...(onGo ? { onGo } : {})} />
      <div className={styles.spring} />
      <Listening />
      <button type="button" className={styles.view} onClick={() => open("palette")}>
        <IconCommand size={16} aria-hidden /> Commands
      </button>
      <button type="button" className={styles.view} onClick={() => open("help")}>
        <IconKeyboard size={16} aria-hidden /> Keys
      </button>
      <button type="button" className={styles.view} onClick={() => open("settings")}>
        <IconSettings size={16} aria-hidden /> Settings
      </button>
      <a
        className={styles.view}
        href={href({ place: { name: "connect" } })}
        aria-current={place.name === "connect" ? "page" : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          go({ place: { name: "connect" } });
          onGo?.();
        }}
      >
        <IconPlugConnected size={16} aria-hidden /> Connect
      </a>
      <ConnectionState />
    </nav>
  );
}

function Views({ onGo }: { onGo?: () => void }) {
  const { scope, place, go, href } = usePlace();
  const counts = useCounts();
  return (
    <ul className={styles.views}>
      {VIEWS.map(([view, label, Sign]) => {
        const target = { place: { name: "list" as const }, scope: { view, q: "" } };
        const count = counts?.[view === "all" ? "total" : view] ?? 0;
        return (
          <li key={view}>
            <a
              className={styles.view}
              href={href(target)}
              aria-current={scope.view === view && !scope.folder && place.name !== "connect" && place.name !== "simulate" ? "page" : undefined}
              data-tone={count > 0 ? TONES[view] : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey) return;
                event.preventDefault();
                go(target);
                onGo?.();
              }}
            >
              <Sign size={16} aria-hidden /> {label}
              {count > 0 && <span className={styles.number}>{number(count)}</span>}
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function Listening() {
  const { data: info } = useQuery(infoQuery);
  const first = info?.smtp[0];
  if (!first) return null;
  return (
    <div className={styles.listening}>
      SMTP <code>{first.host}:{first.port}</code>
    </div>
  );
}
