import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { HtmlCheck as Checked, UsedFeature } from "../api/schema";
import type { Message } from "../api/types";
import { Bones } from "../message/Bones";
import { counted } from "../ui/format";
import { Trouble } from "../ui/Trouble";
import { useLate } from "../ui/useLate";
import { htmlCheckQuery } from "./api";
import styles from "./checks.module.css";
import { grouped, parted, percent } from "./words";

/** Which mail programs do not show what the HTML of a message uses, the worst first. */
export default function HtmlCheck({ message }: { message: Message }) {
  const [linked, setLinked] = useState(false);
  const { data, error, isPending, isFetching } = useQuery({ ...htmlCheckQuery(message.id, linked), placeholderData: (before) => before });
  const late = useLate(isPending);
  if (error) return <Trouble error={error} title="The HTML cannot be checked" />;
  if (!data) return late ? <Bones /> : <div aria-busy="true" />;
  const { troubled, fine } = parted(data.features);
  return (
    <div className={styles.page} tabIndex={0} role="region" aria-label="What mail programs show" data-arrows>
      <Total checked={data} />
      {data.linked_sheets.length > 0 && !linked && (
        <p className={styles.line}>
          The message links to {counted(data.linked_sheets.length, "style sheet")}, not looked at yet.
          <Button size="compact-xs" variant="default" loading={isFetching} onClick={() => setLinked(true)}>
            Fetch and look
          </Button>
        </p>
      )}
      {data.is_cut && <p className={styles.warn}>Style sheets were too large to be looked at whole.</p>}
      {troubled.length === 0 && <p className={styles.good}>Every mail program that was tried shows what this message uses.</p>}
      {troubled.map((one) => (
        <Feature key={one.slug} feature={one} />
      ))}
      {fine.length > 0 && (
        <p className="dim">
          Shown by all: <span className="mono">{fine.map((one) => one.title).join(", ")}</span>
        </p>
      )}
    </div>
  );
}

function Total({ checked }: { checked: Checked }) {
  return (
    <div className={styles.total}>
      <strong className={styles.number}>{percent(checked.supported)}</strong>
      <div className={styles.bar}>
        <Bar value={checked} />
        <span className="dim">
          shown as it is meant, {percent(checked.partial)} in part, {percent(checked.unsupported)} not; {counted(checked.nodes, "element")}, {checked.tests} tests
        </span>
      </div>
      <span className="dim">
        by{" "}
        <a href="https://www.caniemail.com" target="_blank" rel="noreferrer noopener">
          caniemail.com
        </a>{" "}
        of {checked.updated}
      </span>
    </div>
  );
}

function Bar({ value }: { value: Pick<UsedFeature, "supported" | "partial" | "unsupported"> }) {
  return (
    <svg className={styles.meter} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
      <rect className={styles.ok} width={value.supported} height={6} />
      <rect className={styles.partly} x={value.supported} width={value.partial} height={6} />
      <rect className={styles.bad} x={value.supported + value.partial} width={Math.max(0, 100 - value.supported - value.partial)} height={6} />
    </svg>
  );
}

function Feature({ feature }: { feature: UsedFeature }) {
  const groups = grouped(feature.programs);
  return (
    <details className={styles.feature}>
      <summary>
        <span className={styles.name}>
          <span className="mono">{feature.title}</span>
          <span className="dim"> × {feature.found}</span>
        </span>
        <Bar value={feature} />
        <span className={styles.share} title={`${feature.supported}% show it, ${feature.partial}% in part, ${feature.unsupported}% do not`}>
          {percent(feature.supported)} show it
        </span>
      </summary>
      {feature.description && <p>{feature.description}</p>}
      <table className={styles.table}>
        <tbody>
          {groups.map((one, place) => (
            <tr key={place} data-support={one.support}>
              <th scope="row">{one.family}</th>
              <td>{one.support === "no" ? "no" : "in part"}</td>
              <td>
                <span className="dim">{one.versions}</span>
                {one.note && <span> {one.note}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {feature.url && (
        <p>
          <a href={feature.url} target="_blank" rel="noreferrer noopener">
            More at caniemail.com
          </a>
        </p>
      )}
    </details>
  );
}
