"""What the writer does beside its jobs: pruning by count, age and bytes, emptying what was cleared, trimming."""

from __future__ import annotations

from typing import Any

from mailpit_py.storage.context import Context, Continue, Work
from mailpit_py.storage.deliveries import remove_attempts
from mailpit_py.storage.messages import PLACED, remove
from mailpit_py.storage.tags import drop_unused
from mailpit_py.storage.value import EVERY_INBOX, Limits, Removed

CHUNK = 200
ATTEMPTS_KEPT = 1_000
SESSIONS_WITHOUT_MAIL_KEPT = 1_000
CHANGES_KEPT = 100_000
_FREE_PAGES_KEPT = 512
CHANGES_KEPT_US = 24 * 3_600 * 1_000_000

# A message that something is still to follow stays: its report needs it. So does what has to leave: what was
# never tried, and of what waits for a repeat the newest; a sink that is gone must not let the inbox grow.
REPEATS_HELD = 1_000
_OLDEST = (
    PLACED + "WHERE p.pinned = 0 AND p.mailbox_id IN (SELECT id FROM mailbox WHERE inbox_id = ?) "
    "AND NOT EXISTS (SELECT 1 FROM plan_step s WHERE s.message_id = p.message_id AND s.state = 'pending') "
    "AND NOT EXISTS (SELECT 1 FROM sink_attempt a WHERE a.report_id = p.message_id "
    "AND a.state = 'pending' AND (a.tries = 0 OR a.id > ?)) "
    "AND NOT EXISTS (SELECT 1 FROM sink_attempt a WHERE a.original_id = p.message_id "
    "AND a.state = 'pending' AND (a.tries = 0 OR a.id > ?)) "
    "ORDER BY p.message_id LIMIT ?"
)
_HELD = (
    "SELECT id FROM sink_attempt WHERE inbox_id = ? AND state = 'pending' AND tries > 0 "
    "ORDER BY id DESC LIMIT 1 OFFSET ?"
)

# INDEXED BY: without statistics SQLite would walk all placements of the mailbox
_PINNED_BYTES = (
    "SELECT coalesce(sum(m.size_bytes), 0) FROM placement p INDEXED BY placement_pinned "
    "JOIN message m ON m.id = p.message_id WHERE p.pinned = 1 "
    "AND p.mailbox_id IN (SELECT id FROM mailbox WHERE inbox_id = ?)"
)


def prune(context: Context, limits: Limits) -> int:
    """Remove up to a chunk of what exceeds the limits, oldest first; return how much was removed.

    Pinned messages neither count nor go. The newest of the others stays, however large it is.
    """
    removed = 0
    for inbox in context.execute(
        "SELECT i.id, i.refused, i.max_messages, i.max_age_seconds, i.max_bytes, "
        "coalesce(sum(b.total - b.pinned), 0) AS unpinned, "
        "coalesce(sum(b.pinned), 0) AS pinned, coalesce(sum(b.size_bytes), 0) AS size_bytes "
        "FROM inbox i LEFT JOIN mailbox b ON b.inbox_id = i.id GROUP BY i.id"
    ).all():
        removed += _prune_messages(context, inbox, _own(limits, inbox))
        if (excess := inbox.refused - ATTEMPTS_KEPT) > 0:
            removed += remove_attempts(context, oldest_attempts(context, inbox.id, excess))
    return removed


def _prune_messages(context: Context, inbox: Any, limits: Limits) -> int:
    if limits.max_messages and (excess := inbox.unpinned - limits.max_messages) > 0:
        return remove(context, _oldest(context, inbox.id, min(excess, CHUNK)))
    surplus = _surplus_bytes(context, inbox, limits)
    victims = []
    if surplus > 0:
        for row in _oldest(context, inbox.id, min(CHUNK, inbox.unpinned - 1)):
            if surplus <= 0:
                break
            victims.append(row)
            surplus -= row.size_bytes
    return remove(context, victims)


def _oldest(context: Context, inbox_id: int, limit: int) -> list[Any]:
    """The oldest placements that may go: neither pinned, nor waited for by a step or by what has to leave."""
    held = context.execute(_HELD, (inbox_id, REPEATS_HELD)).scalar() or 0
    rows: list[Any] = context.execute(_OLDEST, (inbox_id, held, held, limit)).all()
    return rows


def _surplus_bytes(context: Context, inbox: Any, limits: Limits) -> int:
    """How many bytes the unpinned messages are above the limit; if that is positive, there is an unpinned one."""
    if not limits.max_bytes or inbox.size_bytes <= limits.max_bytes:
        return 0
    # counted only now: the counters know the bytes of all messages, and few inboxes have pins and are over the limit
    pinned = context.execute(_PINNED_BYTES, (inbox.id,)).scalar_one() if inbox.pinned else 0
    return int(inbox.size_bytes - pinned - limits.max_bytes)


def prune_aged(context: Context, limits: Limits) -> int:
    """Remove up to a chunk of unpinned messages, and of attempts, that are older than the limit."""
    removed = 0
    for inbox in context.execute("SELECT id, max_messages, max_age_seconds, max_bytes FROM inbox").all():
        seconds = _own(limits, inbox).max_age_seconds
        if not seconds:
            continue
        edge = context.now - seconds * 1_000_000
        oldest = _oldest(context, inbox.id, CHUNK)
        removed += remove(context, [row for row in oldest if row.received_at < edge])
        aged = context.execute(_ATTEMPTS + "AND at < ? ORDER BY id LIMIT ?", (inbox.id, edge, CHUNK)).all()
        removed += remove_attempts(context, aged)
    return removed


