import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { RelayItem } from "../api/schema";
import { usePlace } from "../app/place";
import { visible } from "../ui/bidi";
import { queueQuery } from "./api";
import { queueing } from "./dialog";
import { Item } from "./Item";
import styles from "./relay.module.css";

const close = () => queueing.set(false);

/** All that goes on to real servers or has gone, the newest first. */
export function QueueDialog() {
  const { data: items, error } = useQuery(queueQuery);
  return (
    <Modal opened onClose={close} title="Relay queue" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      {error && <p className={styles.reason}>{error.message}</p>}
      {items?.length === 0 && <p className="dim">Nothing has gone on to real servers.</p>}
      <section aria-label="The queue" className={styles.items}>
        {items?.map((item) => (
          <Item key={item.id} item={item}>
            <Subject item={item} />
          </Item>
        ))}
      </section>
    </Modal>
  );
}

function Subject({ item }: { item: RelayItem }) {
  const { go } = usePlace();
  const subject = visible(item.subject) || "No subject";
  if (!item.message) return <p className={styles.subject}>{subject}</p>;
  const show = () => {
    close();
    go({ place: { name: "message", id: item.message, tab: null, part: null } });
  };
  return (
    <button type="button" className={styles.subject} onClick={show}>
      {subject}
    </button>
  );
}
