import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, type ReactNode } from "react";
import type { Message } from "../api/types";
import type { Tab } from "../app/location";
import { gone, messageQuery, queries } from "../app/state";
import { setMarks } from "../list/actions";
import { neighbour, rowOf } from "../list/cursor";
import { settings } from "../settings/store";
import { Boundary } from "../ui/Boundary";
import { Trouble } from "../ui/Trouble";
import { useStore } from "../ui/store";
import { Attachments } from "./Attachments";
import { Delivery } from "./Delivery";
import { Heading } from "./Heading";
import { Html } from "./Html";
import { MessageCommands } from "./MessageCommands";
import { Notes } from "./Notes";
import { TabBar } from "./TabBar";
import { shownTab } from "./tabs";
import styles from "./message.module.css";

const Text = lazy(() => import("./Text"));
const Parts = lazy(() => import("./Parts"));
const Headers = lazy(() => import("./Headers"));
const Source = lazy(() => import("./Source"));
const Path = lazy(() => import("./Path"));
const Wire = lazy(() => import("./Wire"));
const Report = lazy(() => import("../follow/Report"));
const HtmlCheck = lazy(() => import("../checks/HtmlCheck"));
const LinkCheck = lazy(() => import("../checks/LinkCheck"));
const SpamCheck = lazy(() => import("../checks/SpamCheck"));

interface Props {
  id: string;
  tab: Tab | null;
  part: string | null;
}

const SEEN_AFTER_MS = 250;

export default function MessagePane({ id, tab, part }: Props) {
  const { data: message, error } = useQuery(messageQuery(id));
  const row = rowOf(id);
  const away = useStore(gone, (ids) => ids.has(id));
  useMarkSeen(message);
  usePrefetch(id, message !== undefined);

  if (error) return <Trouble error={error} title="This message cannot be shown" />;
  const known = message ?? (row?.kind === "message" ? row : null);
  if (!known) return <div className={styles.blank} aria-busy="true" />;
  const shown = shownTab(tab, known);
  return (
    <article className={styles.pane} aria-labelledby="subject">
      <MessageCommands message={known} />
      <Heading row={known} message={message ?? null} />
      {away && <div className={styles.away}>This message has been deleted; what you see is what this page still holds.</div>}
      {message && <Notes message={message} />}
      {message && message.attachments.length > 0 && <Attachments message={message} />}
      <TabBar tab={shown} message={message ?? null} row={known} />
      <div className={styles.body} role="tabpanel" id="tab-panel" aria-labelledby={`tab-${shown}`}>
        {message && (
          <Boundary key={shown}>
            <Suspense fallback={null}>{view(shown, message, part)}</Suspense>
          </Boundary>
        )}
      </div>
      {message && <Delivery message={message} />}
    </article>
  );
}

function view(tab: Tab, message: Message, part: string | null): ReactNode {
  const views: Record<Tab, () => ReactNode> = {
    html: () => <Html key={message.id} message={message} />,
    text: () => <Text key={message.id} message={message} />,
    parts: () => <Parts key={message.id} message={message} selected={part} />,
    headers: () => <Headers key={message.id} message={message} />,
    source: () => <Source key={message.id} message={message} html={part === "html"} />,
    path: () => <Path key={message.id} message={message} />,
    wire: () => <Wire key={message.id} message={message} />,
    report: () => <Report key={message.id} id={message.id} />,
    check: () => <HtmlCheck key={message.id} message={message} />,
    links: () => <LinkCheck key={message.id} message={message} />,
    spam: () => <SpamCheck key={message.id} message={message} />,
  };
  return views[tab]();
}

function useMarkSeen(message: Message | undefined): void {
  const id = message?.id;
  useEffect(() => {
    if (id === undefined || !settings.get().markRead) return;
    const timer = setTimeout(() => {
      const now = queries.getQueryData<Message>(["message", id]);
      if (now && !now.seen) void setMarks([id], { seen: true });
    }, SEEN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [id]);
}

/** Have the next and the previous message at hand, so that walking through them never waits. */
function usePrefetch(id: string, ready: boolean): void {
  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(async () => {
      for (const step of [1, -1] as const) {
        const row = await neighbour(id, step);
        if (row?.kind === "message" && row.id !== id) void queries.prefetchQuery(messageQuery(row.id));
      }
    }, 150);
    return () => clearTimeout(timer);
  }, [id, ready]);
}
