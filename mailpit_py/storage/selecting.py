"""Changing many messages: what a selection stands for, and long work in pieces that let others write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from mailpit_py.storage.context import Context, Continue, Work
from mailpit_py.storage.deliveries import remove_attempts
from mailpit_py.storage.listing import Scope, Search, Window, find
from mailpit_py.storage.messages import PLACED, mark, remove
from mailpit_py.storage.parameter import marks
from mailpit_py.storage.value import INBOX, Selection

CHUNK = 200
Progress = Callable[[int, int], None]
"""Called with (done, of how many) after each committed piece but the last, on the writer's thread."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection carried out: placement ids, and the ids of attempts."""

    placements: tuple[int, ...]
    attempts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.placements) + len(self.attempts)


def choose(connection: Connection, scope: Scope, selection: Selection, *, has_index: bool) -> Chosen:
    """Look up what a selection stands for in this inbox."""
    if selection.public_ids is not None:
        return _named(connection, scope, selection.public_ids)
    has_attempts = selection.mailbox in (None, INBOX)  # they are in no folder, and told with what is in INBOX
    refused = selection.query is None and selection.mailbox is None
    search = Search.compile(connection, selection.query, has_index=has_index, refused=refused)
    found = find(connection, scope, search, Window(limit=-1))
    return Chosen(
        tuple(placement for _, placement in found if placement is not None),
        tuple(number for number, placement in found if placement is None and has_attempts),
    )


def _named(connection: Connection, scope: Scope, public_ids: Sequence[str]) -> Chosen:
    placements: list[int] = []
    attempts: list[int] = []
    for start in range(0, len(public_ids), CHUNK):
        some = tuple(public_ids[start : start + CHUNK])
        for sql, target in (
            (
                "SELECT p.id FROM message m CROSS JOIN placement p ON p.message_id = m.id "
                f"CROSS JOIN mailbox b ON b.id = p.mailbox_id WHERE m.public_id IN ({marks(some)}) "
                "AND b.inbox_id = coalesce(?, b.inbox_id)",
                placements,
            ),
            (
                f"SELECT id FROM attempt WHERE public_id IN ({marks(some)}) AND inbox_id = coalesce(?, inbox_id)",
                attempts,
            ),
        ):
            target.extend(row[0] for row in connection.exec_driver_sql(sql, (*some, scope.inbox_id)))
    return Chosen(tuple(placements), tuple(attempts))


def _placed(context: Context, placement_ids: Sequence[int]) -> list[Any]:
    rows: list[Any] = context.execute(
        PLACED + f"WHERE p.id IN ({marks(placement_ids)}) AND b.inbox_id IS NOT NULL", tuple(placement_ids)
    ).all()
    return rows


def marking(chosen: Chosen, *, seen: bool | None, pinned: bool | None) -> Work:
    """The work that sets read state and pins; its result is how many messages changed."""

    def piece(context: Context, placement_ids: Sequence[int]) -> int:
        return mark(context, _placed(context, placement_ids), seen=seen, pinned=pinned)

    return _in_pieces(chosen.placements, piece, 0, None)


def moving(chosen: Chosen, move: Callable[[Context, Sequence[Any]], int]) -> Work:
    """The work that moves messages by `move`, which is given rows of PLACED; its result is how many moved."""

    def piece(context: Context, placement_ids: Sequence[int]) -> int:
        return move(context, _placed(context, placement_ids))

    return _in_pieces(chosen.placements, piece, 0, None)


def deleting(chosen: Chosen, progress: Progress | None) -> Work:
    """The work that deletes; its result is how many messages and attempts are gone."""

    def attempts(context: Context) -> Any:
        gone = 0
        for start in range(0, len(chosen.attempts), CHUNK):
            some = chosen.attempts[start : start + CHUNK]
            gone += remove_attempts(
                context,
                context.execute(
                    f"SELECT id, public_id, inbox_id, session_id FROM attempt WHERE id IN ({marks(some)})", some
                ).all(),
            )
        return _in_pieces(chosen.placements, piece, gone, progress)(context)

    def piece(context: Context, placement_ids: Sequence[int]) -> int:
        return remove(context, _placed(context, placement_ids))

    return attempts


def _in_pieces(
    keys: Sequence[int], piece: Callable[[Context, Sequence[int]], int], done: int, progress: Progress | None
) -> Work:
    total = len(keys) + done

    def step(start: int, so_far: int) -> Work:
        def work(context: Context) -> Any:
            if progress is not None and start:
                progress(so_far, total)
            chunk = keys[start : start + CHUNK]
            now_done = so_far + (piece(context, chunk) if chunk else 0)
            if start + CHUNK < len(keys):
                return Continue(step(start + CHUNK, now_done))
            return now_done

        return work

    return step(0, done)
