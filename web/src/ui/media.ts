import { useSyncExternalStore } from "react";

/** Whether a media query holds, followed. */
export function useMedia(query: string): boolean {
  const list = matchMedia(query);
  return useSyncExternalStore(
    (listener) => {
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => list.matches,
  );
}

/** One pane: a phone, or a narrow window. */
export const NARROW = "(max-width: 699px)";
/** Two panes: the views move into a drawer. */
export const MEDIUM = "(max-width: 1099px)";
