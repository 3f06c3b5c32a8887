/** Requests about simulation, and how their answers are kept. */
import { apiUrl, apply, change, json, withSignal } from "../api/client";
import type { Attempts, Catalogue, Profile, Profiles, Reset, State } from "../api/schema";
import { queries } from "../app/state";
import type { RuleParts } from "./draft";
import type { ProfileParts } from "./profile";
import type { Explanation, Preview, Rule, Simulation, Switches } from "./types";

interface Asked {
  signal: AbortSignal;
}

const get = <T>(path: string, { signal }: Asked, parameters: Parameters<typeof apiUrl>[1] = {}): Promise<T> =>
  json<T>(apiUrl(path, parameters), withSignal(signal));

const profilePath = (domain: string): string => `profiles/${encodeURIComponent(domain)}`;
const rulePath = (id: string): string => `rules/${encodeURIComponent(id)}`;

export const rulesQuery = {
  queryKey: ["rules"],
  queryFn: async (asked: Asked) => (await get<{ items: Rule[] }>("rules", asked)).items,
};
export const profilesQuery = { queryKey: ["profiles"], queryFn: async (asked: Asked) => (await get<Profiles>("profiles", asked)).items };
export const catalogueQuery = { queryKey: ["catalogue"], queryFn: (asked: Asked) => get<Catalogue>("catalogue", asked) };
export const simulationQuery = { queryKey: ["simulation"], queryFn: (asked: Asked) => get<Simulation>("simulation", asked), staleTime: 0 };
export const stateQuery = { queryKey: ["simulation-state"], queryFn: async (asked: Asked) => (await get<State>("simulation/state", asked)).items, staleTime: 0 };

export const explainQuery = (address: string) => ({
  queryKey: ["grammar", address],
  queryFn: (asked: Asked) => get<Explanation>("grammar", asked, { address }),
  staleTime: 0,
});

/** The newest attempts that rules decided: the only count there is of rules that count nothing themselves. */
export const RULED_AT_MOST = 200;
export const ruledQuery = {
  queryKey: ["rules", "attempts"],
  queryFn: async (asked: Asked) => (await get<Attempts>("attempts", asked, { trigger: "rule", limit: RULED_AT_MOST })).items,
  staleTime: 0,
};

const PREVIEW_LIMIT = 100;

export const previewQuery = (rule: RuleParts) => ({
  queryKey: ["preview", rule],
  queryFn: ({ signal }: Asked) => apply<Preview>({ ...change("POST", "rules/preview", { rule, limit: PREVIEW_LIMIT }), signal }),
  staleTime: 0,
  retry: false,
});

type Body = RuleParts & { position?: number };

export const simulation = {
  add: (rule: Body) => apply<Rule>(change("POST", "rules", rule)),
  replace: (id: string, rule: RuleParts) => apply<Rule>(change("PUT", rulePath(id), rule)),
  change: (id: string, parts: Partial<Body>) => apply<Rule>(change("PATCH", rulePath(id), parts)),
  remove: (id: string) => json<Rule>(apiUrl(rulePath(id)), { method: "DELETE" }),
  setProfile: (domain: string, profile: ProfileParts) => apply<Profile>(change("PUT", profilePath(domain), profile)),
  deleteProfile: (domain: string) => json<Profile>(apiUrl(profilePath(domain)), { method: "DELETE" }),
  reset: (which: { key?: string; rule?: string; recipient?: string } = {}) => json<Reset>(apiUrl("simulation/state", which), { method: "DELETE" }),
  flip: (switches: Switches) => apply<Simulation>(change("PATCH", "simulation", switches)),
};

/** Ask again for what depends on domain profiles. */
export function refreshProfiles(): void {
  for (const queryKey of [profilesQuery.queryKey, simulationQuery.queryKey]) void queries.invalidateQueries({ queryKey });
}

/** Ask again for all that mail changes: counters, state, attempts. */
export function refreshCounters(): void {
  for (const queryKey of [["rules"], ["simulation-state"], ["simulation"]]) void queries.invalidateQueries({ queryKey });
}
