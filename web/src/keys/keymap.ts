/** From a key press to a command's name, sequences such as "g a" included. */

export interface Binding {
  command: string;
  /** "j", "shift+x", "mod+k", "g a"; `mod` is Command on Apple machines, else Control. */
  keys: readonly string[];
}

export interface Press {
  key: string;
  code?: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export interface Match {
  command: string | null;
  /** What has been pressed of a sequence that is not complete. */
  pending: string;
}

/** The name of a press as bindings write it. A shifted sign is the sign itself: "?", "#", "*". */
export function nameOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Press): string {
  const name = key.length === 1 ? key.toLowerCase() : key;
  const letter = /^[a-z]$/u.test(name);
  const marks = [ctrlKey || metaKey ? "mod" : "", altKey ? "alt" : "", shiftKey && (letter || key.length > 1) ? "shift" : ""];
  return [...marks.filter(Boolean), name === " " ? "Space" : name].join("+");
}

export const isSingle = (keys: string): boolean => !keys.includes("mod+") && !["Escape", "Enter"].includes(keys);

/** Find the command for a press, given what is pending. `singles` false leaves only keys with a modifier. */
export function match(bindings: readonly Binding[], press: Press, pending: string, singles = true): Match {
  const usable = bindings.flatMap(({ command, keys }) =>
    keys.filter((one) => singles || !isSingle(one)).map((one) => ({ command, keys: one })),
  );
  const name = nameOf(press);
  const typed = pending ? `${pending} ${name}` : name;
  const whole = usable.find((binding) => binding.keys === typed);
  if (whole) return { command: whole.command, pending: "" };
  if (usable.some((binding) => binding.keys.startsWith(`${typed} `))) return { command: null, pending: typed };
  return pending ? match(bindings, press, "", singles) : { command: null, pending: "" };
}

/** How keys are written for people: "⌘K", "Ctrl+K", "G then A". */
export function written(keys: string, apple: boolean): string[] {
  return keys.split(" ").map((one) =>
    one
      .split("+")
      .map((part) => LABELS[part]?.(apple) ?? (part.length === 1 ? part.toUpperCase() : part))
      .join(apple ? "" : "+"),
  );
}

const LABELS: Record<string, (apple: boolean) => string> = {
  mod: (apple) => (apple ? "⌘" : "Ctrl"),
  shift: (apple) => (apple ? "⇧" : "Shift"),
  alt: (apple) => (apple ? "⌥" : "Alt"),
  ArrowDown: () => "↓",
  ArrowUp: () => "↑",
  Escape: () => "Esc",
};
