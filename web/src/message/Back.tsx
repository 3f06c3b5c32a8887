import { IconArrowLeft } from "@tabler/icons-react";
import { runCommand } from "../keys/commands";
import { NARROW, useMedia } from "../ui/media";
import { Tip } from "../ui/Tip";

/** The way back to the list, where what is open hides it. */
export function Back() {
  if (!useMedia(NARROW)) return null;
  return (
    <Tip label="Back to the list" keys="Esc" onClick={() => runCommand("back")}>
      <IconArrowLeft size={18} />
    </Tip>
  );
}
