import { createStore } from "../ui/store";

/** The message that shall go on to real people; null while nobody asks for it. */
export const releasing = createStore<string | null>(null);
