/** The MIME tree as a list, and how a part can be shown. */
import type { Part } from "../api/types";
import { visible } from "../ui/bidi";

export interface Node {
  part: Part;
  depth: number;
}

/** The tree depth first. */
export function flatten(part: Part, depth = 0): Node[] {
  return [{ part, depth }, ...part.children.flatMap((child) => flatten(child, depth + 1))];
}

export type Preview = "image" | "text" | "calendar" | "message" | "container" | "hex";

const RASTER = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"]);
const TEXTUAL = /^(?:text\/|message\/(?:delivery-status|disposition-notification|rfc822-headers|feedback-report)|application\/(?:json|xml|javascript|x-www-form-urlencoded|[\w.-]+\+(?:json|xml)))/u;

export function previewOf({ content_type: type, is_message, children }: Pick<Part, "content_type" | "is_message" | "children">): Preview {
  if (type.startsWith("multipart/")) return children.length > 0 ? "container" : "text";
  if (is_message || type === "message/rfc822") return "message";
  if (RASTER.has(type)) return "image";
  if (type === "text/calendar") return "calendar";
  return TEXTUAL.test(type) ? "text" : "hex";
}

/** Whether a browser may show it as a picture: raster formats only. */
export const isPicture = (part: Pick<Part, "content_type">): boolean => RASTER.has(part.content_type);

/** What a part is called in a list of files. */
export function fileName(part: Pick<Part, "filename" | "content_type" | "path" | "is_message">): string {
  if (part.filename) return visible(part.filename);
  return part.is_message ? "message.eml" : `part ${part.path || "0"} (${visible(part.content_type)})`;
}

/** Bytes as lines of "offset  16 bytes in hex  the same as text". */
export function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0"));
    const left = hex.slice(0, 8).join(" ").padEnd(23);
    const right = hex.slice(8).join(" ").padEnd(23);
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${left}  ${right}  ${text}`);
  }
  return lines;
}
