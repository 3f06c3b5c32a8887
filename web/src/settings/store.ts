import { createStore, useStore } from "../ui/store";
import { parseSettings, type Settings } from "./settings";

const KEY = "mailpit-py:settings";

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is switched off: settings last as long as the page
  }
}

export const settings = createStore<Settings>(parseSettings(kept()));

settings.subscribe(() => {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.get()));
  } catch {
    // as above
  }
});

// Another tab of the same sandbox changed them.
window.addEventListener("storage", (event) => {
  if (event.key === KEY) settings.set(parseSettings(event.newValue));
});

export function change(changes: Partial<Settings>): void {
  settings.set((current) => ({ ...current, ...changes }));
}

export const useSettings = (): Settings => useStore(settings);
