import { createStore } from "./store";

/** A question that stands in the middle of the page until it is answered. */
export interface Question {
  title: string;
  text: string;
  label: string;
  run(): void;
}

export const confirmStore = createStore<Question | null>(null);
