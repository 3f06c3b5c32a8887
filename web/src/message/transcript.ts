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

/** One turn for each line; a reply of several lines (RFC 5321 §4.2.1) is one turn. */
export function turns(lines: readonly Line[]): Turn[] {
  const result: Turn[] = [];
  lines.forEach((line, index) => {
    const last = result.at(-1);
    if (last && line.side === "S" && last.side === "S" && /^\d{3}-/u.test(lastLine(last.text)) && last.text.slice(0, 3) === line.text.slice(0, 3)) {
      last.text += `\n${line.text}`;
      return;
    }
    const before = lines[index - 1];
    result.push({ ...line, pause_ms: before ? millis(line.at) - millis(before.at) : null, tone: toneOf(line) });
  });
  return result;
}

const lastLine = (text: string): string => text.slice(text.lastIndexOf("\n") + 1);

/** The dialogue as plain text, as it is pasted into a report. */
export function asText(lines: readonly Line[]): string {
  return lines.flatMap(({ side, text }) => text.split("\n").map((one) => `${side}: ${one}`)).join("\n");
}
