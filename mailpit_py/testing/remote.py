"""A sandbox that runs elsewhere: the same view over its API, or over a Mailpit's."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

from mailpit_py.bind import Bind
from mailpit_py.client import DEFAULT_URL, Client, ClientError
from mailpit_py.errors import is_told
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Reply, Session
from mailpit_py.quantity import instant_of
from mailpit_py.testing.source import Arrivals, Cursor, Letter, Place, Refusal, Source
from mailpit_py.testing.view import TIMEOUT, View

__tracebackhide__ = is_told

POLL = 20.0  # seconds that one request waits
PATIENCE = 60.0
LISTED = 200
TTL = 3600  # seconds without use after which an inbox goes whose test was killed
LIMITS = ("max_messages", "max_age_seconds", "max_bytes")
NOT_ALLOWED = (401, 403, 404, 405)  # an older server, or one that leaves inboxes to its operator


class Remote:
    """A running server, ours or a Mailpit, by its page's address, which may carry `name:password@`.

    On our own, what points an application at a view (`place`, `env()`, `address()`) gives it an
    inbox that nobody else uses; with the token of an inbox in the address all is in that one. `smtp`
    is `host:port` where that is not what the server says, as behind a container's port mapping. Its
    `with` gives a View of the mail that comes; no mail of others is deleted. Raises ClientError if no
    server answers.
    """

    def __init__(self, url: str = DEFAULT_URL, *, smtp: str = "", timeout: float = TIMEOUT) -> None:
        self._url = url if url.endswith("/") else f"{url}/"
        self._smtp = smtp
        self._timeout = timeout
        self._source: Source | None = None

    def start(self) -> View:
        """Ask the server what it is, and return a view of its mail from now on."""
        return self.view()

    def isolate(self) -> None:
        """Let all views from now on be of one inbox that only this process uses, where the server has such."""
        source = self._source or source_at(self._url, self._smtp)
        self._source = source.isolated() or source

    def stop(self) -> None:
        """Leave the server alone, without the inbox that `isolate` has made."""
        if self._source is not None:
            self._source.close()
        self._source = None

    def view(self, *, timeout: float | None = None) -> View:
        """Return a view of the mail from now on."""
        if self._source is None:
            self._source = source_at(self._url, self._smtp)
        return View(self._source, timeout=self._timeout if timeout is None else timeout)

    def __enter__(self) -> View:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def source_at(url: str, smtp: str = "") -> Source:
    """Return what can be read at an address. Raises ClientError."""
    client = Client(url, timeout=PATIENCE)
    try:
        info = client.get("info")
    except ClientError as error:
        if error.status != 404:
            raise
        from mailpit_py.testing.drop_in import MailpitSource

        return MailpitSource(url, _place(url, smtp, "", 1025))
    listeners = [one for one in info["smtp"] if one["port"] and one["protocol"] == "smtp" and not one.get("inbox")]
    host, port = (listeners[0]["host"], listeners[0]["port"]) if listeners else ("", 1025)
    place, own = _place(url, smtp, host, port), info.get("inbox")
    if own is None:
        return RemoteSource(client, place)
    token = unquote(urlsplit(url).password or "")
    return RemoteSource(client, replace(place, user=own, password=token), key=client.get(f"inboxes/{own}")["key"])


def _place(url: str, smtp: str, host: str, port: int) -> Place:
    """Where SMTP is: as told, else as the server says; on a machine of its own, as that is reached."""
    parts = urlsplit(url)
    if smtp:
        bind = Bind.parse(smtp)
        return Place(bind.hosts[0], bind.port, _without_login(url))
    is_local = not host or host in ("localhost", "127.0.0.1", "::1")
    return Place(parts.hostname or "localhost" if is_local else host, port, _without_login(url))


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class RemoteSource:
    """Another process's sandbox, by its API of version 2: all of it, or the inbox of a token, with its `key`."""

    def __init__(self, client: Client, place: Place, *, key: str = "", is_shared: bool = True) -> None:
        self.client = client
        self.place = place
        self.key = key
        self.is_shared = is_shared

    def isolated(self) -> RemoteSource | None:
        """Have an inbox made that keeps all mail, and goes by itself if nobody is left to remove it."""
        try:
            made = self.client.post("inboxes", {"ttl_seconds": TTL, **dict.fromkeys(LIMITS, 0)})
        except ClientError as error:
            if error.status in NOT_ALLOWED:
                return None
            raise
        place = replace(self.place, user=made["name"], password=made["token"])
        client = Client(place.url, timeout=PATIENCE, token=made["token"])
        return RemoteSource(client, place, key=made["key"], is_shared=False)

    def close(self) -> None:
        """Remove the inbox that was made for this; it may have gone already."""
        if not self.is_shared:
            with suppress(ClientError):
                self.client.delete(f"inboxes/{self.place.user}")

    def mark(self) -> Cursor:
        """Return the place after everything that has come."""
        return self.client.get("wait", since="now", timeout=0)["cursor"]

    def arrivals(self, since: Cursor, timeout: float, is_over: Callable[[], bool], token: str) -> Arrivals:
        """Ask with long polls."""
        deadline = time.monotonic() + timeout
        while True:
            left = max(0.0, deadline - time.monotonic())
            outcome = self.client.get("wait", since=since, timeout=min(left, POLL))
            if outcome["messages"] or outcome["closed"] or left == 0 or is_over():
                return self._arrivals(outcome, token)

    def _arrivals(self, outcome: Any, token: str) -> Arrivals:
        if outcome["closed"]:
            raise ClientError("the server has been stopped, or the inbox is not ours any more")
        letters = [self.letter(one["id"]) for one in outcome["messages"] if _may_have(one, token)]
        there = tuple(one for one in letters if one is not None)
        gone = outcome["unseen"] + len(letters) - len(there)
        return Arrivals(there, outcome["cursor"], tuple(map(_refusal, outcome["refused"])), gone)

    def letter(self, id: str) -> Letter | None:
        """Read one message."""
        try:
            detail, raw = self.client.get(f"messages/{id}"), self.client.octets(f"messages/{id}/raw")
        except ClientError as error:
            if error.status == 404:
                return None
            raise
        envelope, session = _envelope(detail["envelope"]), _session(detail["session"])
        return Letter(id, read(raw), envelope, session, _micros(detail["received_at"]))

    def found(self, query: str) -> frozenset[str]:
        """Search on the server, among its newest messages."""
        return frozenset(row["id"] for row in self.client.get("messages", query=query, limit=LISTED)["items"])

    def page_of(self, id: str) -> str:
        """The server's page, of the inbox that is seen."""
        return f"{self.place.url}messages/{id}{f'?inbox={self.place.user}' if self.key else ''}"

    def transcript(self, id: str) -> tuple[Line, ...]:
        """Read the dialogue."""
        lines = self.client.get(f"messages/{id}/transcript")["lines"]
        return tuple(Line(_micros(one["at"]), one["side"], one["text"]) for one in lines)

    def api(self) -> Client:
        """Return the client that everything else is asked with."""
        return self.client


