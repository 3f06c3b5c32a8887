import { Button, Menu } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { usePlace } from "../app/place";
import { onArrival } from "../app/state";
import { useCommands } from "../keys/commands";
import { Trouble } from "../ui/Trouble";
import { refreshCounters, ruledQuery, rulesQuery } from "./api";
import type { RuleParts } from "./draft";
import { RuleEditor } from "./RuleEditor";
import { RuleTable } from "./RuleTable";
import styles from "./rules.module.css";
import { ViewHead } from "./Simulate";
import simulate from "./simulate.module.css";
import { BLANK, TEMPLATES, withFreeName } from "./templates";

const REFRESH_MS = 400;
const NEW = "new";

/** The rules in their order, each edited where it stands. `opened` is the id of one, or `new` with what it shall do. */
export function Rules({ opened }: { opened: string | null }) {
  const { data: rules, error } = useQuery(rulesQuery);
  const { data: ruled } = useQuery({ ...ruledQuery, enabled: Boolean(rules?.length) });
  const { go } = usePlace();
  const [template, setTemplate] = useState<RuleParts | null>(null);
  useRefresh();
  const open = (item: string | null) => go({ place: { name: "simulate", view: "rules", item }, replace: true });
  const begin = (rule: RuleParts) => {
    setTemplate(withFreeName(rule, rules?.map(({ name }) => name) ?? []));
    open(NEW);
  };
  const close = () => {
    setTemplate(null);
    open(null);
  };
  useCommands([
    { name: "new-rule", title: "New rule", group: "View", keys: ["n"], run: () => begin(BLANK) },
    ...TEMPLATES.map(({ title, rule }, index) => ({ name: `template-${index}`, title: `New rule: ${title}`, group: "View" as const, run: () => begin(rule) })),
  ]);
  const isNew = opened === NEW || opened?.startsWith(`${NEW}/`);
  const draft = useMemo<RuleParts | null>(() => {
    if (!isNew) return null;
    const [, outcome, stage] = opened?.split("/") ?? [];
    return outcome ? { outcome, ...(stage ? { stage } : {}) } : (template ?? BLANK);
  }, [isNew, opened, template]);
  if (error) return <Trouble error={error} title="The rules cannot be shown" />;
  return (
    <section className={styles.page} aria-label="Rules">
      <ViewHead view="rules" lead="The first rule that matches decides. What no rule takes is accepted.">
        {rules && rules.length > 0 && <NewRule onPick={begin} />}
      </ViewHead>
      <div className={simulate.scroll}>
        {draft && <RuleEditor key={JSON.stringify(draft)} id={null} rule={draft} onClose={close} />}
        {rules && rules.length > 0 && <RuleTable rules={rules} ruled={ruled ?? null} opened={isNew ? null : opened} onOpen={open} />}
        {rules?.length === 0 && !draft && <Empty onPick={begin} />}
      </div>
    </section>
  );
}

/** Mail that arrives moves the counters. */
function useRefresh(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onArrival(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        refreshCounters();
      }, REFRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}

function NewRule({ onPick }: { onPick(rule: RuleParts): void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="filled" leftSection={<IconPlus size={15} />}>
          New rule
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onPick(BLANK)}>Blank</Menu.Item>
        <Menu.Divider />
        {TEMPLATES.map(({ title, note, rule }) => (
          <Menu.Item key={title} onClick={() => onPick(rule)}>
            {title} <span className="dim">{note}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Empty({ onPick }: { onPick(rule: RuleParts): void }) {
  const { go } = usePlace();
  return (
    <div className={styles.empty}>
      <h2>No rules: every mail is accepted</h2>
      <p>
        A rule makes mail fail without touching your app. Begin with one of these, or send to an address of the{" "}
        <button type="button" className={styles.link} onClick={() => go({ place: { name: "simulate", view: "catalogue", item: null } })}>
          catalogue
        </button>{" "}
        and need no rule at all.
      </p>
      <ul className={styles.templates}>
        {[...TEMPLATES, { title: "Blank", note: "any condition, any failure", rule: BLANK }].map(({ title, note, rule }) => (
          <li key={title}>
            <button type="button" onClick={() => onPick(rule)}>
              {title}
              <span className="dim">{note}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
