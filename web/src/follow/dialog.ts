import { createStore } from "../ui/store";

/** The message that shall bounce; null while nobody asks for it. */
export const bouncing = createStore<string | null>(null);
