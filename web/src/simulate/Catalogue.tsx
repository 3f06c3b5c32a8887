import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { usePlace } from "../app/place";
import { counted } from "../ui/format";
import { NARROW, useMedia } from "../ui/media";
import { Trouble } from "../ui/Trouble";
import { useLate } from "../ui/useLate";
import { AddressBox, AddressPanel } from "./AddressBox";
import { catalogueQuery } from "./api";
import styles from "./catalogue.module.css";
import { CellPanel } from "./CellPanel";
import { filterRows, groupsOf, rowsOf } from "./matrix";
import { Matrix } from "./Matrix";
import { ScenarioList } from "./ScenarioList";
import { ViewHead } from "./Simulate";
import type { Cell } from "./types";

/** Every failure that mail meets, scenario by provider, and a box that tells what an address would do. */
export function Catalogue({ cell, address }: { cell: string | null; address: string | null }) {
  const { data, error, isPending } = useQuery(catalogueQuery);
  const { go } = usePlace();
  const narrow = useMedia(NARROW);
  const late = useLate(isPending);
  const [text, setText] = useState("");
  const sought = useDeferredValue(text);
  const all = useMemo(() => rowsOf(data?.items ?? []), [data]);
  const groups = useMemo(() => groupsOf(filterRows(all, sought)), [all, sought]);
  const providers = data?.providers ?? [];
  const selected = useMemo(() => data?.items.find((one) => `${one.scenario}/${one.provider}` === cell) ?? null, [data, cell]);
  const select = (one: Cell | null) => go({ place: { name: "simulate", view: "catalogue", item: one && `${one.scenario}/${one.provider}` }, replace: true });
  if (error) return <Trouble error={error} title="The catalogue cannot be shown" />;
  const count = groups.reduce((sum, group) => sum + group.rows.length, 0);
  return (
    <section className={styles.page} aria-label="Catalogue">
      <ViewHead view="catalogue" lead="Every way mail fails. Send to the address of a cell, and it happens." />
      <div className={styles.bar}>
        <AddressBox address={address} />
        <TextInput
          className={styles.filter ?? ""}
          aria-label="Filter the scenarios"
          placeholder="Filter: full, 5.7, gsmtp…"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <span className={styles.count} aria-live="polite">
          {data && (sought.trim() ? `${count} of ${all.length}` : counted(count, "scenario"))}
        </span>
      </div>
      {late && <p className={styles.hint}>Loading the catalogue…</p>}
      {data && count === 0 && <p className={styles.hint}>Nothing in the catalogue matches “{sought}”.</p>}
      {count > 0 && (narrow ? <ScenarioList groups={groups} selected={selected} onSelect={select} /> : <Matrix groups={groups} providers={providers} selected={selected} onSelect={select} />)}
      {address ? (
        <AddressPanel address={address} onClose={() => select(null)} />
      ) : (
        selected && <CellPanel cell={selected} row={all.find(({ scenario }) => scenario === selected.scenario)} providers={providers} onSelect={select} />
      )}
    </section>
  );
}
