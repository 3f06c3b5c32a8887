import { Button } from "@mantine/core";
import { useStore } from "../ui/store";
import styles from "./frame.module.css";
import { feed } from "./state";

const WORDS = {
  starting: ["Connecting", "The live feed is being opened."],
  live: ["Live", "New mail appears here by itself."],
  lost: ["Connection lost", "Trying again by itself; what arrives meanwhile is caught up."],
  resumed: ["Back again", "Everything that came meanwhile is here."],
} as const;

/** The state of the live feed, in one line of the sidebar. */
export function ConnectionState() {
  const state = useStore(feed.connection);
  const [short, long] = WORDS[state];
  return (
    <div className={styles.state} data-state={state} data-testid="connection" role="status" title={long}>
      <span className={styles.lamp} aria-hidden />
      {short}
    </div>
  );
}

/** A line above the list, only while there is something to say. */
export function ConnectionBanner() {
  const state = useStore(feed.connection);
  if (state === "lost") {
    return (
      <div className={styles.lost} role="alert">
        <span style={{ flex: 1 }}>Connection lost. Trying again; nothing is missed.</span>
        <Button size="compact-xs" onClick={feed.hurry}>
          Try now
        </Button>
      </div>
    );
  }
  if (state !== "resumed") return null;
  return (
    <div className={styles.resumed} role="status">
      Connected again: what came meanwhile is here.
    </div>
  );
}
