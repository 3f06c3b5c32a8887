/** The few facts of an invitation that a reader looks for (RFC 5545). Values are text, never markup. */

export interface Fact {
  name: string;
  value: string;
}

const NAMES: Record<string, string> = {
  METHOD: "Kind", SUMMARY: "What", DTSTART: "Starts", DTEND: "Ends", LOCATION: "Where", ORGANIZER: "Organiser",
  ATTENDEE: "Invited", RRULE: "Repeats", STATUS: "Status", UID: "UID", DESCRIPTION: "Details",
};

const unescaped = (value: string): string => value.replace(/\\n/giu, "\n").replace(/\\([\\;,])/gu, "$1");

function moment(value: string): string {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/u.exec(value);
  if (!match) return value;
  const [, year, month, day, hour, minute, , zulu] = match;
  return `${year}-${month}-${day}${hour ? ` ${hour}:${minute}${zulu ? " UTC" : ""}` : ""}`;
}

/** The facts in the order of the text; folded lines are joined first (§3.1). */
export function facts(text: string): Fact[] {
  const lines = text.replace(/\r?\n[ \t]/gu, "").split(/\r?\n/u).slice(0, 5_000);
  return lines.flatMap((line) => {
    const match = /^([A-Za-z-]+)((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)$/u.exec(line);
    const name = NAMES[match?.[1]?.toUpperCase() ?? ""];
    if (!match || !name) return [];
    const zone = /;TZID=([^;:]+)/iu.exec(match[2] ?? "")?.[1];
    const raw = unescaped(match[3] ?? "");
    const value = name === "Starts" || name === "Ends" ? moment(raw) + (zone ? ` ${zone}` : "") : raw.replace(/^mailto:/iu, "");
    return [{ name, value }];
  });
}
