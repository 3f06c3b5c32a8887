/** Times, sizes and numbers as people read them. */

export type TimeStyle = "relative" | "absolute";

export interface TimeOptions {
  style: TimeStyle;
  /** An IANA zone, or empty for the browser's own. */
  zone: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", { hourCycle: "h23", ...(zone ? { timeZone: zone } : {}), ...options });
  formats.set(key, made);
  return made;
}

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;

/** 12:01:07 */
export const clock = (at: string, zone = ""): string => format(zone, CLOCK).format(new Date(at));

/** 12:01:07.042 */
export const clockMs = (at: string, zone = ""): string =>
  format(zone, { ...CLOCK, fractionalSecondDigits: 3 }).format(new Date(at));

/** Mon 23 Nov 2026, 12:01:07 UTC */
export function exact(at: string, zone = ""): string {
  const day = { weekday: "short", day: "numeric", month: "short", year: "numeric" } as const;
  return format(zone, { ...day, ...CLOCK, timeZoneName: "short" }).format(new Date(at));
}

/** What a list row says: how long ago, or when. `now` in milliseconds. */
export function listTime(at: string, now: number, { style, zone }: TimeOptions): string {
  return style === "relative" ? relative(at, now, zone) : absolute(at, now, zone);
}

function absolute(at: string, now: number, zone: string): string {
  const day = format(zone, { year: "numeric", month: "numeric", day: "numeric" });
  if (day.format(new Date(at)) === day.format(now)) return clock(at, zone);
  return date(at, now, zone);
}

function date(at: string, now: number, zone: string): string {
  const year = format(zone, { year: "numeric" });
  const same = year.format(new Date(at)) === year.format(now);
  return format(zone, { day: "numeric", month: "short", ...(same ? {} : { year: "numeric" }) }).format(new Date(at));
}

function relative(at: string, now: number, zone: string): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000));
  if (seconds < 5) return "now";
  if (seconds < MINUTE) return `${seconds - (seconds % 5)} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  if (seconds < 7 * DAY) return `${Math.floor(seconds / DAY)} d`;
  return date(at, now, zone);
}

/** 812 B, 5.1 kB, 48 MB: SI units, as a mail's size is told elsewhere. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = count / 1_000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** 2 ms, 1.4 s, 3 min 20 s, 2 h 5 min; negative values keep their sign. */
export function duration(ms: number): string {
  const sign = ms < 0 ? "-" : "";
  const size = Math.abs(ms);
  if (size < 1_000) return `${sign}${size < 10 && size % 1 !== 0 ? size.toFixed(1) : Math.round(size)} ms`;
  const seconds = size / 1_000;
  if (seconds < 60) return `${sign}${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < HOUR) return sign + pair(whole, MINUTE, "min", 1, "s");
  if (whole < DAY) return sign + pair(whole, HOUR, "h", MINUTE, "min");
  return sign + pair(whole, DAY, "d", HOUR, "h");
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${Math.floor(seconds / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

const grouped = new Intl.NumberFormat("en");

/** 100,000 */
export const number = (value: number): string => grouped.format(value);

/** "1 message", "3 messages" */
export const counted = (count: number, one: string, many = `${one}s`): string => `${number(count)} ${count === 1 ? one : many}`;
