import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { RelayItem, RelayRecipient } from "../api/schema";
import { queries } from "../app/state";
import { visible } from "../ui/bidi";
import { complain } from "../ui/toast";
import { cancel, retry } from "./api";
import styles from "./relay.module.css";
import { isWaiting, sumOf } from "./words";

/** One thing that goes on, and what can be done about it; `children` say what it is. */
export function Item({ item, children }: { item: RelayItem; children?: ReactNode }) {
  const change = async (wish: Promise<RelayItem>) => {
    try {
      await wish;
    } catch (error) {
      complain(error);
    }
    await queries.invalidateQueries({ queryKey: ["relay-items"] });
  };
  return (
    <article className={styles.item} data-state={item.state}>
      {children}
      <p className={styles.sum}>{sumOf(item)}</p>
      <ul>
        {item.recipients.map((one) => (
          <Recipient key={one.address} one={one} />
        ))}
      </ul>
      {isWaiting(item) && (
        <div className={styles.answers}>
          <Button size="compact-sm" onClick={() => void change(cancel(item.id))}>
            Cancel
          </Button>
          <Button size="compact-sm" onClick={() => void change(retry(item.id))}>
            Try now
          </Button>
        </div>
      )}
    </article>
  );
}

function Recipient({ one }: { one: RelayRecipient }) {
  const said = [one.code > 0 ? String(one.code) : "", one.text].filter(Boolean).join(" ");
  return (
    <li data-state={one.state}>
      <bdi>{visible(one.address)}</bdi>
      {said && <span className="dim"> {visible(said)}</span>}
    </li>
  );
}
