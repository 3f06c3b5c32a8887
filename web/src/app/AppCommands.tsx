import { queueing } from "../relay/dialog";
import { useCommands, type Command } from "../keys/commands";
import type { ViewName } from "../list/scope";
import { change, useSettings } from "../settings/store";
import { focusSearch } from "../search/focus";
import { open, overlay } from "./overlay";
import { usePlace } from "./place";

const VIEWS: [ViewName, string, string][] = [
  ["all", "All mail", "g a"],
  ["unread", "Unread", "g u"],
  ["pinned", "Pinned", "g p"],
  ["files", "Files", "g f"],
  ["refused", "Refused", "g r"],
];

/** The commands that are there everywhere. Draws nothing. */
export function AppCommands() {
  const { go } = usePlace();
  const now = useSettings();
  const views = VIEWS.map(
    ([view, title, keys]): Command => ({
      name: `go-${view}`, title: `Go to ${title}`, group: "Go", keys: [keys],
      run: () => go({ place: { name: "list" }, scope: { view, q: "" } }),
    }),
  );
  const flip = (name: string, title: string, on: boolean, run: () => void): Command => ({
    name, title: `${title}: turn ${on ? "off" : "on"}`, group: "Settings", run,
  });
  const list: Command[] = [
    ...views,
    { name: "simulate", title: "Simulate: rules", group: "Go", keys: ["g s"], run: () => go({ place: { name: "simulate", view: "rules", item: null } }) },
    { name: "catalogue", title: "Simulate: catalogue of failures", group: "Go", keys: ["g o"], run: () => go({ place: { name: "simulate", view: "catalogue", item: null } }) },
    { name: "address", title: "Simulate: what would an address do?", group: "Go", run: () => go({ place: { name: "simulate", view: "address", item: null } }) },
    { name: "state", title: "Simulate: state and switches", group: "Go", run: () => go({ place: { name: "simulate", view: "state", item: null } }) },
    { name: "sinks", title: "Simulate: sinks, where reports and events go", group: "Go", run: () => go({ place: { name: "simulate", view: "sinks", item: null } }) },
    { name: "queue", title: "Mail that goes on: the queue", group: "Go", run: () => queueing.set(true) },
    { name: "connect", title: "Connect an app", group: "Go", keys: ["g c"], run: () => go({ place: { name: "connect" } }) },
    { name: "search", title: "Search", group: "Go", keys: ["/"], run: focusSearch },
    { name: "palette", title: "Commands", group: "Help", keys: ["mod+k"], quiet: true, run: () => overlay.set((now) => (now === "palette" ? "none" : "palette")) },
    { name: "help", title: "Keys and help", group: "Help", keys: ["?"], run: () => open("help") },
    { name: "settings", title: "Settings", group: "Settings", keys: ["g ,"], run: () => open("settings") },
    { name: "theme-auto", title: "Theme: as the system", group: "Settings", run: () => change({ theme: "auto" }) },
    { name: "theme-light", title: "Theme: light", group: "Settings", run: () => change({ theme: "light" }) },
    { name: "theme-dark", title: "Theme: dark", group: "Settings", run: () => change({ theme: "dark" }) },
    {
      name: "density", title: now.density === "compact" ? "List: comfortable" : "List: compact", group: "Settings",
      run: () => change({ density: now.density === "compact" ? "comfortable" : "compact" }),
    },
    {
      name: "time", title: now.time === "relative" ? "Times: as a clock" : "Times: how long ago", group: "Settings",
      run: () => change({ time: now.time === "relative" ? "absolute" : "relative" }),
    },
    flip("follow", "Open the newest as it arrives", now.followNewest, () => change({ followNewest: !now.followNewest })),
    flip("mark-read", "Mark as read when opened", now.markRead, () => change({ markRead: !now.markRead })),
    flip("single-keys", "Single keys", now.singleKeys, () => change({ singleKeys: !now.singleKeys })),
  ];
  useCommands(list);
  return null;
}
