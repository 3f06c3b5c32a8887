import { Button } from "@mantine/core";
import { IconArrowLeft, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import { usePlace } from "../app/place";
import { infoQuery } from "../app/Sidebar";
import { open } from "../app/overlay";
import { Copy } from "../ui/Copy";
import { MEDIUM, useMedia } from "../ui/media";
import { complain, say } from "../ui/toast";
import { Tip } from "../ui/Tip";
import { IconMenu2 } from "@tabler/icons-react";
import styles from "./connect.module.css";
import { RECIPES, type Recipe, type Target } from "./recipes";

const KEY = "mailpit-py:recipe";

function keptRecipe(): string {
  try {
    return localStorage.getItem(KEY) ?? "django";
  } catch {
    return "django";
  }
}

/** How an app is pointed here: address, ready-made settings, and a mail to try it. */
export default function Connect({ firstRun }: { firstRun: boolean }) {
  const { data: info } = useQuery(infoQuery);
  const { go } = usePlace();
  const medium = useMedia(MEDIUM);
  const smtp = info?.smtp.find(({ protocol, port }) => protocol === "smtp" && port > 0) ?? info?.smtp[0];
  const target: Target = { host: smtp?.host ?? location.hostname, port: smtp?.port ?? 1025, auth: info?.auth.smtp === "file", tls: smtp?.tls ?? "none" };
  return (
    <div className={styles.page}>
      <div className={styles.column}>
        <div className={styles.head}>
          {medium && (
            <Tip label="Views" onClick={() => open("views")} size={30}>
              <IconMenu2 size={18} />
            </Tip>
          )}
          {!firstRun && (
            <Tip label="To the list" onClick={() => go({ place: { name: "list" } })} size={30}>
              <IconArrowLeft size={18} />
            </Tip>
          )}
          <h1>{firstRun ? "Ready for your first mail" : "Connect an app"}</h1>
        </div>
        <p className={styles.lead}>
          Point your app’s SMTP settings here. Nothing is delivered anywhere: every message stays in this sandbox and appears on this page the moment it arrives.
        </p>
        {firstRun && (
          <p className={styles.waiting} role="status">
            <span className={styles.pulse} aria-hidden /> Listening on {target.host}:{target.port}. No need to reload.
          </p>
        )}
        <div className={styles.address}>
          <Setting label="Host" value={target.host} />
          <Setting label="Port" value={String(target.port)} />
          <div className={styles.setting}>
            <span className={styles.label}>User and password</span>
            <span>{info?.auth.smtp === "file" ? "as in the password file" : info?.auth.smtp === "off" ? "none" : "none, or any"}</span>
          </div>
          <div className={styles.setting}>
            <span className={styles.label}>Encryption</span>
            <span>{target.tls === "tls" ? "TLS" : target.tls === "starttls" ? "none, or STARTTLS" : "none"}</span>
          </div>
        </div>
        <Try />
        <Recipes target={target} />
        <Others smtp={info?.smtp ?? []} />
      </div>
    </div>
  );
}

function Setting({ label, value }: { label: string; value: string }) {
  return (
    <div className={styles.setting}>
      <span className={styles.label}>{label}</span>
      <span className={styles.big}>
        {value}
        <Copy value={value} label={`Copy the ${label.toLowerCase()}`} />
      </span>
    </div>
  );
}

function Try() {
  const { go } = usePlace();
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      const { id } = await api.sample();
      say("It arrived");
      go({ place: { name: "message", id, tab: null, part: null }, scope: { view: "all", q: "" } });
    } catch (error) {
      complain(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.try}>
      <Button variant="filled" size="sm" leftSection={<IconSend size={16} />} disabled={busy} onClick={() => void send()}>
        Send a test mail
      </Button>
      <span className="dim">It is put in here, as if an app had sent it: to see what you will get.</span>
    </div>
  );
}

function Recipes({ target }: { target: Target }) {
  const [name, setName] = useState(keptRecipe);
  const recipe = RECIPES.find((one) => one.name === name) ?? (RECIPES[0] as Recipe);
  const choose = (next: string) => {
    setName(next);
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // storage is switched off
    }
  };
  const code = recipe.code(target);
  return (
    <section aria-label="Ready-made settings">
      <div className={styles.names} role="group" aria-label="Framework">
        {RECIPES.map((one) => (
          <button key={one.name} type="button" className={styles.pick} aria-pressed={one === recipe} onClick={() => choose(one.name)}>
            {one.label}
          </button>
        ))}
      </div>
      <div className={styles.recipe}>
        <div className={styles.file}>
          <span className="mono">{recipe.file}</span>
          <Copy value={code} label="Copy these settings" size={26} />
        </div>
        <pre tabIndex={0} aria-label={`Settings for ${recipe.label}`}>
          {code}
        </pre>
      </div>
    </section>
  );
}

function Others({ smtp }: { smtp: readonly { host: string; port: number; path: string; tls: string; protocol: string }[] }) {
  if (smtp.length < 2) return null;
  return (
    <p className={styles.others}>
      Also listening:{" "}
      {smtp.slice(1).map((one, index) => (
        <code key={index}>
          {one.protocol.toUpperCase()} {one.path || `${one.host}:${one.port}`}
          {one.tls === "tls" && " (TLS)"}{" "}
        </code>
      ))}
    </p>
  );
}
