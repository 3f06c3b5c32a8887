/** Owns the list on screen: opens a scope, fills what is in view, follows the feed. No framework in it. */
import { RequestError, type ListRequest } from "../api/client";
import type { Counts, Frame, Page, Row } from "../api/types";
import { createStore, type Store } from "../ui/store";
import { follow } from "./feed";
import { accepts, asksForRefused, leaves, queryOf, searchOf, type Scope } from "./scope";
import {
  EMPTY, fromPage, mark, missingPages, PAGE_SIZE, place, prepend, remove, skipOf, type ListWindow, type Marks,
} from "./window";

export interface ListState {
  scope: Scope;
  window: ListWindow;
  status: "loading" | "ready";
  error: RequestError | null;
  /** Rows that came since the reader left the top. */
  arrived: number;
}

export interface ListSource {
  list(request: ListRequest, signal?: AbortSignal): Promise<Page>;
}

type DataFrame = Exclude<Frame, { resync: true }>;

const HEAD_LIMIT = 1_000;
const REVALIDATE_MS = 400;

export class ListController {
  readonly state: Store<ListState> = createStore<ListState>({
    scope: { view: "all", q: "" }, window: EMPTY, status: "loading", error: null, arrived: 0,
  });
  readonly counts = createStore<Counts | null>(null);
  private opening: AbortController | null = null;
  private paging: AbortController | null = null;
  private early: DataFrame[] = [];
  private view: [number, number] = [0, 0];
  private top = true;
  private later: ReturnType<typeof setTimeout> | undefined;
  private opened = false;

  constructor(
    private readonly source: ListSource,
    private readonly onPage: (page: Page) => void = () => undefined,
    private readonly onArrival: (rows: readonly Row[]) => void = () => undefined,
  ) {}

  /** Show a scope. The rows of the one before stay until the first page is there. */
  async open(scope: Scope, again = false): Promise<void> {
    if (this.opened && !again && searchOf(scope) === searchOf(this.state.get().scope)) return;
    this.opened = true;
    this.opening?.abort();
    this.paging?.abort();
    const opening = (this.opening = new AbortController());
    this.early = [];
    this.patch({ status: "loading", error: null });
    try {
      const page = await this.source.list(this.request(scope, { limit: PAGE_SIZE }), opening.signal);
      if (!opening.signal.aborted) this.show(scope, page);
    } catch (error) {
      if (!opening.signal.aborted) this.fail(scope, error);
    }
    if (this.opening === opening) this.opening = null;
  }

  reload(): Promise<void> {
    return this.open(this.state.get().scope, true);
  }

  private request(scope: Scope, rest: ListRequest): ListRequest {
    return { query: queryOf(scope), mailbox: scope.folder, refused: asksForRefused(scope), ...rest };
  }

  private show(scope: Scope, page: Page): void {
    this.counts.set(page.counts);
    this.patch({ scope, window: fromPage(page), status: "ready", error: null, arrived: 0 });
    // What the feed said while the page was under way is said again; repeating is harmless.
    for (const frame of this.early) this.apply(frame);
    this.early = [];
    this.onPage(page);
    void this.fill();
  }

  private fail(scope: Scope, error: unknown): void {
    const shown = error instanceof RequestError ? error : new RequestError(0, String(error));
    this.patch({ scope, status: "ready", error: shown });
  }

  /** A frame of the live feed. */
  frame(frame: Frame): void {
    // a tag that was renamed stands in rows that nobody names
    if (frame.resync || frame.changes.some(({ kind }) => this.needsReload(kind))) return void this.reload();
    if (this.opening) this.early.push(frame);
    this.apply(frame);
    const added = frame.changes.flatMap((change) => (change.kind === "added" ? change.messages : []));
    if (added.length > 0) this.onArrival(added);
  }

  /** The rows of a folder do not come by the feed: it only says that some came or went. */
  private needsReload(kind: string): boolean {
    return kind === "tags" || (kind === "folders" && this.state.get().scope.folder !== undefined);
  }

  private apply(frame: DataFrame): void {
    this.counts.set(frame.counts);
    const { window: before, scope, arrived } = this.state.get();
    const { window, ask, stale } = follow(before, scope, frame.changes, frame.counts);
    this.patch({ window, arrived: this.top ? 0 : arrived + window.grown - before.grown });
    if (ask || stale) this.soon(ask, stale);
    this.fillGaps();
    if (this.top && window.head.length > HEAD_LIMIT && !this.opening) void this.reload();
  }

