/** Which messages are selected. `all` means everything in the scope, loaded or not. */

export interface Selected {
  ids: ReadonlySet<string>;
  all: boolean;
  /** Where a range starts: the row that was toggled last. */
  anchor: string | null;
}

export const NOTHING: Selected = { ids: new Set(), all: false, anchor: null };

export const isSelected = (selected: Selected, id: string): boolean => selected.all || selected.ids.has(id);

export const isEmpty = (selected: Selected): boolean => !selected.all && selected.ids.size === 0;

export function toggle(selected: Selected, id: string): Selected {
  const ids = new Set(selected.all ? [] : selected.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, all: false, anchor: id };
}

/** Add a range of ids; its end is where the next range starts. */
export function extend(selected: Selected, range: readonly string[], to: string): Selected {
  return { ids: new Set([...selected.ids, ...range]), all: false, anchor: to };
}

export const everything = (): Selected => ({ ids: new Set(), all: true, anchor: null });

/** Forget ids that are no longer there. */
export function without(selected: Selected, ids: ReadonlySet<string>): Selected {
  const rest = [...selected.ids].filter((id) => !ids.has(id));
  return rest.length === selected.ids.size ? selected : { ...selected, ids: new Set(rest) };
}
