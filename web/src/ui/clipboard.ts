import { say } from "./toast";

/** Put text on the clipboard, also where the page is not served over https. Says so when it cannot. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (legacyCopy(text)) return true;
    say("The browser did not allow copying.", { kind: "error" });
    return false;
  }
}

// navigator.clipboard exists on https and localhost only; a sandbox is often opened by another name.
function legacyCopy(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
