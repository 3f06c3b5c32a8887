/** What a person sets about this page; kept by the browser. */
import type { TimeStyle } from "../ui/format";

export interface Settings {
  theme: "auto" | "light" | "dark";
  density: "comfortable" | "compact";
  time: TimeStyle;
  /** An IANA zone, or empty for the browser's own. */
  zone: string;
  notifications: boolean;
  /** `server`: as the sandbox was started. */
  remote: "server" | "ask" | "always" | "never";
  /** Senders whose mail always loads remote content. */
  trusted: readonly string[];
  singleKeys: boolean;
  followNewest: boolean;
  markRead: boolean;
  wrap: boolean;
  fixedWidth: boolean;
}

export const DEFAULTS: Settings = {
  theme: "auto", density: "comfortable", time: "relative", zone: "", notifications: false, remote: "server",
  trusted: [], singleKeys: true, followNewest: false, markRead: true, wrap: true, fixedWidth: true,
};

const CHOICES: Partial<Record<keyof Settings, readonly string[]>> = {
  theme: ["auto", "light", "dark"],
  density: ["comfortable", "compact"],
  time: ["relative", "absolute"],
  remote: ["server", "ask", "always", "never"],
};

function valid(key: keyof Settings, value: unknown): boolean {
  const choices = CHOICES[key];
  if (choices) return typeof value === "string" && choices.includes(value);
  if (key === "trusted") return Array.isArray(value) && value.every((one) => typeof one === "string");
  if (key === "zone") return value === "" || isZone(value);
  return typeof value === typeof DEFAULTS[key];
}

/** Whether the browser knows this time zone. */
export function isZone(value: unknown): boolean {
  try {
    return typeof value === "string" && Boolean(new Intl.DateTimeFormat("en", { timeZone: value }));
  } catch {
    return false;
  }
}

/** Read kept settings; what is missing or makes no sense is the default. */
export function parseSettings(text: string | null): Settings {
  let kept: Record<string, unknown> = {};
  try {
    kept = (JSON.parse(text ?? "{}") ?? {}) as Record<string, unknown>;
  } catch {
    return DEFAULTS;
  }
  const keys = Object.keys(DEFAULTS) as (keyof Settings)[];
  return { ...DEFAULTS, ...Object.fromEntries(keys.filter((key) => valid(key, kept[key])).map((key) => [key, kept[key]])) };
}
