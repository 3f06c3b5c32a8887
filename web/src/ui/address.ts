/** Addresses and names as people read them. */
import type { Address, Row } from "../api/types";
import { visible } from "./bidi";

export const nameOf = (address: Address | null): string => (address ? address.name.trim() || address.address : "");

export const full = ({ name, address }: Address): string => (name.trim() ? `${name} <${address}>` : address);

/** Who a list row is from: the author, else the reverse-path. */
export function sender(row: Row): string {
  if (row.kind === "attempt") return visible(row.reverse_path) || "<> (null reverse-path)";
  return visible(nameOf(row.from)) || visible(row.reverse_path) || "no sender";
}

export const subjectOf = (subject: string): string => visible(subject).trim() || "(no subject)";
