/** How wide the list is, kept by the browser. */
const KEY = "mailpit-py:list-width";
export const MIN_WIDTH = 280;
export const MAX_WIDTH = 640;

export const bounded = (width: number): number => Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));

export function keptWidth(): number {
  try {
    return bounded(Number(localStorage.getItem(KEY)) || 380);
  } catch {
    return 380;
  }
}

export function keepWidth(width: number): void {
  try {
    localStorage.setItem(KEY, String(width));
  } catch {
    // storage is switched off
  }
}
