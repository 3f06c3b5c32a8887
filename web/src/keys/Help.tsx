import { Modal } from "@mantine/core";
import { useStore } from "../ui/store";
import { useSettings } from "../settings/store";
import { commands, type Command } from "./commands";
import styles from "./help.module.css";
import { Keys } from "./Keys";

const GROUPS: Command["group"][] = ["List", "Message", "View", "Go", "Settings", "Help"];

/** The map of all keys that do something now. */
export default function Help({ onClose }: { onClose(): void }) {
  const all = [...useStore(commands).values()].filter((command) => command.keys?.length);
  const { singleKeys } = useSettings();
  return (
    <Modal opened onClose={onClose} title="Keys" size={760} closeButtonProps={{ "aria-label": "Close" }}>
      {!singleKeys && <p className={styles.note}>Single keys are switched off in the settings; those with Ctrl or ⌘ work.</p>}
      <div className={styles.columns}>
        {GROUPS.map((group) => ({ group, list: all.filter((command) => command.group === group) }))
          .filter(({ list }) => list.length > 0)
          .map(({ group, list }) => (
            <section key={group} className={styles.group}>
              <h3>{group}</h3>
              <dl>
                {list.map((command) => (
                  <div key={command.name} className={styles.line}>
                    <dt>{command.title}</dt>
                    <dd>{command.keys?.map((keys) => <Keys key={keys} keys={keys} />)}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
      <p className={styles.note}>
        A mail shown as HTML is a page of its own: after a click inside it, keys go to it. A click anywhere outside, or on the note
        that appears above it, gives them back.
      </p>
    </Modal>
  );
}
