import { Button, Modal, NativeSelect, SegmentedControl, Switch } from "@mantine/core";
import type { ReactNode } from "react";
import { useQuery } from "@tanstack/react-query";
import { infoQuery } from "../app/Sidebar";
import { say } from "../ui/toast";
import type { Settings } from "./settings";
import { change, useSettings } from "./store";
import styles from "./settings.module.css";

type Choice = [value: string, label: string];

export default function SettingsDialog({ onClose }: { onClose(): void }) {
  return (
    <Modal opened onClose={onClose} title="Settings" size={560} closeButtonProps={{ "aria-label": "Close" }}>
      <Looks />
      <Reading />
      <p className={styles.note}>Kept in this browser, for this sandbox.</p>
    </Modal>
  );
}

function Looks() {
  const now = useSettings();
  return (
    <>
      <Pick name="theme" title="Theme" choices={[["auto", "Auto"], ["light", "Light"], ["dark", "Dark"]]} />
      <Pick name="density" title="List" choices={[["comfortable", "Comfortable"], ["compact", "Compact"]]} />
      <Pick name="time" title="Times" choices={[["relative", "How long ago"], ["absolute", "As a clock"]]} />
      <Line title="Time zone">
        <NativeSelect
          size="xs"
          aria-label="Time zone"
          value={now.zone}
          onChange={(event) => change({ zone: event.currentTarget.value })}
          data={[{ value: "", label: "As this computer" }, "UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")]}
        />
      </Line>
    </>
  );
}

function Reading() {
  const now = useSettings();
  const { data: info } = useQuery(infoQuery);
  const fixed = info?.remote_content === "never";
  return (
    <>
      <Flag name="markRead" title="Mark as read when opened" />
      <Flag name="followNewest" title="Open the newest as it arrives" />
      <Notifications />
      <Line title="Remote content" note={fixed ? "The sandbox was started with --remote-content=never." : undefined}>
        <NativeSelect
          size="xs"
          aria-label="Remote content"
          disabled={fixed}
          value={fixed ? "never" : now.remote}
          onChange={(event) => change({ remote: event.currentTarget.value as Settings["remote"] })}
          data={[
            { value: "server", label: `As the sandbox says (${info?.remote_content ?? "ask"})` },
            { value: "ask", label: "Ask for each mail" },
            { value: "always", label: "Always load" },
            { value: "never", label: "Never load" },
          ]}
        />
      </Line>
      {now.trusted.length > 0 && (
        <Line title={`Always loaded for ${now.trusted.length === 1 ? "one sender" : `${now.trusted.length} senders`}`} note={now.trusted.join(", ")}>
          <Button size="compact-sm" onClick={() => change({ trusted: [] })}>
            Forget
          </Button>
        </Line>
      )}
      <Flag name="singleKeys" title="Single keys" note="Off: letters do nothing; Ctrl+K or ⌘K still reaches everything." />
    </>
  );
}

function Line({ title, note, children }: { title: string; note?: string | undefined; children: ReactNode }) {
  return (
    <div className={styles.line}>
      <div>
        {title}
        {note && <div className={styles.note}>{note}</div>}
      </div>
      {children}
    </div>
  );
}

function Pick({ name, title, choices }: { name: "theme" | "density" | "time"; title: string; choices: Choice[] }) {
  const now = useSettings();
  return (
    <Line title={title}>
      <SegmentedControl
        aria-label={title}
        value={now[name]}
        onChange={(value) => change({ [name]: value } as Partial<Settings>)}
        data={choices.map(([value, label]) => ({ value, label }))}
      />
    </Line>
  );
}

function Flag({ name, title, note }: { name: "markRead" | "followNewest" | "singleKeys"; title: string; note?: string }) {
  const now = useSettings();
  return (
    <Line title={title} note={note}>
      <Switch aria-label={title} checked={now[name]} onChange={(event) => change({ [name]: event.currentTarget.checked })} />
    </Line>
  );
}

function Notifications() {
  const { notifications } = useSettings();
  const possible = typeof Notification !== "undefined" && isSecureContext;
  const flip = async (on: boolean) => {
    if (!on) return change({ notifications: false });
    const answer = await Notification.requestPermission();
    change({ notifications: answer === "granted" });
    if (answer !== "granted") say("The browser does not allow notifications for this page.", { kind: "error" });
  };
  return (
    <Line title="Desktop notifications" note={possible ? "While this page is in the background." : "Browsers allow them on https and localhost only."}>
      <Switch aria-label="Desktop notifications" disabled={!possible} checked={possible && notifications} onChange={(event) => void flip(event.currentTarget.checked)} />
    </Line>
  );
}
