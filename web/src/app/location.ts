/** What the address says is on screen. */
import { within } from "../api/inbox";
import { searchOf, type Scope } from "../list/scope";

export const TABS = ["html", "text", "parts", "headers", "source", "path", "wire", "report", "check", "links", "spam"] as const;
export type Tab = (typeof TABS)[number];

export const SIMULATE_VIEWS = ["rules", "catalogue", "address", "domains", "state", "sinks"] as const;
export type SimulateView = (typeof SIMULATE_VIEWS)[number];

export type Place =
  | { name: "list" }
  | { name: "simulate"; view: SimulateView; item: string | null }
  | { name: "message"; id: string; tab: Tab | null; part: string | null }
  | { name: "attempt"; id: string }
  | { name: "connect" };

const isTab = (text: string | undefined): text is Tab => TABS.includes(text as Tab);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Read a path below the base. What it does not know is the list. */
export function placeOf(path: string): Place {
  const [first, second, third, fourth] = path.split("/").filter(Boolean).map(decoded);
  if (first === "connect") return { name: "connect" };
  if (first === "simulate") return simulatePlace(path);
  if (first === "attempts" && second) return { name: "attempt", id: second };
  // Mailpit's address of a message
  if (first === "view" && second) return { name: "message", id: second, tab: null, part: null };
  if (first === "messages" && second) {
    return { name: "message", id: second, tab: isTab(third) ? third : null, part: fourth ?? null };
  }
  return { name: "list" };
}

function simulatePlace(path: string): Place {
  const [, view, ...rest] = path.split("/").filter(Boolean).map(decoded);
  const known = SIMULATE_VIEWS.find((one) => one === view) ?? "rules";
  return { name: "simulate", view: known, item: rest.length > 0 ? rest.join("/") : null };
}

/** The path of a place, with the list that stands beside it. */
export function pathOf(place: Place, scope: Scope): string {
  return within(pathname(place) + searchOf(scope));
}

function pathname(place: Place): string {
  switch (place.name) {
    case "list":
      return "/";
    case "connect":
      return "/connect";
    case "simulate":
      return ["/simulate", place.view, ...(place.item?.split("/") ?? []).map(encodeURIComponent)].join("/");
    case "attempt":
      return `/attempts/${encodeURIComponent(place.id)}`;
    case "message": {
      const rest = [place.tab, place.tab && place.part].filter(Boolean).map((one) => encodeURIComponent(one as string));
      return ["/messages", encodeURIComponent(place.id), ...rest].join("/");
    }
  }
}
