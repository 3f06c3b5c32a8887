import { Button } from "@mantine/core";
import { usePlace } from "../app/place";
import { queries } from "../app/state";
import styles from "./ui.module.css";

/** Something could not be shown: what, why, and what can be done. */
export function Trouble({ title, error }: { title: string; error: Error }) {
  const { go } = usePlace();
  return (
    <div className={styles.trouble} role="alert">
      <h1>{title}</h1>
      <p>{error.message}</p>
      <div className={styles.answers}>
        <Button onClick={() => void queries.refetchQueries({ type: "active" })}>Try again</Button>
        <Button onClick={() => go({ place: { name: "list" } })}>To the list</Button>
      </div>
    </div>
  );
}
