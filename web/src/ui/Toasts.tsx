import { Button, CloseButton } from "@mantine/core";
import { useStore } from "./store";
import { dismiss, toasts } from "./toast";
import styles from "./ui.module.css";

export function Toasts() {
  const all = useStore(toasts);
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {all.map(({ key, text, kind, action }) => (
        <div key={key} className={styles.toast} data-kind={kind}>
          <span>{text}</span>
          {action && (
            <Button size="compact-sm" variant="subtle" className={styles.action ?? ""} onClick={action.run}>
              {action.label}
            </Button>
          )}
          <CloseButton size="sm" aria-label="Close this note" className={styles.closing ?? ""} onClick={() => dismiss(key)} />
        </div>
      ))}
    </div>
  );
}
