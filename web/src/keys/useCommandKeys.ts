import { useEffect } from "react";
import { ahead, overlay } from "../app/overlay";
import { confirmStore } from "../ui/confirm";
import { settings } from "../settings/store";
import { commands, runCommand } from "./commands";
import { match, type Binding } from "./keymap";

const PENDING_MS = 1_200;

/** Whether keys belong to what has the focus: a field, or a control that uses arrows itself. */
function taken(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (!target) return false;
  if (target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return true;
  if (target.closest("[role=menu], [role=dialog], [role=listbox]")) return true;
  if (event.key.startsWith("Arrow") && target.closest("[role=tablist], [role=separator], [role=tree], [role=radiogroup], [data-arrows]")) return true;
  return event.key === "Enter" && target.closest("a, button, summary, [role=tab], [role=treeitem]") !== null;
}

/** Keep what is typed while the palette is still on its way. */
function typedAhead(event: KeyboardEvent): boolean {
  const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea") !== null;
  if (overlay.get() !== "palette" || typing || event.key.length !== 1) return false;
  ahead.set((text) => text + event.key);
  return true;
}

function bindings(): Binding[] {
  return [...commands.get().values()].map(({ name, keys }) => ({ command: name, keys: keys ?? [] }));
}

/** Listen for keys and run the commands they stand for. */
export function useCommandKeys(): void {
  useEffect(() => {
    let pending = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
      const held = event.ctrlKey || event.metaKey;
      if (!held && typedAhead(event)) return event.preventDefault();
      if (!held && (taken(event) || overlay.get() !== "none" || confirmStore.get())) return;
      const found = match(bindings(), event, pending, settings.get().singleKeys);
      pending = found.pending;
      clearTimeout(timer);
      timer = setTimeout(() => (pending = ""), PENDING_MS);
      if (found.command === null && found.pending === "") return;
      event.preventDefault();
      if (found.command) runCommand(found.command);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
