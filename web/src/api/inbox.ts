/** Which inbox the page shows: the one that its address names, as long as it is open. */

/** The name in the address, or `*`; empty for the first inbox, or for the only one that a login sees. */
export const INBOX = new URLSearchParams(globalThis.location?.search ?? "").get("inbox") ?? "";

/** In place of a name: all inboxes together. */
export const EVERY = "*";

/** Whether the page looks across all inboxes. */
export const SEES_ALL = INBOX === EVERY;

// What can be asked of all inboxes together; of the rest each has its own, and the first one's is meant then.
const ACROSS = /^(?:attempts|events|info|messages(?!\/(?:move|sample)$)|relay\/items$|tags|wait)/u;

// What is the same for all inboxes, and what names its inbox in the body.
const COMMON = /^(?:\.\.|catalogue|clock\/|dialects|grammar|inboxes|profiles|relay(?:$|\/items\/)|routing|webhooks)/u;

/** The parameter by which a request is about the inbox of the page. */
export function whose(path: string, inbox = INBOX): { inbox?: string } {
  const asksNothing = inbox === EVERY ? !ACROSS.test(path) : COMMON.test(path) && !/^clock$/u.test(path);
  return inbox && !asksNothing ? { inbox } : {};
}

/** An address of the page, below its base, that stays in the inbox. */
export function within(path: string, inbox = INBOX): string {
  if (!inbox) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams({ inbox })}`;
}
