import { Button, CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { usePlace } from "../app/place";
import { replyLine } from "../list/words";
import { visibleLines } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { simulationQuery } from "./api";
import styles from "./catalogue.module.css";
import { addressesOf, GENERIC, isEarly, ruleItem, toneOf, type MatrixRow } from "./matrix";
import simulate from "./simulate.module.css";
import type { Cell, ProviderName } from "./types";
import { stageWords } from "./words";

interface Props {
  cell: Cell;
  row: MatrixRow | undefined;
  providers: readonly ProviderName[];
  onSelect(cell: Cell | null): void;
}

/** One cell: what is said, when, what a sender would do, and the address that makes it happen. */
export function CellPanel({ cell, row, providers, onSelect }: Props) {
  const { go } = usePlace();
  const { data } = useQuery(simulationQuery);
  const domains = data?.domains ?? [];
  const others = providers.filter(({ name }) => row?.cells.has(name));
  return (
    <aside className={styles.panel} aria-label={`${cell.scenario}, ${cell.provider}`}>
      <div className={styles.panelHead}>
        <h2>{cell.scenario}</h2>
        {others.length > 1 && (
          <div className={styles.chips} role="group" aria-label="In whose words">
            {others.map(({ name, title }) => (
              <button key={name} type="button" aria-pressed={name === cell.provider} title={title} onClick={() => onSelect(row?.cells.get(name) ?? null)}>
                {name}
              </button>
            ))}
          </div>
        )}
        <span className={simulate.spring} />
        <Button variant="subtle" onClick={() => go({ place: { name: "simulate", view: "rules", item: ruleItem(cell) } })}>
          New rule with this
        </Button>
        <CloseButton size="sm" aria-label="Close the details" onClick={() => onSelect(null)} />
      </div>
      <div className={styles.columns}>
        <div>
          <h3>Send to</h3>
          <ul className={styles.addresses}>
            {addressesOf(cell, domains).map((address) => (
              <li key={address}>
                <button type="button" className="mono" title="What would this address do?" onClick={() => go({ place: { name: "simulate", view: "address", item: address } })}>
                  {address}
                </button>
                <Copy value={address} label={`Copy ${address}`} />
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h3>
            The reply{" "}
            <span className="dim">
              {stageWords(cell.stage)}
              {isEarly(cell) && "; the address says it at RCPT, a rule in its place"}
            </span>
          </h3>
          <Said cell={cell} />
        </div>
        <div>
          <h3>What it means</h3>
          <p>{cell.explanation}</p>
          <p>
            <strong data-tone={toneOf(cell.reply.code)} className={simulate.code}>
              {cell.reply.code >= 500 ? "Permanent" : "Temporary"}
            </strong>{" "}
            {cell.advice}
          </p>
        </div>
      </div>
      {cell.provider === GENERIC && row && row.cells.size === 1 && <p className={styles.note}>No provider has words of its own for this; with a provider’s name the address gives these.</p>}
    </aside>
  );
}

function Said({ cell: { reply } }: { cell: Cell }) {
  return (
    <div className={styles.said}>
      <pre tabIndex={0} aria-label="The reply">
        {reply.text.split("\n").map((line, index, lines) => (
          <span key={index}>
            <span className={simulate.code} data-tone={toneOf(reply.code)}>
              {reply.code}
              {index < lines.length - 1 ? "-" : " "}
              {reply.status}
            </span>{" "}
            {visibleLines(line)}
            {"\n"}
          </span>
        ))}
      </pre>
      <Copy value={replyLine(reply)} label="Copy the reply" />
    </div>
  );
}
