/** A dialogue as a conversation. */
import type { Line } from "../api/types";

export interface Turn {
  side: Line["side"];
  at: string;
  text: string;
  /** Milliseconds since the line before; null for the first. */
  pause_ms: number | null;
  tone: "plain" | "bad" | "warn";
}

/** Milliseconds with the microseconds that Date drops. */
export function millis(at: string): number {
  const fraction = /\.(\d{3})(\d+)/u.exec(at);
  return Date.parse(at) + (fraction ? Number(`0.${fraction[2]}`) : 0);
}

function toneOf({ side, text }: Line): Turn["tone"] {
  if (side !== "S") return "plain";
  return text.startsWith("5") ? "bad" : text.startsWith("4") ? "warn" : "plain";
}

export function turns(lines: readonly Line[]): Turn[] {
  return lines.map((line, index) => {
    const before = lines[index - 1];
    const pause_ms = before ? millis(line.at) - millis(before.at) : null;
    return { ...line, pause_ms, tone: toneOf(line) };
  });
}

/** The dialogue as plain text, as it is pasted into a report. */
export function asText(lines: readonly Line[]): string {
  return lines.flatMap(({ side, text }) => text.split("\n").map((one) => `${side}: ${one}`)).join("\n");
}
