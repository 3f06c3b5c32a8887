/** What checks found, in words and groups. */
import type { MailProgram, UsedFeature } from "../api/schema";

export interface Group {
  family: string;
  support: MailProgram["support"];
  note: string;
  versions: string;
}

/** The name of a program without its version, and the version: `Gmail iOS (2020-04)` → `Gmail iOS`, `2020-04`. */
function split(name: string): [string, string] {
  const match = /^(.*) \(([^()]*)\)$/u.exec(name);
  return match ? [match[1] as string, match[2] as string] : [name, ""];
}

/** Programs by name, support and note, with their versions in one line; those that show nothing come first. */
export function grouped(programs: readonly MailProgram[]): Group[] {
  const groups = new Map<string, Group & { all: string[] }>();
  for (const program of programs) {
    const [family, version] = split(program.name);
    const key = [family, program.support, program.note].join("\n");
    const group = groups.get(key) ?? { family, support: program.support, note: program.note, versions: "", all: [] };
    group.all.push(version);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ all, ...group }) => ({ ...group, versions: all.filter(Boolean).join(", ") }))
    .sort((a, b) => Number(a.support !== "no") - Number(b.support !== "no") || a.family.localeCompare(b.family));
}

/** Percent without digits that nobody reads; what is nearly all or nearly nothing does not look like it. */
export function percent(value: number): string {
  if (value > 0 && value < 1) return "<1%";
  if (value > 99 && value < 100) return ">99%";
  return `${Math.round(value)}%`;
}

/** The features that some programs do not show, and the names of those that all show. */
export function parted(features: readonly UsedFeature[]): { troubled: UsedFeature[]; fine: UsedFeature[] } {
  const isFine = (one: UsedFeature) => one.partial === 0 && one.unsupported === 0;
  return { troubled: features.filter((one) => !isFine(one)), fine: features.filter(isFine) };
}

/** How a status is shown: what leads nowhere, what leads elsewhere, what is there. */
export function tone(status: number): "bad" | "warn" | "ok" {
  if (status === 0 || status >= 400) return "bad";
  return status >= 300 ? "warn" : "ok";
}

export const FILTER_NAMES = { spamassassin: "SpamAssassin", postmark: "Postmark’s service", rspamd: "rspamd" } as const;