  private soon(ask: boolean, stale: boolean): void {
    if (this.later !== undefined) return;
    this.later = setTimeout(() => {
      this.later = undefined;
      if (ask) void this.catchUp();
      if (stale) void this.refill();
    }, REVALIDATE_MS);
  }

  /** Ask what is newer than the newest row, when only the server knows what matches. */
  private async catchUp(): Promise<void> {
    const { scope, window } = this.state.get();
    if (window.newest === null) return this.reload();
    const page = await this.source.list(this.request(scope, { after: window.newest, limit: 200 })).catch(() => null);
    const now = this.state.get();
    if (page === null || searchOf(now.scope) !== searchOf(scope)) return;
    if (page.items.length >= 200) return this.reload();
    const next = prepend(now.window, [...page.items].reverse());
    const newest = page.previous ?? next.newest;
    this.patch({ window: { ...next, newest }, arrived: this.top ? 0 : now.arrived + next.grown - now.window.grown });
  }

  /** Rows went away somewhere below: load what is in view again and forget the rest of the tail. */
  private async refill(): Promise<void> {
    const { window } = this.state.get();
    const [start, end] = this.view;
    const from = Math.max(0, start - window.head.length);
    const to = end - window.head.length;
    const tail = new Map([...window.tail].filter(([index, row]) => (index >= from && index < to) || window.ghosts.has(row.id)));
    this.patch({ window: { ...window, tail } });
    if (to > 0) await this.load([from], to - from);
  }

  /** Tell which slots are in view, so that they are loaded. */
  need(start: number, end: number): void {
    this.view = [start, end];
    void this.fill();
  }

  /** Whether the list stands at its top, where arrivals are seen at once. */
  atTop(top: boolean): void {
    this.top = top;
    if (top && this.state.get().arrived > 0) this.patch({ arrived: 0 });
  }

  private async fill(): Promise<void> {
    const [start, end] = this.view;
    const missing = missingPages(this.state.get().window, start, end);
    if (missing.length > 0) await this.load(missing, PAGE_SIZE);
  }

  /** Rows went away, and others moved into view that are not loaded. A load that is under way is left alone. */
  private fillGaps(): void {
    if (this.paging === null) void this.fill();
  }

  /** Load every slot of a range, however far away. */
  async ensure(start: number, end: number): Promise<void> {
    const missing = missingPages(this.state.get().window, start, end);
    if (missing.length > 0) await this.load(missing, PAGE_SIZE, false);
  }

  private async load(places: readonly number[], count: number, replace = true): Promise<void> {
    if (this.state.get().window.anchor === null) return;
    if (replace) this.paging?.abort();
    const paging = new AbortController();
    if (replace) this.paging = paging;
    await this.fetch(places, count, paging.signal);
    if (this.paging === paging) this.paging = null;
  }

  private async fetch(places: readonly number[], count: number, signal: AbortSignal): Promise<void> {
    const { window, scope } = this.state.get();
    for (const index of places) {
      const request = this.request(scope, { before: window.anchor, skip: skipOf(window, index), limit: Math.min(200, count) });
      const page = await this.source.list(request, signal).catch((error: unknown) => this.pageFailed(error, signal));
      const now = this.state.get().window;
      if (page === null || signal.aborted || now.anchor !== window.anchor) return;
      this.patch({ window: place(now, index, page.items), error: null });
    }
  }

  private pageFailed(error: unknown, signal: AbortSignal): null {
    if (!signal.aborted && error instanceof RequestError) this.patch({ error });
    return null;
  }

  /** Show marks at once, before the server has said that it set them. */
  mark(marks: ReadonlyMap<string, Marks>): void {
    const { window, scope } = this.state.get();
    this.patch({ window: mark(window, marks, (row) => leaves(scope, row)) });
  }

  /** Rows that the server has deleted for us: gone before the feed says so. */
  drop(ids: ReadonlySet<string>): void {
    this.patch({ window: remove(this.state.get().window, ids).window });
    this.fillGaps();
  }

  /** Whether a row would be shown in the scope on screen. */
  shows(row: Row): boolean {
    return accepts(this.state.get().scope, row) === true;
  }

  private patch(changes: Partial<ListState>): void {
    this.state.set((state) => ({ ...state, ...changes }));
  }
}
