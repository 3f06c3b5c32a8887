import { ActionIcon, Menu, Switch } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCopy, IconDots, IconGripVertical, IconRotateClockwise, IconTrash } from "@tabler/icons-react";
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent } from "react";
import type { ExplainedAttempt } from "../api/schema";
import { useSettings } from "../settings/store";
import { visible } from "../ui/bidi";
import { copyText } from "../ui/clipboard";
import { duration, exact, number } from "../ui/format";
import { say } from "../ui/toast";
import { Tip } from "../ui/Tip";
import { useNow } from "../ui/useNow";
import { deleteRule, moveRule, resetRule, switchRule } from "./actions";
import { RULED_AT_MOST } from "./api";
import { outcomeText } from "./outcome";
import { RuleEditor } from "./RuleEditor";
import styles from "./rules.module.css";
import type { Rule } from "./types";
import { matchWords, oftenWords, outcomeWords, stageWords } from "./words";

interface Props {
  rules: readonly Rule[];
  /** The newest attempts that rules decided. */
  ruled: readonly ExplainedAttempt[] | null;
  opened: string | null;
  onOpen(id: string | null): void;
}

/** The rules as a table: drag a row by its handle, or move it with Alt and an arrow key. */
export function RuleTable({ rules, ruled, opened, onOpen }: Props) {
  const frame = useRef<HTMLTableElement>(null);
  const [drag, setDrag] = useState<{ from: number; over: number } | null>(null);
  const moving = useRef<string | null>(null);
  const focus = (id: string | undefined) => id && frame.current?.querySelector<HTMLElement>(`[data-rule="${CSS.escape(id)}"]`)?.focus();
  const order = rules.map(({ id }) => id).join();
  useEffect(() => {
    if (moving.current) focus(moving.current);
    moving.current = null;
  }, [order]);
  const move = (id: string, to: number) => {
    moving.current = id;
    moveRule(id, to);
  };
  const key = (event: KeyboardEvent, index: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const rule = rules[index];
    if (!(event.target instanceof HTMLElement) || !event.target.matches("[data-rule]") || !rule) return;
    if (step) (event.preventDefault(), event.altKey ? move(rule.id, index + step) : focus(rules[index + step]?.id));
    if (event.key === "Delete" || event.key === "#") (event.preventDefault(), focus(rules[index + 1]?.id ?? rules[index - 1]?.id), void deleteRule(rule));
  };
  const over = (event: DragEvent, index: number) => {
    if (!drag) return;
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    const after = event.clientY > box.top + box.height / 2;
    setDrag({ ...drag, over: index + (after ? 1 : 0) });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const rule = drag && rules[drag.from];
    if (drag && rule) moveRule(rule.id, drag.over > drag.from ? drag.over - 1 : drag.over);
    setDrag(null);
  };
  return (
    <table className={styles.table} ref={frame}>
      <thead>
        <tr>
          <th scope="col">
            <span className="unseen">Order and switch</span>
          </th>
          <th scope="col">Rule</th>
          <th scope="col">When</th>
          <th scope="col">Then</th>
          <th scope="col">How often</th>
          <th scope="col" className={styles.right}>
            Acted
          </th>
          <th scope="col">
            <span className="unseen">More</span>
          </th>
        </tr>
      </thead>
      <tbody onDrop={drop}>
        {rules.map((rule, index) => {
          const edge = drag && drag.over === index ? "before" : drag && drag.over === rules.length && index === rules.length - 1 ? "after" : undefined;
          return (
            <RuleRow
              key={rule.id}
              rule={rule}
              index={index}
              last={index === rules.length - 1}
              refused={ruled ? ruled.filter(({ cause }) => cause?.rule === rule.key).length : null}
              whole={(ruled?.length ?? 0) < RULED_AT_MOST}
              open={opened === rule.id || opened === rule.key}
              edge={edge}
              onOpen={onOpen}
              onMove={move}
              onKeyDown={(event) => key(event, index)}
              onDragStart={() => setDrag({ from: index, over: index })}
              onDragOver={(event) => over(event, index)}
              onDragEnd={() => setDrag(null)}
            />
          );
        })}
      </tbody>
    </table>
  );
}

interface RowProps {
  rule: Rule;
  index: number;
  last: boolean;
  refused: number | null;
  whole: boolean;
  open: boolean;
  edge: "before" | "after" | undefined;
  onOpen(id: string | null): void;
  onMove(id: string, to: number): void;
  onKeyDown(event: KeyboardEvent): void;
  onDragStart(event: DragEvent): void;
  onDragOver(event: DragEvent): void;
  onDragEnd(event: DragEvent): void;
}

