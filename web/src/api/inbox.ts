/** Which inbox the page shows: the one that its address names, as long as it is open. */

/** The name in the address; empty for the first inbox, or for the only one that a login sees. */
export const INBOX = new URLSearchParams(globalThis.location?.search ?? "").get("inbox") ?? "";

// What is the same for all inboxes, and what names its inbox in the body.
const COMMON = /^(?:\.\.|catalogue|clock\/|dialects|grammar|inboxes|profiles|relay(?:$|\/items\/)|routing|webhooks)/u;

/** The parameter by which a request is about the inbox of the page. */
export function whose(path: string, inbox = INBOX): { inbox?: string } {
  const asksNothing = COMMON.test(path) && !/^clock$/u.test(path);
  return inbox && !asksNothing ? { inbox } : {};
}

/** An address of the page, below its base, that stays in the inbox. */
export function within(path: string, inbox = INBOX): string {
  if (!inbox) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams({ inbox })}`;
}
