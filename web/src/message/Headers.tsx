import { SegmentedControl, TextInput } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "../api/client";
import type { Field, Message } from "../api/types";
import { visible, visibleLines } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { useLate } from "../ui/useLate";
import { Bones } from "./Bones";
import { Marked } from "./Marked";
import headers from "./headers.module.css";
import styles from "./message.module.css";

const matches = (field: Field, text: string): boolean => `${field.name}: ${field.value}`.toLowerCase().includes(text.toLowerCase());

/** The header section from the top, decoded or as received. */
export default function Headers({ message }: { message: Message }) {
  const { data, error, isPending } = useQuery({ queryKey: ["headers", message.id], queryFn: ({ signal }) => api.headers(message.id, signal) });
  const [filter, setFilter] = useState("");
  const [raw, setRaw] = useState(false);
  const late = useLate(isPending);
  const shown = useMemo(() => (data?.fields ?? []).filter((field) => matches(field, filter.trim())), [data, filter]);
  if (error) return <p className={styles.problem}>{error.message}</p>;
  if (!data) return late ? <Bones /> : null;
  const all = data.fields.map((field) => `${field.name}:${field.raw}`).join("\r\n");
  return (
    <div className={styles.fill}>
      <div className={styles.looks}>
        <TextInput
          className={styles.filter ?? ""}
          size="xs"
          placeholder="Filter"
          aria-label="Filter the fields"
          leftSection={<IconFilter size={14} aria-hidden />}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label="How fields are shown"
          value={raw ? "raw" : "decoded"}
          onChange={(value) => setRaw(value === "raw")}
          data={[{ value: "decoded", label: "Decoded" }, { value: "raw", label: "As received" }]}
        />
        <span className={styles.spring} />
        <span className="dim">{shown.length === data.fields.length ? `${shown.length} fields` : `${shown.length} of ${data.fields.length}`}</span>
        <Copy value={all} label="Copy all fields" size={26} />
      </div>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Header fields" data-arrows>
        {shown.length === 0 && <p className={styles.problem}>{data.fields.length === 0 ? "There is no header section." : "No field matches."}</p>}
        <dl className={headers.fields}>
          {shown.map((field, index) => (
            <div key={index} className={headers.fieldLine}>
              <dt>
                <Marked text={visible(field.name)} needle={filter} />
              </dt>
              <dd className={raw ? "mono" : undefined} data-raw={raw || undefined}>
                <Value field={field} raw={raw} needle={filter} />
              </dd>
              <dd className={headers.copy}>
                <Copy value={raw ? field.raw.trim() : field.value} label={`Copy ${visible(field.name).slice(0, 60)}`} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}

const LONG = 2_000;

function Value({ field, raw, needle }: { field: Field; raw: boolean; needle: string }) {
  const [whole, setWhole] = useState(false);
  const text = raw ? visibleLines(field.raw.replace(/^ /u, "")) : visible(field.value);
  const cut = !whole && text.length > LONG;
  return (
    <>
      <bdi>
        <Marked text={cut ? text.slice(0, LONG) : text} needle={needle} />
      </bdi>
      {cut && (
        <button type="button" className={styles.more} onClick={() => setWhole(true)}>
          {(text.length - LONG).toLocaleString("en")} more characters
        </button>
      )}
    </>
  );
}
