import { createStore } from "../ui/store";

/** Which overlay is open; there is one at a time. */
export type Overlay = "none" | "palette" | "help" | "settings" | "views";

export const overlay = createStore<Overlay>("none");

export const open = (which: Overlay): void => overlay.set(which);

/** What was typed between asking for the palette and seeing it. */
export const ahead = createStore("");
export const close = (): void => overlay.set("none");
