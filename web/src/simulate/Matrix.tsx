import { memo, useEffect, useRef, type KeyboardEvent } from "react";
import styles from "./catalogue.module.css";
import { cellKey, GENERIC, nextCell, toneOf, type Group, type MatrixRow } from "./matrix";
import type { Cell, ProviderName } from "./types";

interface Props {
  groups: readonly Group[];
  providers: readonly ProviderName[];
  selected: Cell | null;
  onSelect(cell: Cell): void;
}

/** Scenarios down, providers across; arrow keys walk from cell to cell. */
export function Matrix({ groups, providers, selected, onSelect }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const rows = groups.flatMap((group) => group.rows);
  const entry = selected && rows.some(({ scenario }) => scenario === selected.scenario) ? cellKey(selected.scenario, selected.provider) : cellKey(rows[0]?.scenario ?? "", GENERIC);
  useEffect(() => {
    if (selected) frame.current?.querySelector(`[data-cell="${CSS.escape(cellKey(selected.scenario, selected.provider))}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [selected]);
  const walk = (event: KeyboardEvent) => {
    const next = nextCell(rows, providers.map(({ name }) => name), selected, event.key);
    if (!next) return;
    event.preventDefault();
    onSelect(next);
    frame.current?.querySelector<HTMLElement>(`[data-cell="${CSS.escape(cellKey(next.scenario, next.provider))}"]`)?.focus();
  };
  return (
    <div className={styles.matrix} ref={frame} data-arrows onKeyDown={walk} role="region" aria-label="Scenarios and providers" tabIndex={-1}>
      <table>
        <thead>
          <tr>
            <th scope="col" className={styles.corner}>
              Scenario
            </th>
            {providers.map(({ name, title }) => (
              <th key={name} scope="col" title={title}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group.title}>
            <tr className={styles.group}>
              <th scope="rowgroup" colSpan={providers.length + 1}>
                <span>{group.title}</span>
              </th>
            </tr>
            {group.rows.map((row) => (
              <Row
                key={row.scenario}
                row={row}
                providers={providers}
                chosen={selected?.scenario === row.scenario ? selected.provider : null}
                entry={entry.startsWith(`${row.scenario}/`) ? entry : null}
                onSelect={onSelect}
              />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

interface RowProps {
  row: MatrixRow;
  providers: readonly ProviderName[];
  chosen: string | null;
  /** The cell that Tab reaches, if it is in this row. */
  entry: string | null;
  onSelect(cell: Cell): void;
}

const Row = memo(
  function Row({ row, providers, chosen, entry, onSelect }: RowProps) {
    return (
      <tr data-chosen={chosen !== null || undefined}>
        <th scope="row" title={row.generic.explanation}>
          {row.scenario}
        </th>
        {providers.map(({ name, title }) => {
          const cell = row.cells.get(name);
          if (!cell) return <td key={name} />;
          const { code, status } = cell.reply;
          return (
            <td key={name}>
              <button
                type="button"
                data-cell={cellKey(row.scenario, name)}
                data-tone={toneOf(code)}
                aria-pressed={chosen === name}
                aria-label={`${row.scenario}, ${title}: ${code} ${status}`}
                tabIndex={entry === cellKey(row.scenario, name) ? 0 : -1}
                onClick={() => onSelect(cell)}
              >
                {code} <span>{status}</span>
              </button>
            </td>
          );
        })}
      </tr>
    );
  },
  (before, after) => before.row === after.row && before.providers === after.providers && before.chosen === after.chosen && before.entry === after.entry,
);
