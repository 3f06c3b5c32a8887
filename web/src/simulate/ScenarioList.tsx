import styles from "./catalogue.module.css";
import { toneOf, type Group } from "./matrix";
import simulate from "./simulate.module.css";
import type { Cell } from "./types";

/** The catalogue where there is no room for a matrix: a line for each scenario, in the sandbox's own words. */
export function ScenarioList({ groups, selected, onSelect }: { groups: readonly Group[]; selected: Cell | null; onSelect(cell: Cell): void }) {
  return (
    <div className={styles.list}>
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2>{group.title}</h2>
          <ul>
            {group.rows.map(({ scenario, generic, cells }) => (
              <li key={scenario}>
                <button type="button" aria-pressed={selected?.scenario === scenario} onClick={() => onSelect(generic)}>
                  <span className="ellipsis">{scenario}</span>
                  {cells.size > 1 && <span className="dim">{cells.size}</span>}
                  <span className={simulate.code} data-tone={toneOf(generic.reply.code)}>
                    {generic.reply.code} {generic.reply.status}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
