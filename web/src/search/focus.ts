/** The search field, wherever it stands. Popovers set its id, so it is found by its role. */
export function searchField(): HTMLInputElement | null {
  return document.querySelector<HTMLInputElement>("input[role=searchbox]");
}

export function focusSearch(): void {
  searchField()?.focus();
  searchField()?.select();
}
