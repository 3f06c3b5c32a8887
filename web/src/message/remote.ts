/** Whether a mail may load what lies outside it. */
import type { RemoteContent } from "../api/types";
import type { Settings } from "../settings/settings";

export interface RemoteQuestion {
  server: RemoteContent;
  settings: Pick<Settings, "remote" | "trusted">;
  sender: string;
  /** The reader asked for this one mail. */
  once: boolean;
}

export type RemoteAnswer = "load" | "ask" | "block";

/** The server's `never` is final; otherwise one's own choice stands over the server's. */
export function remoteAnswer({ server, settings, sender, once }: RemoteQuestion): RemoteAnswer {
  const choice = settings.remote === "server" ? server : settings.remote;
  if (server === "never" || choice === "never") return "block";
  if (choice === "always" || once) return "load";
  return sender !== "" && settings.trusted.includes(sender.toLowerCase()) ? "load" : "ask";
}

const LOCAL_SUFFIXES = [".local", ".internal", ".svc", ".lan", ".home.arpa", ".localdomain"];

/** Names that often exist only inside a network of containers, where this browser is not. */
export function perhapsUnreachable(host: string): boolean {
  const name = host.replace(/:\d+$/u, "").toLowerCase();
  if (name === "localhost" || name.startsWith("[") || /^[\d.]+$/u.test(name)) return false;
  return !name.includes(".") || LOCAL_SUFFIXES.some((suffix) => name.endsWith(suffix));
}
