import "@mantine/core/styles/Drawer.css";
import { Drawer } from "@mantine/core";
import { Sidebar } from "./Sidebar";

/** The sidebar where the window is too narrow for it. */
export default function ViewsDrawer({ onClose }: { onClose(): void }) {
  return (
    <Drawer opened onClose={onClose} size={220} withCloseButton={false} padding={0} title={null} attributes={{ content: { "aria-label": "Views" } }} transitionProps={{ duration: 100 }}
      styles={{ body: { height: "100%", display: "flex" }, content: { background: "var(--bg-side)" } }}>
      <Sidebar onGo={onClose} />
    </Drawer>
  );
}
