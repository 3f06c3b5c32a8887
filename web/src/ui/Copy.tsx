import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { copyText } from "./clipboard";

/** A small button that copies; its label says what. */
export function Copy({ value, label, size = 22 }: { value: string; label: string; size?: number }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    if (!(await copyText(value))) return;
    setDone(true);
    setTimeout(() => setDone(false), 1_200);
  };
  return (
    <Tooltip label={done ? "Copied" : label}>
      <ActionIcon size={size} aria-label={label} onClick={copy} color={done ? "iris" : "gray"}>
        {done ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}
