import { lazy, Suspense, useEffect, useState } from "react";
import { ListCommands } from "../list/ListCommands";
import { ListPane } from "../list/ListPane";
import { isWhole } from "../list/scope";
import { list } from "../app/state";
import { useStore } from "../ui/store";
import { bouncing } from "../follow/dialog";
import { queueing, releasing } from "../relay/dialog";
import { useMedia, MEDIUM, NARROW } from "../ui/media";
import { useSettings } from "../settings/store";
import { Boundary } from "../ui/Boundary";
import { Confirm } from "../ui/Confirm";
import { Toasts } from "../ui/Toasts";
import { useCommandKeys } from "../keys/useCommandKeys";
import { AppCommands } from "./AppCommands";
import { Arrivals } from "./Arrivals";
import { close, overlay } from "./overlay";
import { usePlace } from "./place";
import { Sidebar } from "./Sidebar";
import { Splitter } from "./Splitter";
import styles from "./frame.module.css";
import { keptWidth } from "./width";

const messagePane = () => import("../message/MessagePane");
const MessagePane = lazy(messagePane);
const AttemptPane = lazy(() => import("../message/AttemptPane"));
const Simulate = lazy(() => import("../simulate/Simulate"));
const Connect = lazy(() => import("../connect/Connect"));
const palette = () => import("../palette/Palette");
const Palette = lazy(palette);
const Help = lazy(() => import("../keys/Help"));
const SettingsDialog = lazy(() => import("../settings/SettingsDialog"));
const BounceDialog = lazy(async () => ({ default: (await import("../follow/BounceDialog")).BounceDialog }));
const ReleaseDialog = lazy(async () => ({ default: (await import("../relay/ReleaseDialog")).ReleaseDialog }));
const QueueDialog = lazy(async () => ({ default: (await import("../relay/QueueDialog")).QueueDialog }));
const Drawer = lazy(() => import("./ViewsDrawer"));

export function Frame() {
  const { place, scope } = usePlace();
  const [width, setWidth] = useState(keptWidth);
  const narrow = useMedia(NARROW);
  const medium = useMedia(MEDIUM);
  const { density } = useSettings();
  const firstRun = useFirstRun();
  useCommandKeys();
  useEffect(haveReady, []);
  useEffect(() => void list.open(scope), [scope]);

  const connect = place.name === "connect" || firstRun;
  const simulate = place.name === "simulate";
  const reading = place.name === "message" || place.name === "attempt";
  return (
    <div className={styles.frame} data-density={density} data-place={connect ? "connect" : place.name}>
      <AppCommands />
      {!simulate && <ListCommands />}
      <Arrivals />
      {!medium && <Sidebar />}
      {!connect && !simulate && !(narrow && reading) && (
        <ListPane width={narrow ? null : width}>{!narrow && <Splitter width={width} onChange={setWidth} />}</ListPane>
      )}
      {(connect || simulate || reading || !narrow) && (
        <main className={styles.main} id="main" tabIndex={-1}>
          <Boundary key={connect ? "connect" : place.name}>
            <Suspense fallback={null}>
              {connect ? <Connect firstRun={firstRun} /> : simulate ? <Simulate view={place.view} item={place.item} /> : <Reading />}
            </Suspense>
          </Boundary>
        </main>
      )}
      <Overlays />
      <Toasts />
    </div>
  );
}

/** Load what is likely wanted next as soon as there is nothing better to do. */
function haveReady(): () => void {
  const timer = setTimeout(() => {
    // What cannot be had now is asked for again when it is wanted.
    void Promise.allSettled([messagePane(), palette()]);
  }, 300);
  return () => clearTimeout(timer);
}

function Reading() {
  const { place } = usePlace();
  if (place.name === "message") return <MessagePane id={place.id} tab={place.tab} part={place.part} />;
  if (place.name === "attempt") return <AttemptPane id={place.id} />;
  return (
    <div className={styles.nothing}>
      <h1 className="unseen">mailpit-py</h1>
      <p>
        Choose a message, or press <kbd>J</kbd> for the newest.
      </p>
      <p className={styles.hints}>
        <kbd>/</kbd> search <kbd>?</kbd> all keys
      </p>
    </div>
  );
}

/** Whether nothing has come yet at all. */
function useFirstRun(): boolean {
  const { place, scope } = usePlace();
  const counts = useStore(list.counts);
  const plain = place.name === "list" && isWhole(scope) && !scope.folder;
  return plain && counts !== null && counts.total === 0 && counts.refused === 0;
}

function Overlays() {
  const which = useStore(overlay);
  const asked = useStore(bouncing) !== null;
  const released = useStore(releasing) !== null;
  const queued = useStore(queueing);
  return (
    <>
      <Confirm />
      <Boundary key={which}>
        <Suspense fallback={null}>
          {which === "palette" && <Palette onClose={close} />}
          {which === "help" && <Help onClose={close} />}
          {which === "settings" && <SettingsDialog onClose={close} />}
          {which === "views" && <Drawer onClose={close} />}
          {asked && <BounceDialog />}
          {released && <ReleaseDialog />}
          {queued && <QueueDialog />}
        </Suspense>
      </Boundary>
    </>
  );
}
