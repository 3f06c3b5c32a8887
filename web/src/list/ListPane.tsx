import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowBackUp, IconDots, IconMail, IconMailOpened, IconMenu2, IconPin, IconRefresh, IconTrash, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { searchTrouble } from "../api/client";
import { ConnectionBanner } from "../app/ConnectionState";
import { open } from "../app/overlay";
import { usePlace } from "../app/place";
import { list } from "../app/state";
import { SearchField } from "../search/SearchField";
import { number } from "../ui/format";
import { MEDIUM, useMedia } from "../ui/media";
import { useStore } from "../ui/store";
import { Tip } from "../ui/Tip";
import { hidden as hiddenStore } from "./actions";
import styles from "./list.module.css";
import { MessageList } from "./MessageList";
import { askDeleteAll, deletePicked, markAllRead, markPicked, picked, pickNone, restorePicked } from "./picked";
import { titleOf } from "./scope";
import { isEmpty } from "./selection";
import { size } from "./window";

export function ListPane({ width, children }: { width: number | null; children: ReactNode }) {
  const selected = useStore(picked);
  const medium = useMedia(MEDIUM);
  return (
    <section className={styles.pane} aria-label="Message list" style={width === null ? { flex: 1 } : { width, flex: "none" }}>
      <div className={styles.searchBar}>
        {medium && (
          <Tip label="Views" onClick={() => open("views")} size={30}>
            <IconMenu2 size={18} />
          </Tip>
        )}
        <SearchField />
      </div>
      <ConnectionBanner />
      {isEmpty(selected) ? <Bar /> : <SelectionBar />}
      <MessageList />
      {children}
    </section>
  );
}

function Bar() {
  const { scope } = usePlace();
  const total = useStore(list.state, ({ window }) => size(window)) - useStore(hiddenStore).size;
  // Under a search that cannot be read stand the rows of the one before.
  const unknown = useStore(list.state, ({ status, error }) => status === "loading" || searchTrouble(error) !== null);
  return (
    <div className={styles.bar}>
      <h2 className={styles.title}>{titleOf(scope)}</h2>
      <span className={styles.count} aria-live="polite">
        {unknown ? "" : number(Math.max(0, total))}
      </span>
      <span className={styles.spring} />
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label="More for this list" title="More for this list">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconMailOpened size={15} />} onClick={() => void markAllRead()}>
            Mark all as read
          </Menu.Item>
          <Menu.Item leftSection={<IconRefresh size={15} />} onClick={() => void list.reload()}>
            Load again
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} disabled={total <= 0} onClick={askDeleteAll}>
            {scope.folder && !scope.q.trim() ? `Empty ${scope.folder}…` : "Delete all…"}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function SelectionBar() {
  const { scope } = usePlace();
  const selected = useStore(picked);
  const total = useStore(list.state, ({ window }) => size(window));
  return (
    <div className={styles.bar} role="toolbar" aria-label="Selected messages">
      <Tip label="Clear the selection" keys="Esc" onClick={pickNone}>
        <IconX size={16} />
      </Tip>
      <span className={styles.title} aria-live="polite">
        {number(selected.all ? total : selected.ids.size)} selected
      </span>
      <span className={styles.spring} />
      <Tip label="Mark as read" onClick={() => void markPicked({ seen: true }, null)}>
        <IconMailOpened size={16} />
      </Tip>
      <Tip label="Mark as unread" onClick={() => void markPicked({ seen: false }, null)}>
        <IconMail size={16} />
      </Tip>
      <Tip label="Pin" onClick={() => void markPicked({ pinned: true }, null)}>
        <IconPin size={16} />
      </Tip>
      {scope.folder && (
        <Tip label="Move to the inbox" onClick={() => void restorePicked(null)}>
          <IconArrowBackUp size={16} />
        </Tip>
      )}
      <Tip label="Delete" keys="#" onClick={() => deletePicked(null)}>
        <IconTrash size={16} />
      </Tip>
    </div>
  );
}
