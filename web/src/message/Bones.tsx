import styles from "./message.module.css";

const WIDTHS = [42, 88, 80, 91, 64, 0, 76, 85, 33];

/** The shape of text that is on its way. */
export function Bones() {
  return (
    <div className={styles.bones} aria-hidden>
      {WIDTHS.map((width, index) => (
        <div key={index} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
