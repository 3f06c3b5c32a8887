import { Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { queries } from "../app/state";
import { Copy } from "../ui/Copy";
import { complain } from "../ui/toast";
import { simulation, simulationQuery } from "./api";
import styles from "./state.module.css";
import type { Chaos, Simulation, Switches as Change } from "./types";

async function flip(change: Change): Promise<void> {
  try {
    queries.setQueryData(simulationQuery.queryKey, await simulation.flip(change));
  } catch (error) {
    complain(error);
    void queries.invalidateQueries({ queryKey: simulationQuery.queryKey });
  }
}

/** What decides besides rules: the seed, the addresses, suppression, chaos. */
export function Switches() {
  const { data } = useQuery(simulationQuery);
  if (!data) return null;
  return (
    <aside className={styles.card} aria-label="Switches">
      <h2>Switches</h2>
      <p className="dim">They hold until the next start.</p>
      <Line title="Seed" note="The same seed, the same dice.">
        <span className={styles.value}>
          {data.seed}
          <Copy value={String(data.seed)} label="Copy the seed" />
        </span>
      </Line>
      <Flag title="Simulation addresses" note="And the header field X-Sandbox-Bounce." on={data.grammar} set={(grammar) => flip({ grammar })} />
      {data.grammar && <Flag title="Hosted simulators" note="Addresses of Amazon SES, Postmark, Mailtrap and others." on={data.drop_ins} set={(drop_ins) => flip({ drop_ins })} />}
      <Flag title="Suppression" note="A hard bounce blocks the address until it is reset." on={data.suppression} set={(suppression) => flip({ suppression })} />
      <Flag title="Chaos" note="As Mailpit has it: a code, and its chance." on={data.chaos.enabled} set={(chaos_enabled) => flip({ chaos_enabled })} />
      {data.chaos.enabled && <Triggers chaos={data.chaos} />}
      <Domains data={data} />
    </aside>
  );
}

/** The code and the chance of each trigger; sent when a field is left or Enter is pressed. */
function Triggers({ chaos }: { chaos: Chaos }) {
  const send = (name: string, part: "ErrorCode" | "Probability", text: string) => {
    const before = chaos.triggers[name];
    const value = Number(text);
    if (!before || !text.trim() || before[part] === value) return;
    void flip({ chaos: { ...chaos.triggers, [name]: { ...before, [part]: value } } });
  };
  return (
    <ul className={styles.triggers}>
      {Object.entries(chaos.triggers).map(([name, trigger]) => (
        <li key={name}>
          <span>{name}</span>
          {(["ErrorCode", "Probability"] as const).map((part) => (
            <TextInput
              key={`${part}${trigger[part]}`}
              size="xs"
              inputMode="numeric"
              aria-label={`${name}: ${part === "ErrorCode" ? "code" : "chance in per cent"}`}
              defaultValue={trigger[part]}
              rightSection={part === "Probability" ? <span className="dim">%</span> : undefined}
              onBlur={(event) => send(name, part, event.currentTarget.value)}
              onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
            />
          ))}
        </li>
      ))}
    </ul>
  );
}

function Domains({ data }: { data: Simulation }) {
  return (
    <>
      <h3>Own domains</h3>
      <ul className={styles.domains}>
        {data.domains.map((domain) => (
          <li key={domain}>
            <code>{domain}</code>
            <Copy value={domain} label={`Copy ${domain}`} size={20} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Line({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className={styles.line}>
      <div>
        {title}
        <div className={styles.note}>{note}</div>
      </div>
      {children}
    </div>
  );
}

function Flag({ title, note, on, set }: { title: string; note: string; on: boolean; set(on: boolean): Promise<void> }) {
  return (
    <Line title={title} note={note}>
      <Switch aria-label={title} checked={on} onChange={(event) => void set(event.currentTarget.checked)} />
    </Line>
  );
}
