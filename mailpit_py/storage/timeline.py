"""The tries of one mail, joined: by Message-ID, else by content, and by envelope where no content was seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from mailpit_py.mail.envelope import Reply
from mailpit_py.storage.cause import Cause, read_cause
from mailpit_py.storage.listing import Scope
from mailpit_py.storage.parameter import marks

TRIES_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered about one recipient in one try, and what decided so; no cause is the usual course."""

    address: str
    accepted: bool
    reply: Reply
    cause: Cause | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try of a mail. `kind` is `message` or `attempt`; `pause_us` is the time since the try before it."""

    id: int
    kind: str
    public_id: str
    at: int
    stage: str
    reply: Reply
    cause: Cause | None
    recipients: tuple[Outcome, ...]
    pause_us: int | None = None

    @property
    def is_accepted(self) -> bool:
        """True if the client was told that the mail was taken."""
        return self.kind == "message" or self.reply.is_positive

    @property
    def addresses(self) -> set[str]:
        """The recipients, in lower case."""
        return {one.address.lower() for one in self.recipients}

    @property
    def reached(self) -> set[str]:
        """The recipients whom this try reached, in lower case: those accepted, or all if nobody was."""
        return {one.address.lower() for one in self.recipients if one.accepted} or self.addresses

    @property
    def left_over(self) -> set[str]:
        """The recipients to whom this try was refused, in lower case."""
        return {one.address.lower() for one in self.recipients if not (one.accepted and self.is_accepted)}

    def may_follow(self, earlier: Try) -> bool:
        """True if this may be the next try of the mail that was refused whole in an earlier one.

        A retry reaches somebody whom the earlier try was for, or asks for nobody else. A mail
        that was refused in part to that very recipient is another one: it was not retried for it.
        """
        return bool(self.reached & earlier.addresses) or (bool(self.addresses) and self.addresses <= earlier.addresses)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All tries of one mail, the oldest first. `joined_by` is `message-id`, `content` or `envelope`."""

    joined_by: str
    message_id: str
    reverse_path: str
    tries: tuple[Try, ...]


_MESSAGE = (
    "SELECT m.id, 'message' AS kind, m.public_id, m.received_at AS at, 'CONTENT' AS stage, m.reverse_path, "
    "m.message_id_header, m.content_hash, 250 AS reply_code, '2.0.0' AS reply_status, "
    "'Ok: queued as ' || m.public_id AS reply_text, '' AS \"trigger\", '' AS rule, 0 AS count, NULL AS seed, "
    "'' AS explanation FROM message m WHERE EXISTS (SELECT 1 FROM placement p JOIN mailbox b ON b.id = p.mailbox_id "
    "WHERE p.message_id = m.id AND b.inbox_id = ?) AND "
)
_ATTEMPT = (
    "SELECT id, 'attempt' AS kind, public_id, at, stage, reverse_path, message_id_header, content_hash, reply_code, "
    'reply_status, reply_text, "trigger", rule, count, seed, explanation FROM attempt WHERE inbox_id = ? AND '
)


def timeline(connection: Connection, scope: Scope, public_id: str) -> Timeline | None:
    """Return the tries of the mail to which a message or attempt belongs, or None if there is no such thing.

    A try that ended before its content has no name. It belongs to the next mail from the same
    reverse-path to one of the same recipients, unless that recipient had been served before; while
    there is no such mail, to the last one before it that was refused to one of them.
    """
    reader = _Reader(connection, scope)
    own = next(iter(reader.both("public_id = ?", public_id)), None)
    if own is None:
        return None
    anchor = own if _is_named(own) else reader.named_after(own) or reader.named_before(own)
    known = reader.same(anchor) if anchor is not None else reader.tries([own])
    unnamed = reader.unnamed(anchor or own, known)
    by_id = {one.id: one for one in (*known, *unnamed)}
    tries = _with_pauses([by_id[number] for number in sorted(by_id)][-TRIES_AT_MOST:])
    joined_by = "envelope" if anchor is None else "message-id" if anchor.message_id_header else "content"
    return Timeline(joined_by, (anchor or own).message_id_header, own.reverse_path, tries)


def _is_named(row: Any) -> bool:
    return bool(row.message_id_header or row.content_hash or row.kind == "message")