function RuleRow({ rule, index, last, refused, whole, open, edge, onOpen, onMove, onKeyDown, onDragStart, onDragOver, onDragEnd }: RowProps) {
  const row = useRef<HTMLTableRowElement>(null);
  const name = visible(rule.name || capital(outcomeWords(rule.outcome)));
  const conditions = matchWords(rule);
  const start = (event: DragEvent) => {
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", name);
    if (row.current) event.dataTransfer.setDragImage(row.current, 12, 12);
    onDragStart(event);
  };
  return (
    <>
      <tr ref={row} data-off={!rule.enabled || undefined} data-open={open || undefined} data-edge={edge} onKeyDown={onKeyDown} onDragOver={onDragOver}>
        <td className={styles.hold}>
          <span className={styles.grip} draggable onDragStart={start} onDragEnd={onDragEnd} title="Drag, or press Alt and an arrow key on the rule" data-grip={rule.id}>
            <IconGripVertical size={14} aria-hidden />
          </span>
          <Switch size="xs" aria-label={`Rule ${name} is on`} checked={rule.enabled} onChange={(event) => switchRule(rule.id, event.currentTarget.checked)} />
        </td>
        <td className={styles.name}>
          <button type="button" data-rule={rule.id} aria-expanded={open} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown" onClick={() => onOpen(open ? null : rule.id)}>
            {name}
          </button>
          {rule.origin === "file" && (
            <span className={styles.tag} title="From the file of rules: it is read again at the next start">
              file
            </span>
          )}
          <Expiry at={rule.expires_at} />
        </td>
        <td>
          {conditions.length === 0 && <span className="dim">any mail</span>}
          {conditions.map(({ label, value }) => (
            <span key={label} className={styles.condition}>
              <span className="dim">{label}</span> <bdi className="mono">{visible(value)}</bdi>
            </span>
          ))}
        </td>
        <td>
          <Does outcome={rule.outcome} /> <span className="dim">{stageWords(rule.stage)}</span>
        </td>
        <td>{oftenWords(rule)}</td>
        <td className={styles.right}>
          <Hits rule={rule} refused={refused} whole={whole} />
        </td>
        <td className={styles.more}>
          <Tip label="Delete" keys="#" onClick={() => void deleteRule(rule)}>
            <IconTrash size={15} />
          </Tip>
          <RowMenu rule={rule} index={index} last={last} onMove={onMove} />
        </td>
      </tr>
      {open && (
        <tr className={styles.editing}>
          <td colSpan={7}>
            <RuleEditor id={rule.id} rule={rule} onClose={() => onOpen(null)} />
          </td>
        </tr>
      )}
    </>
  );
}

/** The outcome in the words of an address, where they say it; else in a sentence. */
function Does({ outcome }: { outcome: Rule["outcome"] }) {
  const text = outcomeText(outcome);
  return text.startsWith("{") ? <span>{visible(outcomeWords(outcome))}</span> : <code className={styles.outcome}>{visible(text)}</code>;
}

function RowMenu({ rule, index, last, onMove }: { rule: Rule; index: number; last: boolean; onMove(id: string, to: number): void }) {
  const copy = async () => {
    const { id: _id, key: _key, position: _position, origin: _origin, tries: _tries, acted: _acted, ...parts } = rule;
    if (await copyText(JSON.stringify(parts, null, 2))) say("The rule is on the clipboard, as the API takes it");
  };
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label="More for this rule" title="More for this rule">
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowUp size={15} />} rightSection={<span className="dim">Alt ↑</span>} disabled={index === 0} onClick={() => onMove(rule.id, index - 1)}>
          Move up
        </Menu.Item>
        <Menu.Item leftSection={<IconArrowDown size={15} />} rightSection={<span className="dim">Alt ↓</span>} disabled={last} onClick={() => onMove(rule.id, index + 1)}>
          Move down
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => void copy()}>
          Copy as JSON
        </Menu.Item>
        <Menu.Item leftSection={<IconRotateClockwise size={15} />} disabled={rule.tries === 0} onClick={() => void resetRule(rule)}>
          Count from nothing
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const counts = (rule: Rule): boolean => Boolean(rule.every || rule.first || rule.after || rule.max || rule.probability < 1);

function Hits({ rule, refused, whole }: { rule: Rule; refused: number | null; whole: boolean }) {
  if (counts(rule)) {
    return (
      <span title={`It has matched ${number(rule.tries)} tries and acted on ${number(rule.acted)}.`}>
        {number(rule.acted)} <span className="dim">of {number(rule.tries)}</span>
      </span>
    );
  }
  if (refused === null) return null;
  return <span title={whole ? "Attempts that it refused." : `Of the newest ${RULED_AT_MOST} attempts that rules refused.`}>{number(refused)}</span>;
}

function Expiry({ at }: { at: string | null }) {
  const now = useNow();
  const { zone } = useSettings();
  if (at === null) return null;
  const left = Date.parse(at) - now;
  return (
    <span className={styles.tag} data-over={left <= 0 || undefined} title={exact(at, zone)}>
      {left <= 0 ? "expired" : `for ${duration(left)}`}
    </span>
  );
}
