"""Everything that was read out of stored messages, read anew: after an upgrade that reads better."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.storage.compression import Compressor, unpack
from mailpit_py.storage.context import Context, Continue, Submit, Work
from mailpit_py.storage.outline import OUTLINE_COLUMNS
from mailpit_py.storage.prepare import BODY_COLUMNS, MESSAGE_COLUMNS, prepare
from mailpit_py.storage.value import Arrival

MESSAGES_AT_ONCE = 100
_READ = (*OUTLINE_COLUMNS, *MESSAGE_COLUMNS[MESSAGE_COLUMNS.index("from_name") :])
_UPDATE_MESSAGE = f"UPDATE message SET {', '.join(f'{name} = ?' for name in ('content_hash', *_READ))} WHERE id = ?"
_UPDATE_BODY = f"UPDATE body SET {', '.join(f'{name} = ?' for name in BODY_COLUMNS[1:])} WHERE message_id = ?"

Progress = Callable[[int], None]


class Reindexing:
    """Reads a store's messages anew."""

    def __init__(self, submit: Submit) -> None:
        self._submit = submit

    def start(self, progress: Progress) -> Future[int]:
        """Read every message anew and build the search index from the start; the result is how many there were."""
        return _reindexing(self._submit, progress)


def _reindexing(submit: Submit, progress: Progress) -> Future[int]:
    """Read all messages again, and build the search index from the start; the result is how many there were.

    `progress` is told after each piece how many more are done; pieces are transactions of their own.
    The index is stale from the first piece on, so after a kill the next start builds it anew.
    """

    def begin(context: Context) -> Any:
        context.index.invalidate(context.connection)
        return Continue(step(0, 0))

    def step(after: int, so_far: int) -> Work:
        def work(context: Context) -> Any:
            rows = context.execute(
                "SELECT m.id, m.reverse_path, c.encoding, c.raw FROM message m JOIN content c ON c.message_id = m.id "
                "WHERE m.id > ? ORDER BY m.id LIMIT ?",
                (after, MESSAGES_AT_ONCE),
            ).all()
            if not rows:
                _count_files(context)
                context.index.open(context.connection)
                return so_far
            for row in rows:
                _read_again(context, row)
            progress(len(rows))
            return Continue(step(rows[-1].id, so_far + len(rows)))

        return work

    return submit(begin)


def _read_again(context: Context, row: Any) -> None:
    """Write anew what the content says; ids, envelope, times and bytes stay."""
    accepted = context.execute(
        "SELECT address FROM delivery WHERE owner_id = ? AND accepted = 1 ORDER BY position", (row.id,)
    ).scalars()
    envelope = Envelope(row.reverse_path, tuple(Recipient(address) for address in accepted))
    raw = unpack(row.encoding, row.raw)
    read = prepare(Arrival(public_id="", transaction=_carried(envelope), raw=raw, received_at=0), Compressor(0))
    values = dict(zip(MESSAGE_COLUMNS[2:], read.message, strict=True))
    context.execute(_UPDATE_MESSAGE, (*(values[name] for name in ("content_hash", *_READ)), row.id))
    context.execute(_UPDATE_BODY, (*read.body, row.id))


def _carried(envelope: Envelope) -> Transaction:
    return Transaction(Session("", 0), envelope)


def _count_files(context: Context) -> None:
    context.execute(
        "UPDATE mailbox SET files = (SELECT count(*) FROM placement p JOIN message m ON m.id = p.message_id "
        "WHERE p.mailbox_id = mailbox.id AND m.attachment_count > 0)"
    )