class _Reader:
    """Reads tries of one inbox from one snapshot."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._inbox_id = scope.inbox_id

    def both(self, where: str, *values: Any, order: str = "1") -> list[Any]:
        """Return messages and attempts, the oldest first, or the newest with `order` `1 DESC`."""
        sql = f"{_MESSAGE}{where} UNION ALL {_ATTEMPT}{where} ORDER BY {order} LIMIT {TRIES_AT_MOST}"
        parameters = (self._inbox_id, *values, self._inbox_id, *values)
        return list(self._connection.exec_driver_sql(sql, parameters).all())

    def same(self, anchor: Any) -> list[Try]:
        """Return the tries whose content was seen and is that of `anchor`."""
        if anchor.message_id_header:
            return self.tries(self.both("message_id_header = ?", anchor.message_id_header))
        if anchor.content_hash:
            where = "message_id_header = '' AND content_hash = ?"
            return self.tries(self.both(where, anchor.content_hash))
        return self.tries([anchor])

    def named_after(self, own: Any) -> Any:
        """Return the first try with content that came after `own` with the same envelope, or None."""
        rows = self.both("id > ? AND reverse_path = ? AND content_hash <> ''", own.id, own.reverse_path)
        (first,) = self.tries([own])
        for row, one in zip(rows, self.tries(rows), strict=True):
            if one.may_follow(first):
                return row
        return None

    def named_before(self, own: Any) -> Any:
        """Return the last try with content before `own` to one of its recipients, if it was refused to it, or None."""
        where = "id < ? AND reverse_path = ? AND content_hash <> ''"
        rows = self.both(where, own.id, own.reverse_path, order="1 DESC")
        (left,) = self.tries([own])
        for row, one in zip(rows, self.tries(rows), strict=True):
            if one.addresses & left.addresses:
                return row if one.left_over & left.addresses else None
        return None

    def unnamed(self, anchor: Any, group: Sequence[Try]) -> list[Try]:
        """Return the tries without content that belong to the known ones."""
        where = "reverse_path = ? AND message_id_header = '' AND content_hash = '' ORDER BY id"
        rows = self._connection.exec_driver_sql(_ATTEMPT + where, (self._inbox_id, anchor.reverse_path)).all()
        wanted = set[str]().union(*(one.addresses for one in group))
        found = [one for one in self.tries(rows) if one.addresses & wanted]
        if not found:
            return []
        others = self._others(anchor.reverse_path, {one.id for one in group}, min(one.id for one in found))
        return [one for one in found if _belongs(one, group, others)]

    def _others(self, reverse_path: str, group: set[int], since: int) -> list[Try]:
        """Return the messages of other mails with this reverse-path that were accepted since a try."""
        rows = self.both("id > ? AND reverse_path = ? AND content_hash <> ''", since, reverse_path)
        return [one for one in self.tries(rows) if one.is_accepted and one.id not in group]

    def tries(self, rows: Iterable[Any]) -> list[Try]:
        """Return rows with what was answered about each recipient."""
        rows = list(rows)
        outcomes: dict[int, list[Outcome]] = defaultdict(list)
        for start in range(0, len(rows), 500):
            ids = tuple(row.id for row in rows[start : start + 500])
            sql = f"SELECT * FROM delivery WHERE owner_id IN ({marks(ids)}) ORDER BY owner_id, position"
            for one in self._connection.exec_driver_sql(sql, ids):
                reply = Reply(one.code, one.status, one.text)
                outcomes[one.owner_id].append(Outcome(one.address, bool(one.accepted), reply, read_cause(one)))
        return [_try(row, tuple(outcomes[row.id])) for row in rows]


def _try(row: Any, recipients: tuple[Outcome, ...]) -> Try:
    return Try(
        id=row.id,
        kind=row.kind,
        public_id=row.public_id,
        at=row.at,
        stage=row.stage,
        reply=Reply(row.reply_code, row.reply_status, row.reply_text),
        cause=read_cause(row),
        recipients=recipients,
    )


def _belongs(one: Try, group: Sequence[Try], others: Sequence[Try]) -> bool:
    """True if a try without content belongs to the group, and not to another mail with the same envelope."""
    first, last = min(each.id for each in group), max(each.id for each in group)
    if one.id not in {each.id for each in group} and not (_is_retried(one, group) or _is_left_over(one, group)):
        return False
    between = [other for other in others if one.id < other.id < first or last < other.id < one.id]
    return not any(other.may_follow(one) for other in between)


def _is_retried(one: Try, group: Sequence[Try]) -> bool:
    """True if a later try of the group may be the next one of the same mail."""
    return any(each.may_follow(one) for each in group if one.id < each.id) and not _is_served(one, group)


def _is_left_over(one: Try, group: Sequence[Try]) -> bool:
    """True if a try is for a recipient whom earlier tries of the group asked for and did not reach."""
    earlier = set[str]().union(*(each.addresses for each in group if each.id < one.id))
    return bool(one.addresses & earlier) and not _is_served(one, group)


def _is_served(one: Try, group: Sequence[Try]) -> bool:
    """True if all whom a try is for had the mail before."""
    accepted = [each for each in group if each.is_accepted and each.id < one.id]
    served = {to.address.lower() for each in accepted for to in each.recipients if to.accepted}
    return one.addresses <= served if served else False


def _with_pauses(tries: Sequence[Try]) -> tuple[Try, ...]:
    paused = []
    for number, one in enumerate(tries):
        before = tries[number - 1].at if number else None
        paused.append(one if before is None else replace(one, pause_us=one.at - before))
    return tuple(paused)
