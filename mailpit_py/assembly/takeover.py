"""Opening the database that was asked for; one of Mailpit's is left as it is, and taken over into one beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailpit_py.identity import new_public_id
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Session, Transaction
from mailpit_py.mail.implied import implied_envelope
from mailpit_py.mail.tag import clean_all
from mailpit_py.storage import Arrival, Limits, Selection, Store, StoreOptions
from mailpit_py.storage.mailpit_database import MailpitMessage, is_mailpits, read_mailpits, tenant_prefix

IN_FLIGHT = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A store, and a start line about what was taken over, or nothing."""

    store: Store
    note: str = ""


def own_path(path: Path, tenant: str = "") -> Path:
    """Where mail is kept if `path` is Mailpit's, or a tenant has mail of its own there: beside it."""
    name = tenant_prefix(tenant).removesuffix("_")
    return path.with_name(f"{path.stem}.{name or 'mailpit-py'}{path.suffix}")


def open_store(path: Path | None, options: StoreOptions, tenant: str = "") -> Opened:
    """Open the database, or the one beside Mailpit's, which gets all its messages when it is made.

    A tenant has a file of its own beside the one that is named. Raises StorageError, also for a file
    of Mailpit's that cannot be read.
    """
    if path is None or not is_mailpits(path):
        return Opened(Store.open(own_path(path, tenant) if path and tenant else path, options))
    own = own_path(path, tenant)
    if own.exists():
        return Opened(Store.open(own, options), f"[database] {path} is Mailpit's and stays as it is")
    number = _take_over(path, own, options, tenant)
    note = f"[database] {path} is Mailpit's and stays as it is; {number} messages of it were taken over"
    return Opened(Store.open(own, options), note)


def _take_over(path: Path, own: Path, options: StoreOptions, tenant: str) -> int:
    """Fill a database under a name of its own first, so that one that was cut off is not taken for whole."""
    part = own.with_name(f"{own.name}.part")
    for end in ("", "-wal", "-shm", ".lock"):
        part.with_name(part.name + end).unlink(missing_ok=True)
    with Store.open(part, replace(options, limits=Limits(max_messages=None))) as store:
        number = put_in(store, read_mailpits(path, tenant))
    part.rename(own)
    part.with_name(f"{part.name}.lock").unlink(missing_ok=True)
    return number


def put_in(store: Store, messages: Iterable[MailpitMessage]) -> int:
    """Store messages with their times, ids, tags and read marks; return how many."""
    waiting: deque[Future[Any]] = deque()
    seen, number = list[str](), 0
    for one in messages:
        arrival = _arrival(one)
        waiting.append(store.add(arrival))
        number += 1
        seen += [arrival.public_id] if one.seen else []
        if len(waiting) > IN_FLIGHT:
            waiting.popleft().result()
    for future in waiting:
        future.result()
    for start in range(0, len(seen), IN_FLIGHT):
        store.mark("default", Selection.ids(seen[start : start + IN_FLIGHT]), seen=True).result()
    return number


def _arrival(one: MailpitMessage) -> Arrival:
    message = read(one.raw)
    reverse_path, recipients = implied_envelope(message)
    came_in = Session(new_public_id(), one.received_at, listener="ingest", protocol="FILE")
    note = Line(one.received_at, "*", f"taken over from Mailpit's database, {len(one.raw)} octets")
    envelope = Envelope(reverse_path, tuple(map(Recipient, recipients)))
    return Arrival(
        public_id=one.public_id or new_public_id(),
        transaction=Transaction(came_in, envelope, (note,)),
        raw=one.raw,
        received_at=one.received_at,
        source="ingest",
        tagger=(lambda *_: clean_all(one.tags)) if one.tags else None,
    )
