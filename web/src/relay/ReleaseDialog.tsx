import { Button, Modal, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { RelayStatus } from "../api/schema";
import { queries } from "../app/state";
import { visible } from "../ui/bidi";
import { complain } from "../ui/toast";
import { useStore } from "../ui/store";
import { itemsQuery, release, statusQuery } from "./api";
import { releasing } from "./dialog";
import styles from "./relay.module.css";
import { Item } from "./Item";
import { addressesIn } from "./words";

/** Let the open message go on to real people, and see what became of it. */
export function ReleaseDialog() {
  const id = useStore(releasing);
  const close = () => releasing.set(null);
  return (
    <Modal opened={id !== null} onClose={close} title="Release this message" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      {id && <Content key={id} id={id} onDone={close} />}
    </Modal>
  );
}

function Content({ id, onDone }: { id: string; onDone: () => void }) {
  const { data: status, error } = useQuery(statusQuery);
  const { data: items } = useQuery(itemsQuery(id));
  return (
    <div className={styles.dialog}>
      {error && <p className={styles.reason}>{error.message}</p>}
      {status && (status.release ? <Form id={id} status={status} onDone={onDone} /> : <NoServer />)}
      {items && items.length > 0 && (
        <section aria-label="What has gone on" className={styles.items}>
          {items.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </section>
      )}
    </div>
  );
}

function NoServer() {
  return (
    <p>
      Nothing leaves this sandbox: no server is set to which mail may go. Its operator can name one with{" "}
      <code>MP_SMTP_RELAY_HOST</code> or <code>--smtp-relay-config</code>.
    </p>
  );
}

function Form({ id, status, onDone }: { id: string; status: RelayStatus; onDone: () => void }) {
  const [text, setText] = useState("");
  const addresses = addressesIn(text);
  const send = async () => {
    try {
      await release(id, addresses);
      setText("");
    } catch (error) {
      complain(error);
    }
    await queries.invalidateQueries({ queryKey: ["relay-items", id] });
  };
  return (
    <>
      <Textarea
        label="To"
        description={`Real people, through ${status.release?.host}:${status.release?.port}`}
        placeholder="ann@example.com"
        autosize
        minRows={2}
        maxRows={6}
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {status.allowed_recipients && <p className="dim">Only to those that fit <code>{visible(status.allowed_recipients)}</code></p>}
      <div className={styles.answers}>
        <Button onClick={onDone}>Close</Button>
        <Button variant="filled" disabled={addresses.length === 0} onClick={() => void send()}>
          Release
        </Button>
      </div>
    </>
  );
}
