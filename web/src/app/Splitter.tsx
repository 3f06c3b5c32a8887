import type { KeyboardEvent, PointerEvent } from "react";
import styles from "./frame.module.css";
import { bounded, keepWidth, MAX_WIDTH, MIN_WIDTH } from "./width";

/** The line between list and message: drag it, or use the arrow keys on it. */
export function Splitter({ width, onChange }: { width: number; onChange(width: number): void }) {
  const move = (next: number) => {
    onChange(bounded(next));
    keepWidth(bounded(next));
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = event.clientX;
    event.currentTarget.onpointermove = (moved) => move(width + moved.clientX - from);
    event.currentTarget.onpointerup = () => {
      event.currentTarget.onpointermove = null;
    };
    event.preventDefault();
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(width + step);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the list"
      aria-valuenow={width}
      aria-valuemin={MIN_WIDTH}
      aria-valuemax={MAX_WIDTH}
      tabIndex={0}
      className={styles.splitter}
      onPointerDown={press}
      onKeyDown={key}
      onDoubleClick={() => move(380)}
    />
  );
}
