import { CloseButton, TextInput } from "@mantine/core";
import { IconAt } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { usePlace } from "../app/place";
import { replyLine } from "../list/words";
import { visible } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { explainQuery } from "./api";
import styles from "./catalogue.module.css";
import { suggestionIn } from "../timeline/hint";
import { toneOf } from "./matrix";
import simulate from "./simulate.module.css";
import type { Explanation } from "./types";
import { useSettled } from "./useSettled";

/** A field for any address; what it would do is told while it is written. The address is in the page's own address. */
export function AddressBox({ address }: { address: string | null }) {
  const { go } = usePlace();
  const [text, setText] = useState(address ?? "");
  const field = useRef<HTMLInputElement>(null);
  const shown = useRef(address ?? "");
  useEffect(() => {
    if (address !== null && address !== shown.current) setText(address);
    if (address === null) setText("");
    if (address === "") field.current?.focus();
    shown.current = address ?? "";
  }, [address]);
  const write = (next: string) => {
    setText(next);
    shown.current = next.trim();
    go({ place: { name: "simulate", view: next.trim() ? "address" : "catalogue", item: next.trim() || null }, replace: true });
  };
  return (
    <TextInput
      ref={field}
      className={styles.address ?? ""}
      classNames={{ input: "mono" }}
      aria-label="What would this address do?"
      placeholder="What would this address do?"
      leftSection={<IconAt size={14} aria-hidden />}
      rightSection={text && <CloseButton size="sm" aria-label="Clear the address" onClick={() => write("")} />}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      type="text"
      inputMode="email"
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Escape" && text && (event.stopPropagation(), write(""))}
    />
  );
}

/** What mail to the address would meet, in words. */
export function AddressPanel({ address, onClose }: { address: string; onClose(): void }) {
  const settled = useSettled(address, 120);
  const { data, error } = useQuery({ ...explainQuery(settled), placeholderData: keepPreviousData });
  return (
    <aside className={styles.panel} aria-label="What this address would do" aria-live="polite">
      <div className={styles.panelHead}>
        <h2 className="mono ellipsis">{visible(data?.address ?? address)}</h2>
        <Copy value={data?.address ?? address} label="Copy the address" />
        <span className={simulate.spring} />
        <CloseButton size="sm" aria-label="Close the explanation" onClick={onClose} />
      </div>
      {error && <p className={styles.note}>{error.message}</p>}
      {data && <Told told={data} />}
    </aside>
  );
}

function Told({ told }: { told: Explanation }) {
  const { go } = usePlace();
  const { acts, reply, sentences, hint, scenario, provider, label } = told;
  const suggestion = suggestionIn(hint);
  return (
    <div className={styles.told}>
      <p className={styles.verdict} data-tone={reply ? toneOf(reply.code) : acts ? "warn" : "ok"}>
        {reply ? <span className="mono">{replyLine(reply)}</span> : acts ? "Something happens" : "Ordinary mail: accepted"}
      </p>
      <p>{sentences.join(" ")}</p>
      {hint && (
        <p className={styles.suggestion}>
          {visible(hint)}
          {suggestion && (
            <button type="button" className={styles.link} onClick={() => go({ place: { name: "simulate", view: "address", item: suggestion }, replace: true })}>
              Use it
            </button>
          )}
        </p>
      )}
      {(scenario || label) && (
        <p className="dim">
          {scenario && (
            <button
              type="button"
              className={styles.link}
              onClick={() => go({ place: { name: "simulate", view: "catalogue", item: `${scenario}/${provider || "generic"}` } })}
            >
              {scenario}
            </button>
          )}
          {provider && provider !== "generic" && ` in ${provider}’s words`}
          {label && ` label ${visible(label)}`}
        </p>
      )}
    </div>
  );
}
