import { TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconChevronUp, IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { visibleLines } from "../ui/bidi";
import { bytes, counted, number } from "../ui/format";
import { Tip } from "../ui/Tip";
import { Marked } from "./Marked";
import { blocks, linesOf, occurrences, type Block } from "./source";
import styles from "./message.module.css";
import source from "./source.module.css";

interface Props {
  text: string;
  kind: "message" | "html";
  wrap: boolean;
  bar: ReactNode;
  end: ReactNode;
}

type Item = { kind: "fold"; block: number } | { kind: "line"; line: number };

const NAMES = { header: "Header section", body: "Body", data: "Encoded data" } as const;
const LONGEST = 20_000;

/** Numbered lines of any number: only those in view are drawn. Blocks fold; a search opens what it finds. */
export function SourceLines({ text, kind, wrap, bar, end }: Props) {
  const lines = useMemo(() => linesOf(text), [text]);
  const parts = useMemo<Block[]>(() => (kind === "message" ? blocks(lines) : [{ kind: "body", start: 0, end: lines.length, folded: false }]), [lines, kind]);
  const [folded, setFolded] = useState<ReadonlySet<number>>(() => new Set(parts.flatMap((block, index) => (block.folded ? [index] : []))));
  const [needle, setNeedle] = useState("");
  const hits = useMemo(
    () => (needle.trim() === "" ? [] : lines.flatMap((line, index) => (occurrences(line, needle.trim()).length > 0 ? [index] : []))),
    [lines, needle],
  );
  const [hit, setHit] = useState(0);
  const items = useMemo<Item[]>(() => itemsOf(parts, folded, kind === "message"), [parts, folded, kind]);
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => frame.current, estimateSize: () => 20, overscan: 20 });

  const goTo = (index: number) => {
    const line = hits[index];
    if (line === undefined) return;
    setHit(index);
    const block = parts.findIndex((one) => line >= one.start && line < one.end);
    const opened = new Set([...folded].filter((one) => one !== block));
    setFolded(opened);
    const at = itemsOf(parts, opened, kind === "message").findIndex((item) => item.kind === "line" && item.line === line);
    requestAnimationFrame(() => rows.scrollToIndex(at, { align: "center" }));
  };
  useEffect(() => goTo(0), [hits]);

  const key = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || hits.length === 0) return;
    event.preventDefault();
    goTo((hit + (event.shiftKey ? -1 : 1) + hits.length) % hits.length);
  };
  const toggle = (block: number) => {
    const next = new Set(folded);
    if (!next.delete(block)) next.add(block);
    setFolded(next);
  };
  return (
    <div className={styles.fill}>
      <div className={styles.looks}>
        {bar}
        <span className={styles.spring} />
        <TextInput
          className={styles.filter ?? ""}
          size="xs"
          placeholder="Search in here"
          aria-label="Search in the source"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={needle}
          onChange={(event) => setNeedle(event.currentTarget.value)}
          onKeyDown={key}
        />
        {needle.trim() && <span className="dim">{hits.length === 0 ? "nothing" : `${hit + 1} of ${number(hits.length)} lines`}</span>}
        {hits.length > 1 && (
          <>
            <Tip label="Previous" size={24} onClick={() => goTo((hit - 1 + hits.length) % hits.length)}>
              <IconChevronUp size={15} />
            </Tip>
            <Tip label="Next" size={24} onClick={() => goTo((hit + 1) % hits.length)}>
              <IconChevronDown size={15} />
            </Tip>
          </>
        )}
        {end}
      </div>
      <div ref={frame} className={styles.scroll} tabIndex={0} role="region" aria-label="Source" data-arrows>
        <div className={source.source} data-wrap={wrap || undefined} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const item = items[row.index] as Item;
            return (
              <div key={row.key} ref={rows.measureElement} data-index={row.index} className={source.sourceRow} style={{ transform: `translateY(${row.start}px)` }}>
                {item.kind === "fold" ? (
                  <Fold block={parts[item.block] as Block} lines={lines} folded={folded.has(item.block)} onToggle={() => toggle(item.block)} />
                ) : (
                  <SourceLine line={item.line} text={lines[item.line] as string} needle={needle} hit={hits[hit] === item.line} header={inHeader(parts, item.line)} />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function itemsOf(parts: readonly Block[], folded: ReadonlySet<number>, folds: boolean): Item[] {
  return parts.flatMap((block, index): Item[] => {
    const head: Item[] = folds ? [{ kind: "fold", block: index }] : [];
    if (folded.has(index)) return head;
    return [...head, ...Array.from({ length: block.end - block.start }, (_, offset): Item => ({ kind: "line", line: block.start + offset }))];
  });
}

const inHeader = (parts: readonly Block[], line: number): boolean => parts[0]?.kind === "header" && line < parts[0].end;

function Fold({ block, lines, folded, onToggle }: { block: Block; lines: readonly string[]; folded: boolean; onToggle(): void }) {
  const size = lines.slice(block.start, block.end).reduce((sum, line) => sum + line.length + 2, 0);
  return (
    <button type="button" className={source.fold} aria-expanded={!folded} onClick={onToggle}>
      {folded ? <IconChevronRight size={13} aria-hidden /> : <IconChevronDown size={13} aria-hidden />}
      {NAMES[block.kind]}
      <span className="dim">
        {counted(block.end - block.start, "line")}, {bytes(size)}
      </span>
    </button>
  );
}

function SourceLine({ line, text, needle, hit, header }: { line: number; text: string; needle: string; hit: boolean; header: boolean }) {
  const shown = visibleLines(text.slice(0, LONGEST));
  const name = header ? /^[!-9;-~]+:/u.exec(shown)?.[0] : undefined;
  return (
    <div className={source.sourceLine} data-hit={hit || undefined}>
      <span className={source.lineNumber} aria-hidden>
        {line + 1}
      </span>
      <code>
        {name && !needle.trim() ? (
          <>
            <b>{name}</b>
            {shown.slice(name.length)}
          </>
        ) : (
          <Marked text={shown} needle={needle} />
        )}
        {text.length > LONGEST && <span className="dim"> … {number(text.length - LONGEST)} more characters in this line</span>}
      </code>
    </div>
  );
}
