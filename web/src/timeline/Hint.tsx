import { IconAt } from "@tabler/icons-react";
import { usePlace } from "../app/place";
import { visible } from "../ui/bidi";
import { suggestionIn } from "./hint";
import notes from "../message/notes.module.css";
import styles from "./timeline.module.css";

/** A recipient looks like a simulation address and is none: what was probably meant. */
export function Hint({ text }: { text: string }) {
  const { go } = usePlace();
  const suggestion = suggestionIn(text);
  return (
    <button
      type="button"
      className={notes.warning}
      title="What would this address do?"
      onClick={() => go({ place: { name: "simulate", view: "address", item: suggestion } })}
    >
      <IconAt size={14} aria-hidden />
      <span className={styles.hint}>{suggestion ? <>Looks like a simulation address and is none. Did you mean {visible(suggestion)}?</> : visible(text)}</span>
    </button>
  );
}
