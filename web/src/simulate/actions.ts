/** What can be done to rules; the screen follows at once, the server after. */
import { queries } from "../app/state";
import { visible } from "../ui/bidi";
import { complain, say } from "../ui/toast";
import { rulesQuery, simulation } from "./api";
import { moved, type RuleParts } from "./draft";
import type { Rule } from "./types";

const KEY = rulesQuery.queryKey;
const UNDO_MS = 8_000;

const kept = (): Rule[] => queries.getQueryData<Rule[]>(KEY) ?? [];

async function attempt(now: readonly Rule[], send: () => Promise<unknown>): Promise<boolean> {
  const before = kept();
  await queries.cancelQueries({ queryKey: KEY, exact: true });
  queries.setQueryData(KEY, now);
  try {
    await send();
    return true;
  } catch (error) {
    queries.setQueryData(KEY, before);
    complain(error);
    return false;
  } finally {
    void queries.invalidateQueries({ queryKey: KEY });
  }
}

export function moveRule(id: string, to: number): void {
  const rules = kept();
  const from = rules.findIndex((rule) => rule.id === id);
  if (from < 0 || from === to || to < 0 || to >= rules.length) return;
  void attempt(moved(rules, from, to), () => simulation.change(id, { position: to }));
}

export function switchRule(id: string, enabled: boolean): void {
  void attempt(kept().map((rule) => (rule.id === id ? { ...rule, enabled } : rule)), () => simulation.change(id, { enabled }));
}

/** Delete at once, so that it stops acting; the way back puts it where it was, with the counters it had. */
export async function deleteRule(rule: Rule): Promise<void> {
  const gone = await attempt(kept().filter(({ id }) => id !== rule.id), () => simulation.remove(rule.id));
  if (!gone) return;
  const undo = () => void simulation.add(rule).catch(complain).finally(() => void queries.invalidateQueries({ queryKey: KEY }));
  let used = false;
  say(`Rule ${visible(rule.name) || "without a name"} deleted`, {
    action: { label: "Undo", run: () => !used && ((used = true), undo()) },
    for_ms: UNDO_MS,
  });
}

export async function resetRule(rule: Rule): Promise<void> {
  try {
    await simulation.reset({ rule: rule.key });
    say("Counters begin anew");
  } catch (error) {
    complain(error);
  }
  void queries.invalidateQueries({ queryKey: KEY });
}

/** Save a rule: a new one stands first, where it wins, and counts from nothing. Raises RequestError. */
export async function saveRule(id: string | null, rule: RuleParts): Promise<void> {
  if (id !== null) await simulation.replace(id, rule);
  else {
    const added = await simulation.add({ ...rule, position: 0 });
    if (added.tries > 0) await simulation.reset({ rule: added.key });
  }
  await queries.invalidateQueries({ queryKey: KEY });
}
