/** The envelope beside the header section: who was written on it, and who really got it. */
import type { Address, Message } from "../api/types";

export type Mark = "both" | "envelope-only" | "header-only";

export interface Compared {
  address: string;
  /** Where the header section names it: "To", "Cc", "Bcc". */
  fields: string[];
  mark: Mark;
  accepted: boolean;
}

// The domain is not case sensitive; the local part is almost never, and here only told apart by eye.
const key = (address: string): string => address.trim().toLowerCase();

type Parties = Pick<Message, "to" | "cc" | "bcc" | "envelope">;

/** Every recipient of either, those of the envelope first, in their order. */
export function compareRecipients({ to, cc, bcc, envelope }: Parties): Compared[] {
  const named = new Map<string, { address: string; fields: string[] }>();
  const note = (field: string, addresses: readonly Address[]): void => {
    for (const { address } of addresses) {
      const entry = named.get(key(address)) ?? { address, fields: [] };
      if (!entry.fields.includes(field)) entry.fields.push(field);
      named.set(key(address), entry);
    }
  };
  note("To", to);
  note("Cc", cc);
  note("Bcc", bcc);
  const rows: Compared[] = [];
  const add = (address: string, accepted: boolean): void => {
    const fields = named.get(key(address))?.fields ?? [];
    named.delete(key(address));
    rows.push({ address, fields, mark: fields.length > 0 ? "both" : "envelope-only", accepted });
  };
  for (const { address } of envelope.recipients) add(address, true);
  for (const { address } of envelope.refused) add(address, false);
  for (const { address, fields } of named.values()) rows.push({ address, fields, mark: "header-only", accepted: false });
  return rows;
}

/** The address that a variable envelope return path carries: bounce+ann=x.test@acme.test is for ann@x.test. */
export function verpRecipient(reversePath: string): string | null {
  const local = reversePath.slice(0, Math.max(0, reversePath.lastIndexOf("@")));
  const tagged = local.includes("+") ? local.slice(local.indexOf("+") + 1) : local.slice(local.lastIndexOf("-") + 1);
  const match = tagged === local ? null : /^([^=\s]+)=([^=@\s]+\.[^=@\s]+)$/u.exec(tagged);
  return match ? `${match[1]}@${match[2]}` : null;
}

const domain = (address: string): string => key(address).split("@").at(-1) ?? "";

/** What stands out about who sent it, in sentences. */
export function senderNotes(message: Pick<Message, "from" | "sender" | "reply_to" | "reverse_path">): string[] {
  const { from, reverse_path: path } = message;
  const notes: string[] = [];
  if (path === "") notes.push("The reverse-path is null (<>): nobody is told when delivery fails, as for reports and automatic replies.");
  else if (from && domain(path) !== domain(from.address)) {
    notes.push(`From says ${domain(from.address) || "nothing"}, but failures go to ${domain(path)}: SPF is checked for the latter, DMARC compares both.`);
  }
  const verp = verpRecipient(path);
  if (verp) notes.push(`The reverse-path names its recipient (VERP): ${verp}.`);
  const [reply] = message.reply_to;
  if (reply && from && key(reply.address) !== key(from.address)) notes.push(`Replies go to ${reply.address}, not to the author.`);
  return notes;
}