def _may_have(row: Any, token: str) -> bool:
    """True unless it is sure that no recipient has the token: a row lists only the first."""
    return row["recipient_count"] > len(row["recipients"]) or any(token in one for one in row["recipients"])


def _micros(text: str) -> int:
    return instant_of(datetime.fromisoformat(text))


def _envelope(given: Any) -> Envelope:
    names = ("reverse_path", "ret", "envid", "auth", "body", "smtputf8", "size")
    recipients, refused = (tuple(map(_recipient, given[name])) for name in ("recipients", "refused"))
    return Envelope(recipients=recipients, refused=refused, **{name: given[name] for name in names})


def _recipient(given: Any) -> Recipient:
    return Recipient(given["address"], given["notify"], given["orcpt"], Reply(**given["reply"]))


def _session(given: Any) -> Session | None:
    if given is None:
        return None
    names = (
        "listener", "peer", "protocol", "helo", "tls_version", "tls_cipher", "auth_mechanism", "auth_identity",
    )  # fmt: skip
    return Session(given["id"], _micros(given["opened_at"]), **{name: given[name] for name in names})


def _refusal(given: Any) -> Refusal:
    reply = given["reply"]
    recipients = tuple(one["address"] for one in given["recipients"])
    return Refusal(
        given["stage"], given["reverse_path"], recipients, f"{reply['code']} {reply['status']} {reply['text']}"
    )
