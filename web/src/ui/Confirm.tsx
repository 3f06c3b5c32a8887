import { Button, Modal } from "@mantine/core";
import { confirmStore } from "./confirm";
import { useStore } from "./store";
import styles from "./ui.module.css";

/** The one question that is asked before something cannot be taken back. */
export function Confirm() {
  const question = useStore(confirmStore);
  const close = () => confirmStore.set(null);
  return (
    <Modal opened={question !== null} onClose={close} title={question?.title} size="sm" withCloseButton={false}>
      <p className={styles.question}>{question?.text}</p>
      <div className={styles.answers}>
        <Button onClick={close}>Cancel</Button>
        <Button
          data-autofocus
          variant="filled"
          color="red.8"
          onClick={() => {
            question?.run();
            close();
          }}
        >
          {question?.label}
        </Button>
      </div>
    </Modal>
  );
}
