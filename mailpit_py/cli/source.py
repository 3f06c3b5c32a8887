"""Where `dump` takes messages from: a running sandbox, a running Mailpit, or a database; the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from mailpit_py.cli.archive import Kept
from mailpit_py.client import Client, ClientError
from mailpit_py.mail import read
from mailpit_py.mail.implied import implied_envelope
from mailpit_py.quantity import instant_of

PAGE = 200
Fetch = Callable[[str], Kept | None]


@contextmanager
def of_server(url: str, query: str, inbox: str = "") -> Iterator[tuple[list[str], Fetch]]:
    """The messages of an inbox of a running sandbox that a search finds; of Mailpit, if that is what answers."""
    client = Client(url)
    client.inbox = inbox
    if not _has_ours(client):
        with of_mailpit(url, query) as found:
            yield found
        return
    rows = _rows(client, query)

    def fetch(public_id: str) -> Kept | None:
        row = rows[public_id]
        try:
            envelope = client.get(f"messages/{public_id}/envelope")
            raw = client.octets(f"messages/{public_id}/raw")
        except ClientError as error:
            if error.status == 404:  # deleted meanwhile
                return None
            raise
        recipients = tuple(one["address"] for one in envelope["recipients"])
        at = instant_of(datetime.fromisoformat(row["received_at"]))
        return Kept(public_id, raw, at, row["seen"], envelope["reverse_path"], recipients)

    yield list(reversed(rows)), fetch


def _has_ours(client: Client) -> bool:
    try:
        client.get("info")
    except ClientError as error:
        if error.status == 404:
            return False
        raise
    return True


def _rows(client: Client, query: str) -> dict[str, dict[str, Any]]:
    """The rows that a search finds, the newest first, by their ids."""
    rows: dict[str, dict[str, Any]] = {}
    following: str | None = ""
    while following is not None:
        page = client.get("messages", query=query, limit=PAGE, before=following)
        rows |= {str(row["id"]): row for row in page["items"]}
        following = page["next"]
    return rows


@contextmanager
def of_mailpit(url: str, query: str) -> Iterator[tuple[list[str], Fetch]]:
    """The messages of a running Mailpit. Their envelopes are what their header sections imply."""
    client = Client(url, prefix="api/v1/")
    rows: dict[str, dict[str, Any]] = {}
    while True:
        asked: dict[str, str | float] = {"limit": PAGE, "start": len(rows)}
        page = client.get("search", query=query, **asked) if query else client.get("messages", **asked)
        before = len(rows)
        rows |= {str(row["ID"]): row for row in page["messages"] or ()}
        if len(rows) == before:
            break

    def fetch(public_id: str) -> Kept | None:
        raw = client.octets(f"message/{public_id}/raw")
        reverse_path, recipients = implied_envelope(read(raw))
        at = instant_of(datetime.fromisoformat(rows[public_id]["Created"]))
        return Kept(public_id, raw, at, bool(rows[public_id]["Read"]), reverse_path, recipients)

    yield list(reversed(rows)), fetch


@contextmanager
def of_database(path: Path, query: str) -> Iterator[tuple[list[str], Fetch]]:
    """The messages of a database that a search finds, those of all inboxes."""
    from mailpit_py.storage import EVERY_INBOX, Limits, Store, StoreOptions

    with Store.open(path, StoreOptions(limits=Limits(max_messages=None))) as store:
        ids: list[str] = []
        wanted, before = store.parse_query(query) if query.strip() else None, None
        while True:
            page = store.page(EVERY_INBOX, query=wanted, before=before, limit=PAGE)
            ids += [item.public_id for item in page.items]
            before = page.next
            if before is None:
                break
        yield list(reversed(ids)), lambda public_id: _stored(store, EVERY_INBOX, public_id)


def _stored(store: Any, inbox: str, public_id: str) -> Kept | None:
    stored, raw = store.message(inbox, public_id), store.raw(inbox, public_id)
    if stored is None or raw is None:
        return None
    envelope, summary = stored.envelope, stored.summary
    recipients = tuple(one.address for one in envelope.recipients)
    return Kept(public_id, raw, summary.received_at, summary.seen, envelope.reverse_path, recipients)
