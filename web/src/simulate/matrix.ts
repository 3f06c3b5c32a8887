/** The catalogue as a matrix: scenarios down, providers across, a cell where a provider has words of its own. */
import type { Cell } from "./types";

export interface MatrixRow {
  scenario: string;
  cells: ReadonlyMap<string, Cell>;
  /** The sandbox's own words, which stand in for every provider without any. */
  generic: Cell;
}

export interface Group {
  title: string;
  rows: readonly MatrixRow[];
}

export const GENERIC = "generic";

const SUBJECTS = [
  "Anything else", "The address", "The mailbox", "The mail system", "Network and routing", "The protocol", "The content", "Security and policy",
];

export const cellKey = (scenario: string, provider: string): string => `${scenario}/${provider}`;

/** Rows in the order of the subject that their enhanced code has (RFC 3463 §3), which groups them. */
export function rowsOf(cells: readonly Cell[]): MatrixRow[] {
  const rows = new Map<string, Map<string, Cell>>();
  for (const cell of cells) {
    const row = rows.get(cell.scenario) ?? new Map<string, Cell>();
    rows.set(cell.scenario, row.set(cell.provider, cell));
  }
  return [...rows].flatMap(([scenario, own]) => {
    const generic = own.get(GENERIC);
    return generic ? [{ scenario, cells: own, generic }] : [];
  });
}

export function groupsOf(rows: readonly MatrixRow[]): Group[] {
  return SUBJECTS.map((title, index) => ({ title, rows: rows.filter((row) => subjectOf(row) === index) })).filter((group) => group.rows.length > 0);
}

function subjectOf({ generic }: MatrixRow): number {
  const subject = Number(generic.reply.status.split(".")[1] ?? 0);
  return subject in SUBJECTS ? subject : 0;
}

/** Rows in which every word occurs: in the name, a code, a reply, a provider's name or the explanation. */
export function filterRows(rows: readonly MatrixRow[], text: string): MatrixRow[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return [...rows];
  return rows.filter((row) => {
    const hay = haystackOf(row);
    return words.every((word) => hay.includes(word));
  });
}

const haystacks = new WeakMap<MatrixRow, string>();

function haystackOf(row: MatrixRow): string {
  const known = haystacks.get(row);
  if (known !== undefined) return known;
  const cells = [...row.cells.values()];
  const parts = cells.flatMap(({ provider, reply }) => [provider, reply.code, reply.status, reply.text]);
  const hay = [row.scenario, row.scenario.replaceAll("_", " "), row.generic.explanation, ...parts].join("\n").toLowerCase();
  haystacks.set(row, hay);
  return hay;
}

const STEPS: Record<string, [down: number, right: number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

/** The next cell in the direction of an arrow key; gaps are jumped over, at the edge it stays. */
export function nextCell(rows: readonly MatrixRow[], providers: readonly string[], at: Cell | null, key: string): Cell | null {
  const step = STEPS[key];
  if (!step || rows.length === 0) return null;
  if (!at) return rows[0]?.generic ?? null;
  let row = rows.findIndex(({ scenario }) => scenario === at.scenario);
  let column = providers.indexOf(at.provider);
  for (;;) {
    row += step[0];
    column += step[1];
    const line = rows[row];
    const provider = providers[column];
    if (!line || provider === undefined) return at;
    const cell = line.cells.get(provider);
    if (cell) return cell;
    // Down a column that has nothing here, the generic words are never far.
    if (step[0] !== 0 && !rows.some((one, index) => (index - row) * step[0] > 0 && one.cells.has(provider))) return at;
  }
}

/** A cell's address on each of the sandbox's own domains; validators refuse some of them. */
export function addressesOf({ address }: Pick<Cell, "address">, domains: readonly string[]): string[] {
  const [local = ""] = address.split("@");
  return [...new Set([address, ...domains.map((domain) => `${local}@${domain}`)])];
}

/** Whether the address says it later than the provider would: no recipient is known before RCPT. */
export const isEarly = ({ stage }: Pick<Cell, "stage">): boolean => stage !== "RCPT" && stage !== "CONTENT";

/** A new rule with a cell, as it stands in the page's address: the outcome, and the stage where that is not the usual one. */
export function ruleItem(cell: Pick<Cell, "scenario" | "provider" | "stage">): string {
  const outcome = cell.provider === GENERIC ? cell.scenario : `${cell.scenario}+${cell.provider}`;
  return ["new", outcome, ...(isEarly(cell) ? [cell.stage] : [])].join("/");
}

export const toneOf = (code: number): "bad" | "warn" | "ok" => (code >= 500 ? "bad" : code >= 400 ? "warn" : "ok");
