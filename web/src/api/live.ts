/** The live feed: one websocket that comes back by itself and goes on where it stopped. */
import { createStore } from "../ui/store";
import { eventsUrl } from "./client";
import type { Frame } from "./types";

export type Connection = "starting" | "live" | "lost" | "resumed";

/** How long to wait before the nth attempt to come back, in milliseconds. */
export function pauseBefore(attempt: number, chance: () => number = Math.random): number {
  const base = Math.min(8_000, 250 * 2 ** attempt);
  return base / 2 + (base / 2) * chance();
}

const RESUMED_MS = 2_500;
const SILENT_LOSS_MS = 1_200;

export class Feed {
  readonly connection = createStore<Connection>("starting");
  private socket: WebSocket | null = null;
  private cursor: string | null = null;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private notice: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onFrame: (frame: Frame) => void,
    private readonly url: (cursor: string | null) => string = eventsUrl,
  ) {}

  /** Begin at a cursor, unless the feed runs already; true if it begins. */
  start(cursor: string): boolean {
    if (this.cursor !== null) return false;
    this.cursor = cursor;
    this.connect();
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    return true;
  }

  /** Try at once instead of waiting for the next attempt. */
  readonly hurry = (): void => {
    if (this.socket !== null || document.hidden || this.cursor === null) return;
    this.attempt = 0;
    this.connect();
  };

  private connect(): void {
    clearTimeout(this.retry);
    const socket = new WebSocket(this.url(this.cursor));
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => this.receive(JSON.parse(String(event.data)) as Frame);
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private opened(): void {
    this.attempt = 0;
    clearTimeout(this.notice);
    if (this.connection.get() !== "lost") return this.connection.set("live");
    this.connection.set("resumed");
    this.notice = setTimeout(() => this.connection.set("live"), RESUMED_MS);
  }

  private receive(frame: Frame): void {
    this.cursor = frame.cursor;
    this.onFrame(frame);
  }

  private lost(): void {
    this.socket = null;
    this.retry = setTimeout(() => this.connect(), pauseBefore(this.attempt));
    this.attempt += 1;
    clearTimeout(this.notice);
    // A short gap, as when the machine wakes up, is not worth a word.
    this.notice = setTimeout(() => this.connection.set("lost"), this.attempt > 1 ? 0 : SILENT_LOSS_MS);
  }
}
