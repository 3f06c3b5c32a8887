import { Kbd } from "@mantine/core";
import { written } from "./keymap";
import styles from "./help.module.css";

const APPLE = /Mac|iPhone|iPad/u.test(navigator.platform);

/** Keys as caps: "G" then "A". */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className={styles.keys}>
      {written(keys, APPLE).map((one, index) => (
        <Kbd key={index} size="xs">
          {one}
        </Kbd>
      ))}
    </span>
  );
}