def _own(limits: Limits, inbox: Any) -> Limits:
    """The limits of an inbox: each its own where it has one, else that of the sandbox; 0 is none."""
    own = (inbox.max_messages, inbox.max_age_seconds, inbox.max_bytes)
    if own == (None, None, None):
        return limits
    shared = (limits.max_messages, limits.max_age_seconds, limits.max_bytes)
    return Limits(*(theirs if ours is None else ours or None for ours, theirs in zip(own, shared, strict=True)))


_ATTEMPTS = "SELECT id, public_id, inbox_id, session_id FROM attempt WHERE inbox_id = ? "


def oldest_attempts(context: Context, inbox_id: int, limit: int) -> list[Any]:
    """The oldest attempts of an inbox, as `remove_attempts` takes them."""
    rows: list[Any] = context.execute(_ATTEMPTS + "ORDER BY id LIMIT ?", (inbox_id, min(limit, CHUNK))).all()
    return rows


def clear_all(context: Context, inbox: str) -> int:
    """Empty an inbox, or every inbox, at once."""
    if inbox != EVERY_INBOX:
        return clear(context, inbox)
    return sum(clear(context, name) for (name,) in context.execute("SELECT name FROM inbox ORDER BY id").all())


def clear(context: Context, inbox: str) -> int:
    """Empty an inbox at once, whatever its size: its mailboxes are set aside and new ones take their place.

    The new ones go on with the old UIDVALIDITY and UIDs (RFC 3501 §2.3.1.1). Returns how many
    messages and attempts are gone; `drain` deletes them later, in chunks. What was to follow them
    does not.
    """
    inbox_id = context.inbox_id(inbox)
    context.execute("DELETE FROM plan_step WHERE inbox_id = ? AND state = 'pending'", (inbox_id,))
    columns = "name, uidvalidity, uidnext, highest_modseq"
    boxes = context.execute(f"SELECT id, total, {columns} FROM mailbox WHERE inbox_id = ?", (inbox_id,)).all()
    for box in boxes:
        context.execute("UPDATE mailbox SET inbox_id = NULL WHERE id = ?", (box.id,))
        context.execute(
            f"INSERT INTO mailbox (inbox_id, {columns}) VALUES (?, ?, ?, ?, ?)",
            (inbox_id, box.name, box.uidvalidity, box.uidnext, box.highest_modseq + 1),
        )
    cleared = sum(int(box.total) for box in boxes)
    context.removed_messages += cleared
    while rows := oldest_attempts(context, inbox_id, CHUNK):
        cleared += len(rows)
        remove_attempts(context, rows)
    context.record(inbox_id, "cleared", [])
    context.cleared = True
    context.freed.append(Removed(inbox))
    return cleared


def drain(context: Context) -> bool:
    """Delete a chunk of what was cleared; False if there is nothing left."""
    box = context.execute("SELECT id FROM mailbox WHERE inbox_id IS NULL ORDER BY id LIMIT 1").first()
    if box is None:
        return False
    rows = context.execute(PLACED + "WHERE p.mailbox_id = ? LIMIT ?", (box.id, CHUNK)).all()
    if rows:
        remove(context, rows)
    else:
        context.execute("DELETE FROM mailbox WHERE id = ?", (box.id,))
    return True


def trim(context: Context) -> None:
    """Drop journal entries that nobody may ask for any more, old sessions that carried nothing, and unused tags."""
    drop_unused(context)
    head = context.execute("SELECT coalesce(max(seq), 0) FROM change").scalar_one()
    young = context.execute(
        "SELECT seq FROM change WHERE at >= ? ORDER BY seq LIMIT 1", (context.now - CHANGES_KEPT_US,)
    ).scalar()
    floor = max((head + 1 if young is None else young) - 1, head - CHANGES_KEPT)
    if floor > 0 and context.execute("DELETE FROM change WHERE seq <= ?", (floor,)).rowcount:
        context.execute("UPDATE meta SET value = ? WHERE key = 'journal_floor'", (str(floor),))
    idle = context.execute(
        "SELECT id FROM session WHERE kept = 0 ORDER BY id DESC LIMIT -1 OFFSET ?", (SESSIONS_WITHOUT_MAIL_KEPT,)
    ).all()
    if idle:
        keys = [(row.id,) for row in idle]
        context.execute("DELETE FROM transcript WHERE session_id = ?", keys)
        context.execute("DELETE FROM session WHERE id = ?", keys)


def vacuum(context: Context, pages: int) -> bool:
    """Give free pages back to the file system if there are many; False if enough were given."""
    free = context.execute("PRAGMA freelist_count").scalar_one()
    if free <= max(_FREE_PAGES_KEPT, context.execute("PRAGMA page_count").scalar_one() // 10):
        return False
    for _ in range(pages):  # one at a time: sqlite3 takes only the first step of a statement without columns
        context.execute("PRAGMA incremental_vacuum(1)")
    return True


def sweep(limits: Limits) -> Work:
    """The work that removes all aged messages and attempts, a chunk a transaction; its result is how many."""

    def step(so_far: int) -> Work:
        def work(context: Context) -> Any:
            removed = prune_aged(context, limits)
            return Continue(step(so_far + removed)) if removed else so_far

        return work

    return step(0)
