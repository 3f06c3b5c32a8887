import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { IconArrowUp } from "@tabler/icons-react";
import { usePlace } from "../app/place";
import { list } from "../app/state";
import { useSettings } from "../settings/store";
import { useStore } from "../ui/store";
import { counted } from "../ui/format";
import { useLate } from "../ui/useLate";
import { hidden as hiddenStore } from "./actions";
import { EmptyList } from "./EmptyList";
import { cursor, reveal } from "./cursor";
import styles from "./list.module.css";
import { picked } from "./picked";
import { MessageRow } from "./MessageRow";
import { scrollToShow, shownOfSlot, slotOfShown, visibleRows } from "./rows";
import { isSelected } from "./selection";
import { loadedRows, rowAt, size, slotOf } from "./window";

export const ROW_HEIGHT = { comfortable: 76, compact: 48 } as const;

export function MessageList() {
  const { window, status, error, arrived, scope } = useStore(list.state);
  const hidden = useStore(hiddenStore);
  const selected = useStore(picked);
  const { place } = usePlace();
  const at = useStore(cursor);
  const rowHeight = ROW_HEIGHT[useSettings().density];
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 800 });

  const hiddenSlots = useMemo(
    () => (hidden.size === 0 ? [] : [...loadedRows(window)].filter(([, row]) => hidden.has(row.id)).map(([slot]) => slot).sort((a, b) => a - b)),
    [window, hidden],
  );
  const count = size(window) - hiddenSlots.length;
  const rows = visibleRows({ count, rowHeight, ...view, overscan: 6 });

  const measure = useCallback(() => {
    const element = frame.current;
    if (!element) return;
    list.atTop(element.scrollTop <= 2);
    setView({ scrollTop: element.scrollTop, height: element.clientHeight });
  }, []);

  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, [measure]);

  // Arrivals go on top; whoever reads further down keeps what they see under their eyes.
  const grown = useRef(window.grown);
  useLayoutEffect(() => {
    const added = window.grown - grown.current;
    grown.current = window.grown;
    const element = frame.current;
    if (added > 0 && element && element.scrollTop > 2) {
      element.scrollTop += added * rowHeight;
      measure();
    }
  }, [window.grown, rowHeight, measure]);

  const drawn = useRef(scope);
  useEffect(() => {
    if (drawn.current === scope) return;
    drawn.current = scope;
    if (frame.current) frame.current.scrollTop = 0;
    grown.current = list.state.get().window.grown;
    measure();
  }, [scope, measure]);

  const start = slotOfShown(rows.start, hiddenSlots);
  const end = rows.end === 0 ? 0 : slotOfShown(rows.end - 1, hiddenSlots) + 1;
  useEffect(() => {
    const timer = setTimeout(() => list.need(start, end), 40); // not while the scrollbar flies
    return () => clearTimeout(timer);
  }, [start, end, window.anchor]);

  const show = useCallback(
    (id: string) => {
      const slot = slotOf(list.state.get().window, id);
      const element = frame.current;
      if (slot < 0 || !element) return;
      const index = shownOfSlot(slot, hiddenSlots);
      element.scrollTop = scrollToShow(index, { rowHeight, scrollTop: element.scrollTop, height: element.clientHeight });
    },
    [rowHeight, hiddenSlots],
  );
  useEffect(() => reveal.subscribe(() => {
    const id = reveal.get();
    if (id) show(id);
  }), [show]);

  // Back in a narrow window: the list stands where it was left.
  useEffect(() => {
    const id = cursor.get();
    if (id) show(id);
  }, []);

  const openId = place.name === "message" || place.name === "attempt" ? place.id : null;
  const current = openId ?? at;
  const late = useLate(status === "loading");
  const toTop = () => frame.current?.scrollTo({ top: 0 });

  if (count === 0 && status === "ready") return <EmptyList scope={scope} error={error} />;
  return (
    <div className={styles.wrap} data-late={late || undefined}>
      {arrived > 0 && (
        <button type="button" className={styles.pill} onClick={toTop}>
          <IconArrowUp size={14} aria-hidden /> {counted(arrived, "new", "new")}
        </button>
      )}
      <div ref={frame} className={styles.scroll} onScroll={measure} data-testid="list">
        <div role="list" aria-label="Messages" aria-busy={late} style={{ height: Math.max(count, 1) * rowHeight }} className={styles.canvas}>
          {status === "loading" && size(window) === 0
            ? Array.from({ length: 12 }, (_, index) => <MessageRow.Waiting key={index} top={index * rowHeight} height={rowHeight} />)
            : Array.from({ length: rows.end - rows.start }, (_, offset) => {
                const index = rows.start + offset;
                const row = rowAt(window, slotOfShown(index, hiddenSlots));
                const box = { top: index * rowHeight, height: rowHeight };
                return row === undefined ? (
                  <MessageRow.Waiting key={`slot-${index}`} {...box} />
                ) : (
                  <MessageRow
                    key={row.id}
                    {...box}
                    row={row}
                    position={index + 1}
                    count={count}
                    current={row.id === current}
                    open={row.id === openId}
                    reachable={row.id === current || (current === null && index === 0)}
                    selected={isSelected(selected, row.id)}
                  />
                );
              })}
        </div>
      </div>
    </div>
  );
}
