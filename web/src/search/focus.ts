const ID = "search";
export const SEARCH_ID = ID;

export function focusSearch(): void {
  const field = document.getElementById(ID);
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
}
