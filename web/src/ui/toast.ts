/** Short notes at the bottom of the page. */
import { createStore } from "./store";

export interface Toast {
  key: number;
  text: string;
  kind: "note" | "error";
  action?: { label: string; run(): void };
}

export const toasts = createStore<readonly Toast[]>([]);
let last = 0;

export function dismiss(key: number): void {
  toasts.set((all) => all.filter((toast) => toast.key !== key));
}

export function say(text: string, options: { kind?: Toast["kind"]; action?: Toast["action"]; for_ms?: number } = {}): number {
  const { kind = "note", action, for_ms = kind === "error" ? 8_000 : 3_000 } = options;
  const key = (last += 1);
  toasts.set((all) => [...all.filter((toast) => toast.text !== text), { key, text, kind, ...(action ? { action } : {}) }].slice(-3));
  setTimeout(() => dismiss(key), for_ms);
  return key;
}

export function complain(error: unknown): void {
  say(error instanceof Error ? error.message : String(error), { kind: "error" });
}
