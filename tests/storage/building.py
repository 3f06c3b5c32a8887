"""What storage tests are built from: arrivals, attempts, and a store that closes."""

from __future__ import annotations

import time
from collections.abc import Callable

from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Reply, Session, Transaction
from mailpit_py.storage import Arrival, Attempt, Store

NOW = 1_764_000_000_000_000  # 2025-11-24T16:00:00Z
GREETING = (Line(NOW, "S", "220 box"), Line(NOW + 1, "C", "EHLO app"), Line(NOW + 2, "S", "250 box"))
MAIL = (Line(NOW + 3, "C", "MAIL FROM:<app@example.org>"), Line(NOW + 4, "S", "250 2.1.0 Ok"))


def session(name: str = "session-1") -> Session:
    return Session(name, NOW, peer="127.0.0.1:4000", helo="app")


def raw_message(subject: str = "Hello", text: str = "A first message.", **fields: str) -> bytes:
    header = {"From": "App <app@example.org>", "To": "Ann Lee <ann@example.com>", "Subject": subject, **fields}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in header.items()]
    return "\r\n".join([*lines, "", text, ""]).encode()


def arrival(raw: bytes | None = None, *recipients: str, public_id: str = "", **more: object) -> Arrival:
    accepted = tuple(Recipient(address) for address in recipients or ("ann@example.com",))
    values: dict[str, object] = {
        "public_id": public_id or new_public_id(),
        "transaction": Transaction(session(), Envelope("app@example.org", accepted), MAIL),
        "raw": raw_message() if raw is None else raw,
        "received_at": NOW,
    }
    return Arrival(**{**values, **more})  # type: ignore[arg-type]


def attempt(recipient: str = "gone@example.com", **more: object) -> Attempt:
    reply = Reply(550, "5.1.1", "No such user")
    envelope = Envelope("app@example.org", refused=(Recipient(recipient, reply=reply),))
    values: dict[str, object] = {
        "public_id": new_public_id(),
        "transaction": Transaction(session(), envelope, MAIL),
        "stage": "RCPT",
        "reply": reply,
        "at": NOW,
    }
    return Attempt(**{**values, **more})  # type: ignore[arg-type]


def keep(store: Store, *arrivals: Arrival) -> list[str]:
    """Store messages, each in a transaction of its own or not, and return their public ids."""
    for future in [store.add(one) for one in arrivals]:
        future.result(10)
    return [one.public_id for one in arrivals]


def subjects(store: Store, text: str = "", **more: object) -> list[str]:
    """The subjects that a search finds, newest first."""
    query = store.parse_query(text)
    return [item.subject for item in store.page(query=query, **more).items]  # type: ignore[union-attr,arg-type]


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait until the writer has done what it does between its jobs."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.005)
    return holds()
