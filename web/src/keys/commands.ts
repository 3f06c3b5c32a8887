/** Everything that can be done, by name: keys, palette and help all read this one table. */
import { useEffect, useRef } from "react";
import { createStore } from "../ui/store";

export interface Command {
  name: string;
  title: string;
  group: "Go" | "List" | "Message" | "View" | "Settings" | "Help";
  keys?: readonly string[];
  /** Not offered by the palette: only useful as a key. */
  quiet?: boolean;
  run(): void;
}

const table = createStore<ReadonlyMap<string, Command>>(new Map());
export const commands = table;

/** Offer commands as long as the component is on screen. Later ones replace earlier ones of the same name. */
export function useCommands(list: readonly Command[]): void {
  const latest = useRef(list);
  latest.current = list;
  const signature = list.map(({ name, title, keys }) => `${name}|${title}|${keys?.join()}`).join("\n");
  useEffect(() => {
    const added = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find(({ name }) => name === command.name)?.run(),
    }));
    table.set((all) => new Map([...all, ...added.map((command) => [command.name, command] as const)]));
    return () =>
      table.set((all) => new Map([...all].filter(([name, command]) => !added.some((one) => one.name === name && one === command))));
  }, [signature]);
}

export function runCommand(name: string): void {
  table.get().get(name)?.run();
}
