import { createStore } from "../ui/store";

/** Whether the queue of what goes on is shown. */
export const queueing = createStore(false);

/** The message that shall go on to real people; null while nobody asks for it. */
export const releasing = createStore<string | null>(null);
