"""Changes of an inbox as websocket frames: coalesced, split below 16 kB, encoded once for all clients."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from mailpit_py.api import shape
from mailpit_py.api.answers import encode
from mailpit_py.storage import INBOX, AttemptSummary, Change, Counts, Cursor, Ref, Summary

MAX_PAYLOAD = 15_000
LISTS = {
    "added": b"messages",
    "changed": b"messages",
    "tagged": b"messages",
    "removed": b"ids",
    "delivery": b"ids",
}
# What leaves the list that clients follow; one that was moved is still there when asked for by its id.
LEAVING = ("removed", "moved")
SAYING_LITTLE = ("delivery", "tagged")  # nothing of what the other kinds say

Row = Summary | AttemptSummary
Rows = Callable[[str, tuple[str, ...]], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry of one change; `cursor` is where a client stands that has read this far."""

    kind: str
    entry: bytes
    cursor: Cursor


def text_frame(payload: bytes) -> bytes:
    """One unfragmented, unmasked text frame (RFC 6455 §5.2)."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, length) + payload
    return struct.pack("!BBQ", 0x81, 127, length) + payload


def hello(cursor: Cursor, totals: Counts) -> bytes:
    """The frame that tells a new client where it stands."""
    return text_frame(encode({"cursor": str(cursor), "changes": [], "counts": shape.counts(totals)}))


def resync(cursor: Cursor) -> bytes:
    """The frame that tells a client to read its lists anew and go on from `cursor`."""
    return text_frame(encode({"resync": True, "cursor": str(cursor)}))


def build(start: Cursor, changes: Sequence[Change], rows: Rows, totals: Counts) -> list[bytes]:
    """Frames for the changes of one inbox that follow `start`, in order.

    What a later change of the same batch makes void is left out. A frame that ends within a change
    carries the cursor before it: a client that is cut off there sees that change again, whole.
    """
    tail = b',"counts":' + encode(shape.counts(totals)) + b"}"
    frames, pieces, size = list[bytes](), list[Piece](), 0
    for piece in _pieces(start, _coalesced(changes), rows):
        if pieces and size + len(piece.entry) > MAX_PAYLOAD - len(tail) - 200:
            frames.append(_frame(pieces, tail))
            pieces, size = [], 0
        pieces.append(piece)
        size += len(piece.entry) + 1
    if pieces:
        frames.append(_frame(pieces, tail))
    return frames


def _coalesced(changes: Sequence[Change]) -> list[tuple[Change, list[Ref]]]:
    """Each change with the refs that are still worth telling, oldest first."""
    kept: list[tuple[Change, list[Ref]]] = []
    touched: set[str] = set()
    gone: set[str] = set()
    for change in reversed(list(chain.from_iterable(map(_as_listed, changes)))):
        void = {"added": gone, "delivery": gone, "tagged": gone, "changed": touched}.get(change.kind, set())
        kept.append((change, [ref for ref in change.refs if ref.public_id not in void]))
        if change.kind == "cleared":
            break
        if change.kind not in SAYING_LITTLE:
            touched.update(ref.public_id for ref in change.refs)
        if change.kind in LEAVING:
            gone.update(ref.public_id for ref in change.refs)
    return kept[::-1]


def _as_listed(change: Change) -> Iterator[Change]:
    """A change as the list of what is in INBOX sees it: what is moved there is new, what comes elsewhere is not."""
    match change.kind:
        case "added" | "moved":
            coming = tuple(ref for ref in change.refs if ref.mailbox in (INBOX, ""))
            leaving = tuple(ref for ref in change.refs if ref.mailbox not in (INBOX, ""))
            if coming:
                yield replace(change, kind="added", refs=coming)
            if leaving and change.kind == "moved":
                yield replace(change, refs=leaving)
            if leaving or change.kind == "moved":
                yield replace(change, kind="folders", refs=())
        case "filed" | "mailboxes":
            yield replace(change, kind="folders", refs=())
        case _:
            yield change


def _pieces(start: Cursor, changes: Iterable[tuple[Change, list[Ref]]], rows: Rows) -> Iterator[Piece]:
    before = start
    for change, refs in changes:
        entries = list(_entries(change, refs, rows))
        for number, entry in enumerate(entries, 1):
            cursor = change.cursor if number == len(entries) else before
            yield Piece("removed" if change.kind in LEAVING else change.kind, entry, cursor)
        before = change.cursor


def _entries(change: Change, refs: list[Ref], rows: Rows) -> Iterator[bytes]:
    match change.kind:
        case "cleared" | "rules" | "clock" | "sinks" | "relay" | "tags" | "folders" | "inboxes":
            yield b""
        case "removed" | "moved" | "delivery":
            yield from (encode(ref.public_id) for ref in refs)
        case "changed":
            yield from (encode({"id": ref.public_id, "seen": ref.seen, "pinned": ref.pinned}) for ref in refs)
        case "tagged":
            tags = {row.public_id: row.tags for row in _summaries(change, refs, rows)}
            yield from (encode({"id": name, "tags": list(given)}) for name, given in tags.items())
        case "added":
            found = {row.public_id: row for row in rows(change.inbox, tuple(ref.public_id for ref in refs))}
            yield from (encode(shape.row(found[ref.public_id])) for ref in refs if ref.public_id in found)


def _summaries(change: Change, refs: list[Ref], rows: Rows) -> Iterator[Summary]:
    """Yield the messages of a change, the oldest first."""
    found = {row.public_id: row for row in rows(change.inbox, tuple(ref.public_id for ref in refs))}
    named = (found.get(ref.public_id) for ref in refs)
    yield from (row for row in named if isinstance(row, Summary))


def _frame(pieces: list[Piece], tail: bytes) -> bytes:
    groups = list[tuple[str, list[bytes]]]()
    for piece in pieces:
        if not groups or groups[-1][0] != piece.kind:
            groups.append((piece.kind, []))
        groups[-1][1].append(piece.entry)
    changes = b",".join(_change(kind, entries) for kind, entries in groups)
    head = encode({"cursor": str(pieces[-1].cursor)})[:-1]
    return text_frame(head + b',"changes":[' + changes + b"]" + tail)


def _change(kind: str, entries: list[bytes]) -> bytes:
    if kind not in LISTS:
        return b'{"kind":"' + kind.encode() + b'"}'
    return b'{"kind":"' + kind.encode() + b'","' + LISTS[kind] + b'":[' + b",".join(entries) + b"]}"
