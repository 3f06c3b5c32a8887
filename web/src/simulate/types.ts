/** What API v2 answers about simulation; outcomes and matches, which its document leaves open, are told here. */
import type { Rule as AnyRule } from "../api/schema";
import type { Match } from "./draft";
import type { Outcome } from "./outcome";

export type { Cell, Chaos, Explanation, Preview, ProviderName, Record as Remembered, Simulation, Switches } from "../api/schema";

export type Rule = Omit<AnyRule, "outcome" | "match"> & { outcome: Outcome; match: Match };
