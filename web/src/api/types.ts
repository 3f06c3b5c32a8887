/**
 * What API v2 answers, under the names that the page uses. Instants are RFC 3339 strings in UTC with
 * microseconds. The shapes are generated; only the frames of the live feed, which OpenAPI cannot
 * describe, are written here.
 */
import type { Attempt, Counts, Info, Summary } from "./schema";

export type {
  Attempt, AttemptDetail, Counts, Defect, Envelope, Folders, Hop, Info, Line, Part as File, Recipient, Reply, Session, Summary, Tags, Transcript,
  Correspondent as Address, Detail as Message, HeaderField as Field, MessageList as Page, PartTree as Part, ProblemDetails as Problem,
} from "./schema";

export type Row = Summary | Attempt;
export type RemoteContent = Info["remote_content"];

export type Change =
  | { kind: "added"; messages: Row[] }
  | { kind: "changed"; messages: { id: string; seen?: boolean; pinned?: boolean }[] }
  | { kind: "tagged"; messages: { id: string; tags: string[] }[] }
  | { kind: "tags" }
  | { kind: "removed"; ids: string[] }
  | { kind: "delivery"; ids: string[] }
  | { kind: "cleared" }
  | { kind: "rules" }
  | { kind: "clock" }
  | { kind: "sinks" }
  | { kind: "relay" }
  | { kind: "folders" };

export type Frame =
  | { resync: true; cursor: string }
  | { resync?: false; cursor: string; changes: Change[]; counts: Counts };

/** Which messages a change is for; `mailbox` is the folder to look in. */
export type Selection = { ids: string[] } | { query: string; mailbox?: string | undefined } | { all: true; mailbox?: string | undefined };
