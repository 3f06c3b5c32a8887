/** The nonce that the server put into the page for style elements made here (Content-Security-Policy). */
export function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}
