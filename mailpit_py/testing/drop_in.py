"""A Mailpit as a source of mail, by its API of version 1; what it cannot do says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from mailpit_py.client import Client, ClientError
from mailpit_py.mail import Message, read
from mailpit_py.mail.envelope import Envelope, Line, Recipient
from mailpit_py.mail.part import bracketed
from mailpit_py.quantity import instant_of
from mailpit_py.testing.failure import Unsupported
from mailpit_py.testing.source import Arrivals, Cursor, Letter, Place

PAUSE = 0.1  # seconds between two looks at the list: a Mailpit has nothing to wait on but its page's socket
LISTED = 200


class MailpitSource:
    """A Mailpit. Its list is asked for again and again; a cursor is the set of ids that were in it."""

    is_shared = True
    key = ""

    def isolated(self) -> None:
        """A Mailpit has one inbox for all."""

    def close(self) -> None:
        """Leave the server alone."""

    def __init__(self, url: str, place: Place) -> None:
        self.client = Client(url, prefix="api/v1/")
        self.place = place

    def _list(self) -> list[Any]:
        return list(self.client.get("messages", limit=LISTED)["messages"])

    def mark(self) -> Cursor:
        """Return the newest ids."""
        return frozenset(one["ID"] for one in self._list())

    def arrivals(self, since: Cursor, timeout: float, is_over: Callable[[], bool], token: str) -> Arrivals:
        """Look until something new is listed."""
        deadline = time.monotonic() + timeout
        while True:
            listed = self._list()
            new = [one for one in reversed(listed) if one["ID"] not in since]
            if new or time.monotonic() >= deadline or is_over():
                break
            time.sleep(PAUSE)
        letters = [self._letter(one) for one in new]
        there = tuple(one for one in letters if one is not None)
        return Arrivals(there, since | {one["ID"] for one in listed}, gone=len(letters) - len(there))

    def letter(self, id: str) -> Letter | None:
        """Read one message that is still in the list."""
        return next((self._letter(row) for row in self._list() if row["ID"] == id), None)

    def _letter(self, row: Any) -> Letter | None:
        try:
            message = read(self.client.octets(f"message/{row['ID']}/raw"))
        except ClientError as error:
            if error.status == 404:
                return None
            raise
        received_at = instant_of(datetime.fromisoformat(row["Created"]))
        return Letter(row["ID"], message, _envelope(row, message), None, received_at)

    def found(self, query: str) -> frozenset[str]:
        """Search on the server, in its own language."""
        return frozenset(one["ID"] for one in self.client.get("search", query=query, limit=LISTED)["messages"])

    def page_of(self, id: str) -> str:
        """The server's page."""
        return f"{self.place.url}view/{id}"

    def transcript(self, id: str) -> tuple[Line, ...]:
        """A Mailpit keeps no dialogue."""
        _unsupported("transcript: a Mailpit keeps no SMTP dialogue")

    def api(self) -> Client:
        """A Mailpit has no rules, no bounces and no clock."""
        _unsupported("a Mailpit has no rules, bounces and clock of its own: this needs mailpit-py as the server")


def _unsupported(what: str) -> NoReturn:
    raise Unsupported(what)


def _envelope(row: Any, message: Message) -> Envelope:
    """The envelope as far as a Mailpit tells it: it lists recipients that no field names as Bcc."""
    addresses = [one["Address"] for name in ("To", "Cc", "Bcc") for one in row.get(name) or ()]
    field = message.field("Return-Path")
    reverse_path = bracketed(field.raw) if field is not None else ""
    return Envelope(reverse_path, tuple(map(Recipient, dict.fromkeys(addresses))))
