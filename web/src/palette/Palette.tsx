import { Modal } from "@mantine/core";
import { useEffect, useMemo, useState, type KeyboardEvent } from "react";
import { ahead } from "../app/overlay";
import { usePlace } from "../app/place";
import { commands, type Command } from "../keys/commands";
import { Keys } from "../keys/Keys";
import { useStore } from "../ui/store";
import { rank } from "./rank";
import styles from "./palette.module.css";

/** Every action and setting by name. What is no command can be searched for in the mail. */
export default function Palette({ onClose }: { onClose(): void }) {
  const all = useStore(commands);
  const { go } = usePlace();
  const [text, setText] = useState("");
  useEffect(() => {
    const take = () => {
      const early = ahead.get();
      if (early === "") return;
      ahead.set("");
      setText((typed) => typed + early);
    };
    take();
    return ahead.subscribe(take);
  }, []);
  const [at, setAt] = useState(0);
  const found = useMemo(() => {
    const offered = rank([...all.values()].filter((command) => !command.quiet), text);
    const search: Command = {
      name: "search-for", title: `Search mail for “${text.trim()}”`, group: "Go",
      run: () => go({ place: { name: "list" }, scope: { view: "all", q: text.trim() } }),
    };
    return text.trim() ? [...offered, search] : offered;
  }, [all, text, go]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    setTimeout(() => command.run(), 0); // after the dialog has given the focus back
  };
  const key = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move) setAt((at + move + found.length) % found.length);
    else if (event.key === "Enter") run(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal opened onClose={onClose} withCloseButton={false} padding={0} size={560} yOffset="12vh" centered={false} attributes={{ content: { "aria-label": "Commands" } }} title={null}>
      <input
        className={styles.input}
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={found[at] ? `command-${found[at].name}` : undefined}
        aria-label="Command"
        placeholder="What would you like to do?"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={key}
      />
      <div className={styles.list} id="palette-list" role="listbox" aria-label="Commands" tabIndex={-1}>
        {found.map((command, index) => (
          <Option key={command.name} command={command} active={index === at} onRun={() => run(command)} onPoint={() => setAt(index)} />
        ))}
      </div>
    </Modal>
  );
}

interface OptionProps {
  command: Command;
  active: boolean;
  onRun(): void;
  onPoint(): void;
}

function Option({ command, active, onRun, onPoint }: OptionProps) {
  return (
    <div
      id={`command-${command.name}`}
      role="option"
      aria-selected={active}
      className={styles.option}
      ref={(element) => {
        if (active) element?.scrollIntoView({ block: "nearest" });
      }}
      onClick={onRun}
      onMouseMove={onPoint}
    >
      <span className={styles.group}>{command.group}</span>
      <span className={styles.name}>{command.title}</span>
      {command.keys?.[0] && <Keys keys={command.keys[0]} />}
    </div>
  );
}
