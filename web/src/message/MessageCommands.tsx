import { usePlace } from "../app/place";
import type { Summary } from "../api/types";
import { useCommands, type Command } from "../keys/commands";
import { copyText } from "../ui/clipboard";
import { say } from "../ui/toast";
import { apiUrl, messagePath } from "../api/client";
import { bouncing } from "../follow/dialog";
import { releasing } from "../relay/dialog";
import { TAB_NAMES, useTab, useTabs } from "./tabs";

/** The commands that need an open message. Draws nothing. */
export function MessageCommands({ message }: { message: Summary }) {
  const { place } = usePlace();
  const openTab = useTab(message.id);
  const tabs = useTabs(message).map(
    (tab, index): Command => ({
      name: `tab-${tab}`, title: `Show ${TAB_NAMES[tab]}`, group: "Message", keys: index < 9 ? [String(index + 1)] : [], run: () => openTab(tab),
    }),
  );
  const list: Command[] = [
    ...tabs,
    { name: "bounce", title: "Bounce this message", group: "Message", keys: ["b"], run: () => bouncing.set(message.id) },
    { name: "release", title: "Release this message", group: "Message", keys: ["s"], run: () => releasing.set(message.id) },
    { name: "raw", title: "Show the raw source", group: "Message", keys: ["r"], run: () => openTab("source") },
    {
      name: "copy-link", title: "Copy the link to this view", group: "Message", keys: ["c"],
      run: () => void copyText(location.href).then((done) => done && say("Link copied")),
    },
    {
      name: "copy-id", title: "Copy the Message-ID", group: "Message",
      run: () => void copyText(message.message_id).then((done) => done && say("Message-ID copied")),
    },
    {
      name: "download", title: "Download the message", group: "Message",
      run: () => location.assign(apiUrl(messagePath(message.id, "/raw"), { download: true })),
    },
  ];
  useCommands(place.name === "message" ? list : []);
  return null;
}
