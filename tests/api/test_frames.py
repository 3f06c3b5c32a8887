"""Changes as websocket frames: order, coalescing, size, cursors."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from mailpit_py.api import frames
from mailpit_py.storage import Change, Counts, Cursor, Ref, Summary

START = Cursor("e", 10)


def ref(name: str, *, seen: bool = False, mailbox: str = "INBOX") -> Ref:
    return Ref(public_id=name, id=1, mailbox=mailbox, uid=1, seen=seen)


def change(seq: int, kind: str, *refs: Ref) -> Change:
    return Change(cursor=Cursor("e", seq), inbox="default", kind=kind, refs=refs, at=0)


def row(name: str) -> Summary:
    values: dict[str, Any] = dict.fromkeys(Summary.__slots__, "")
    values |= dict.fromkeys(("to", "recipients", "flags", "tags"), ())
    values |= dict.fromkeys(("received_at", "date", "from_"), None)
    return Summary(**{**values, "public_id": name, "subject": f"mail {name}", "id": 1})


def build(*changes: Change, gone: tuple[str, ...] = ()) -> list[bytes]:
    def rows(_inbox: str, public_ids: tuple[str, ...]) -> list[Summary]:
        return [row(name) for name in reversed(public_ids) if name not in gone]

    return frames.build(START, changes, rows, Counts(total=3))


def payload(encoded: bytes) -> dict[str, Any]:
    """Take one unmasked text frame apart, octet by octet (RFC 6455 §5.2)."""
    assert encoded[0] == 0x81
    length, start = encoded[1], 2
    if length == 126:
        (length,), start = struct.unpack("!H", encoded[2:4]), 4
    elif length == 127:
        (length,), start = struct.unpack("!Q", encoded[2:10]), 10
    assert len(encoded) == start + length
    value: dict[str, Any] = json.loads(encoded[start:])
    return value


def told(built: list[bytes]) -> list[Any]:
    """All changes of all frames, reduced to names."""
    found: list[Any] = []
    for frame in built:
        for one in payload(frame)["changes"]:
            entries = one.get("ids") or [entry["id"] for entry in one.get("messages", [])]
            found.append((one["kind"], entries))
    return found


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_says_its_length(length: int) -> None:
    text = json.dumps({"a": "x" * length}).encode()
    assert payload(frames.text_frame(text)) == json.loads(text)


def test_changes_are_told_in_order_with_the_counts() -> None:
    built = build(
        change(11, "added", ref("a"), ref("b")),
        change(12, "changed", ref("x", seen=True)),
        change(13, "removed", ref("y")),
    )
    assert told(built) == [("added", ["a", "b"]), ("changed", ["x"]), ("removed", ["y"])]
    assert payload(built[0])["cursor"] == "e.13"
    assert payload(built[0])["counts"]["total"] == 3


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([change(11, "added", ref("a")), change(12, "added", ref("b"))], [("added", ["a", "b"])]),
        ([change(11, "added", ref("a")), change(12, "changed", ref("a", seen=True))],
         [("added", ["a"]), ("changed", ["a"])]),
        ([change(11, "added", ref("a")), change(12, "removed", ref("a"))], [("removed", ["a"])]),
        ([change(11, "changed", ref("a")), change(12, "changed", ref("a", seen=True))], [("changed", ["a"])]),
        ([change(11, "changed", ref("a")), change(12, "removed", ref("a"))], [("removed", ["a"])]),
        ([change(11, "added", ref("a")), change(12, "cleared"), change(13, "added", ref("b"))],
         [("cleared", []), ("added", ["b"])]),
        ([change(11, "cleared")], [("cleared", [])]),
        ([], []),
    ],
)  # fmt: skip
def test_what_a_later_change_makes_void_is_left_out(changes: list[Change], expected: list[Any]) -> None:
    assert told(build(*changes)) == expected


def test_a_message_that_has_gone_meanwhile_is_left_out() -> None:
    assert told(build(change(11, "added", ref("a"), ref("b")), gone=("a",))) == [("added", ["b"])]
    assert build(change(11, "added", ref("a")), gone=("a",)) == []


def test_frames_stay_small_and_cursors_never_skip() -> None:
    many = [ref(f"{number:022}") for number in range(500)]
    built = build(change(11, "added", ref("a")), change(12, "removed", *many), change(13, "added", *many[:50]))
    assert max(len(frame) for frame in built) < 16_000
    assert sum(len(entries) for kind, entries in told(built) if kind == "removed") == 500
    cursors = [payload(frame)["cursor"] for frame in built]
    assert cursors == sorted(cursors)
    assert cursors[-1] == "e.13"
    for frame, cursor in zip(built, cursors, strict=True):
        kinds = [one["kind"] for one in payload(frame)["changes"]]
        last = payload(frame)["changes"][-1].get("ids", [])
        if kinds[-1] == "removed" and last[-1] != many[-1].public_id:
            assert cursor == "e.11"  # a client that is cut off here sees all of 12 again


def test_a_row_that_alone_is_large_is_a_frame_of_its_own() -> None:
    def rows(_inbox: str, public_ids: tuple[str, ...]) -> list[Summary]:
        from dataclasses import replace

        return [replace(row(name), subject="x" * 20_000) for name in public_ids]

    built = frames.build(START, [change(11, "added", ref("a"), ref("b"))], rows, Counts())
    assert [len(payload(frame)["changes"][0]["messages"]) for frame in built] == [1, 1]


def test_hello_and_resync_say_where_the_client_stands() -> None:
    assert payload(frames.hello(START, Counts(total=1)))["cursor"] == "e.10"
    assert payload(frames.hello(START, Counts(total=1)))["changes"] == []
    assert payload(frames.resync(START)) == {"resync": True, "cursor": "e.10"}


def test_a_change_of_rules_is_told_without_rows() -> None:
    (frame,) = build(change(11, "rules"), change(12, "rules"))
    assert payload(frame)["changes"] == [{"kind": "rules"}]


def test_what_became_of_a_message_is_told_beside_its_other_changes():
    built = build(change(11, "changed", ref("a")), change(12, "delivery", ref("a"), ref("b")), change(13, "clock"))
    assert told(built) == [("changed", ["a"]), ("delivery", ["a", "b"]), ("clock", [])]
    assert told(build(change(11, "delivery", ref("a")), change(12, "removed", ref("a")))) == [("removed", ["a"])]


def test_what_was_moved_leaves_the_list() -> None:
    moved = change(12, "moved", ref("a", mailbox="Trash"))
    (frame,) = build(change(11, "added", ref("a"), ref("b")), moved)
    changes = payload(frame)["changes"]
    assert [one["kind"] for one in changes] == ["added", "removed", "folders"]
    assert [row["id"] for row in changes[0]["messages"]] == ["b"]
    assert changes[1]["ids"] == ["a"]


def test_what_was_moved_into_inbox_is_new_in_the_list() -> None:
    moved = change(12, "moved", ref("a"), ref("b", mailbox="Junk"))
    assert told(build(moved)) == [("added", ["a"]), ("removed", ["b"]), ("folders", [])]
    assert told(build(change(11, "moved", ref("a", mailbox="Trash")), moved)) == [
        ("removed", ["a"]),
        ("folders", []),
        ("added", ["a"]),
        ("removed", ["b"]),
        ("folders", []),
    ]


def test_of_other_mailboxes_it_is_only_told_that_something_happened() -> None:
    elsewhere = ref("a", mailbox="Junk")
    built = build(change(11, "added", elsewhere), change(12, "filed", elsewhere), change(13, "mailboxes"))
    assert told(built) == [("folders", [])]
