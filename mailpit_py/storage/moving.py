"""Moving messages into another mailbox of their inbox, which is made when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from mailpit_py.storage.context import Box, Context
from mailpit_py.storage.messages import count_up, totals
from mailpit_py.storage.value import Ref


def move(context: Context, inbox: str, rows: Sequence[Any], mailbox: str) -> int:
    """Move these placements (rows of PLACED, of one inbox) and return how many were elsewhere.

    Each keeps its read state, pin and tags, and gets the next UID of the mailbox (RFC 3501 §2.3.1.1).
    """
    leaving = sorted((row for row in rows if row.mailbox != mailbox), key=lambda row: (row.mailbox_id, row.uid))
    if not leaving:
        return 0
    box = _mailbox(context, inbox, mailbox)
    for mailbox_id, group in groupby(leaving, key=lambda row: row.mailbox_id):
        count_up(context, mailbox_id, **{name: -number for name, number in totals(list(group)).items()})
    modseq = count_up(context, box.id, uidnext=len(leaving), **totals(leaving))
    placed = list(enumerate(leaving, box.uidnext))
    context.execute(
        "UPDATE placement SET mailbox_id = ?, uid = ?, modseq = ? WHERE id = ?",
        [(box.id, uid, modseq, row.placement_id) for uid, row in placed],
    )
    refs = [Ref(row.public_id, row.message_id, mailbox, uid, bool(row.seen), bool(row.pinned)) for uid, row in placed]
    context.record(box.inbox_id, "moved", refs)
    return len(leaving)


def _mailbox(context: Context, inbox: str, name: str) -> Box:
    context.execute(
        "INSERT INTO mailbox (inbox_id, name, uidvalidity) VALUES (?, ?, ?) ON CONFLICT (inbox_id, name) DO NOTHING",
        (context.inbox_id(inbox), name, max(1, context.now // 1_000_000)),
    )
    return context.mailbox(inbox, name)
