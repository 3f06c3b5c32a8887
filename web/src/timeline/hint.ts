/** The address that a hint proposes, or null: "Did you mean bounce+spam@x.test?" */
export function suggestionIn(hint: string): string | null {
  return /[^\s<>,;"]+@[\w.-]*\w/u.exec(hint)?.[0] ?? null;
}
