/** Doing something about what follows, and telling what came of it. */
import type { Advanced, Clock } from "../api/schema";
import { queries } from "../app/state";
import { counted } from "../ui/format";
import { complain, say } from "../ui/toast";

/** Wait for a move of the clock; say how much was due on the way. */
export async function advanced(move: Promise<Advanced>): Promise<void> {
  try {
    const { count } = await move;
    say(count > 0 ? `${counted(count, "step")} done on the way` : "Nothing was due on the way");
    followed();
  } catch (error) {
    complain(error);
  }
}

/** Wait for another change of the clock. */
export async function turned(change: Promise<Clock>): Promise<void> {
  try {
    queries.setQueryData(["clock"], await change);
  } catch (error) {
    complain(error);
  }
}

/** Ask again for all that a step changes. */
export function followed(): void {
  for (const queryKey of [["clock"], ["timeline"], ["message"]]) void queries.invalidateQueries({ queryKey });
}
