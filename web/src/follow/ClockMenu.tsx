import { Menu } from "@mantine/core";
import { IconClock, IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconRestore } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import frame from "../app/frame.module.css";
import { useSettings } from "../settings/store";
import { exact } from "../ui/format";
import { advanced, turned } from "./actions";
import { clockQuery, turn } from "./api";
import { clockWords } from "./words";

const MOVES: [string, number][] = [
  ["Advance 4 hours", 4 * 3_600],
  ["Advance 1 day", 86_400],
  ["Advance 5 days", 5 * 86_400],
];

/** Sandbox time: how it stands, and turning it, which does all that is due on the way. */
export function ClockMenu() {
  const { data: clock } = useQuery(clockQuery);
  const { zone } = useSettings();
  const words = clock && clockWords(clock);
  return (
    <Menu width={230} position="right-end">
      <Menu.Target>
        <button type="button" className={frame.view}>
          <IconClock size={16} aria-hidden /> Clock
          {words && <span className={frame.number}>{words}</span>}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {clock && <Menu.Label>{exact(clock.now, zone)}</Menu.Label>}
        {MOVES.map(([label, seconds]) => (
          <Menu.Item key={label} leftSection={<IconPlayerTrackNext size={15} />} onClick={() => void advanced(turn.advance(seconds))}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {clock?.is_frozen ? (
          <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => void turned(turn.resume())}>
            Run on
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconPlayerPause size={15} />} onClick={() => void turned(turn.freeze())}>
            Stand still
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconRestore size={15} />} disabled={!words} onClick={() => void turned(turn.reset())}>
          Back to the time of day
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
