import { Button, SegmentedControl } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile, IconDeviceTablet, IconExternalLink, IconMoon, IconPhotoOff, IconSun } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { apiUrl, messagePath } from "../api/client";
import type { Message } from "../api/types";
import { infoQuery } from "../app/Sidebar";
import { change, useSettings } from "../settings/store";
import { visible } from "../ui/bidi";
import { counted } from "../ui/format";
import { createStore, useStore } from "../ui/store";
import { Tip } from "../ui/Tip";
import { perhapsUnreachable, remoteAnswer } from "./remote";
import { useFrameFocus } from "./useFrameFocus";
import html from "./html.module.css";
import styles from "./message.module.css";

type Width = "desktop" | "tablet" | "phone";

/** How mail is looked at; stays from one message to the next. */
const look = createStore<{ width: Width; dark: boolean }>({ width: "desktop", dark: false });
const once = createStore<ReadonlySet<string>>(new Set());

const PIXELS: Record<Width, number | null> = { desktop: null, tablet: 768, phone: 375 };
/** Never allow-scripts, never allow-same-origin: a mail is a page of its own that can do nothing (security.md A1). */
const SANDBOX = "allow-popups allow-popups-to-escape-sandbox";

export function Html({ message }: { message: Message }) {
  const { width, dark } = useStore(look);
  const { data: info } = useQuery(infoQuery);
  const settings = useSettings();
  const asked = useStore(once).has(message.id);
  const sender = message.from?.address.toLowerCase() ?? "";
  const answer = remoteAnswer({ server: info?.remote_content ?? "ask", settings, sender, once: asked });
  const { frame, holds, release } = useFrameFocus();
  const remote = answer === "load";
  const pixels = PIXELS[width];
  return (
    <div className={html.html}>
      <Looks message={message} remote={remote}>
        {holds && (
          <button type="button" className={html.keysNote} onClick={release}>
            Keys go to the mail now. Click here for them to work again.
          </button>
        )}
      </Looks>
      {message.remote_count > 0 && !remote && <RemoteBanner message={message} sender={sender} blocked={answer === "block"} />}
      <div className={html.stage} data-framed={pixels !== null || undefined}>
        <iframe
          ref={frame}
          key={`${message.id}-${remote}`}
          title="The mail as HTML"
          className={html.mail}
          data-dark={dark || undefined}
          sandbox={SANDBOX}
          referrerPolicy="no-referrer"
          src={apiUrl(messagePath(message.id, "/html"), { remote })}
          style={pixels === null ? {} : { width: pixels }}
        />
      </div>
    </div>
  );
}

function Looks({ message, remote, children }: { message: Message; remote: boolean; children: ReactNode }) {
  const now = useStore(look);
  const set = (changes: Partial<typeof now>) => look.set((current) => ({ ...current, ...changes }));
  return (
    <div className={styles.looks}>
      <SegmentedControl
        aria-label="Width of the mail"
        value={now.width}
        onChange={(value) => set({ width: value as Width })}
        data={[
          { value: "desktop", label: <Sign label="Desktop: full width"><IconDeviceDesktop size={16} /></Sign> },
          { value: "tablet", label: <Sign label="Tablet: 768 px"><IconDeviceTablet size={16} /></Sign> },
          { value: "phone", label: <Sign label="Phone: 375 px"><IconDeviceMobile size={16} /></Sign> },
        ]}
      />
      <SegmentedControl
        aria-label="Colour scheme of the mail"
        value={now.dark ? "dark" : "light"}
        onChange={(value) => set({ dark: value === "dark" })}
        data={[
          { value: "light", label: <Sign label="Light mail"><IconSun size={16} /></Sign> },
          { value: "dark", label: <Sign label="Dark mail"><IconMoon size={16} /></Sign> },
        ]}
      />
      <span className={styles.spring} />
      {children}
      <Tip label="Open in a window of its own" onClick={() => window.open(apiUrl(messagePath(message.id, "/html"), { remote }), "_blank", "noopener,noreferrer")}>
        <IconExternalLink size={16} />
      </Tip>
    </div>
  );
}

function Sign({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span className={html.sign} title={label}>
      {children}
      <span className="unseen">{label}</span>
    </span>
  );
}

function RemoteBanner({ message, sender, blocked }: { message: Message; sender: string; blocked: boolean }) {
  const { trusted } = useSettings();
  const hosts = message.remote_hosts;
  const far = hosts.filter(perhapsUnreachable);
  return (
    <div className={html.banner} role="note" aria-label="Remote content">
      <IconPhotoOff size={16} aria-hidden className={html.bannerSign} />
      <div className={html.bannerText}>
        Not loaded from the network: <span className="mono">{hosts.slice(0, 6).map(visible).join(", ")}</span>
        {hosts.length > 6 && ` and ${counted(hosts.length - 6, "more host", "more hosts")}`}
        {far.length > 0 && <div className="dim">{far.map(visible).join(", ")} may exist only inside a container network, out of this browser’s reach.</div>}
      </div>
      {!blocked && (
        <div className={html.bannerActions}>
          <Button size="compact-sm" onClick={() => once.set((ids) => new Set([...ids, message.id]))}>
            Load once
          </Button>
          {sender && (
            <Button size="compact-sm" variant="subtle" onClick={() => change({ trusted: [...trusted, sender] })}>
              Always for this sender
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" onClick={() => change({ remote: "always" })}>
            Always here
          </Button>
        </div>
      )}
    </div>
  );
}
