"""Somebody's application whose deliveries fail on demand: by addresses alone, in parallel, and twice the same."""

from __future__ import annotations

import json
import re
import smtplib
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import make_msgid
from pathlib import Path
from typing import Any

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.servers.loop import LoopThread
from mailpit_py.storage import Store, StoreOptions
from tests.process import Running, checkout
from tests.servers.smtp.serving import serving

Try = tuple[str, str, int]
GREYLISTED, FULL, CUT = "greylist+x2@bounce.test", "full+2msgs@bounce.test", "drop+data@bounce.test"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with checkout(tmp_path) as started:
        yield started


# The application: it retries, and gives up after three tries.


class Application:
    """Sends a mail and tries again, as a job queue does; `outcome` is what it saw at each try."""

    def __init__(self, port: int, recipient: str) -> None:
        self.port = port
        self.recipient = recipient
        self.outcome: list[str] = []

    def deliver(self, tries: int = 3) -> Application:
        self.message_id = make_msgid(domain="app.example")
        mail = f"Message-ID: {self.message_id}\r\nSubject: Welcome\r\n\r\nHello.\r\n"
        for _ in range(tries):
            self.outcome.append(self._try(mail))
            if self.outcome[-1] == "sent":
                break
        return self

    def _try(self, mail: str) -> str:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
                client.sendmail("app@example.org", [self.recipient], mail)
        except smtplib.SMTPRecipientsRefused as error:
            return str(error.recipients[self.recipient][0])
        except smtplib.SMTPServerDisconnected:
            return "disconnected"
        return "sent"


# Its integration tests, each with an address of its own.


def api(running: Running, address: str) -> Any:
    return json.loads(running.get(f"api/v2/{address}"))


def timeline(running: Running, kind: str, public_id: str) -> list[Try]:
    tries = api(running, f"{kind}/{public_id}/timeline")["tries"]
    return [(one["kind"], one["stage"], one["reply"]["code"]) for one in tries]


def ids_to(running: Running, recipient: str) -> list[str]:
    return [one["id"] for one in running.find("") if one["recipients"] == [recipient]]


def attempts_to(running: Running, recipient: str) -> list[str]:
    items = api(running, "attempts?limit=200")["items"]
    return [one["id"] for one in items if recipient in [each["address"] for each in one["recipients"]]]


def greylisted_twice_then_accepted(running: Running) -> object:
    seen = Application(running.smtp_port, GREYLISTED).deliver().outcome
    (latest, *_) = ids_to(running, GREYLISTED)
    return seen, timeline(running, "messages", latest)


def fills_a_mailbox(running: Running) -> object:
    seen = [Application(running.smtp_port, FULL).deliver(tries=1).outcome for _ in range(3)]
    (latest, *_) = attempts_to(running, FULL)
    return seen, len(ids_to(running, FULL)) % 2, timeline(running, "attempts", latest)[-1]


def loses_the_connection(running: Running) -> object:
    seen = Application(running.smtp_port, CUT).deliver(tries=2).outcome
    (latest, *_) = attempts_to(running, CUT)
    # No content ever came, so nothing tells this mail from the one before: its tries are the last two.
    return seen, ids_to(running, CUT), timeline(running, "attempts", latest)[-2:]


TESTS: list[Callable[[Running], object]] = [greylisted_twice_then_accepted, fills_a_mailbox, loses_the_connection]
EXPECTED = [
    (
        ["451", "451", "sent"],
        [("attempt", "RCPT", 451), ("attempt", "RCPT", 451), ("message", "CONTENT", 250)],
    ),
    ([["sent"], ["sent"], ["452"]], 0, ("attempt", "RCPT", 452)),
    (
        ["disconnected", "disconnected"],
        [],
        [("attempt", "DATA", 421), ("attempt", "DATA", 421)],
    ),
]


def test_three_failures_in_parallel_by_addresses_alone_twice_in_a_row(running: Running):
    with ThreadPoolExecutor(len(TESTS)) as pool:
        for _ in range(2):
            assert list(pool.map(lambda test: test(running), TESTS)) == EXPECTED


# Determinism

ADDRESSES = [
    "bounce+mailbox_full+gmail@bounce.test",
    "bounce+spam+p30+s42@bounce.test",
    "defer+p50@bounce.test",
    "greylist@bounce.test",
    "full+2msgs@bounce.test",
    "garble+mixed@bounce.test",
    "bounce+virus+content@bounce.test",
    "drop+rcpt+p50@bounce.test",
    "slow+1ms@bounce.test",
    "discard@bounce.test",
    "ann@example.com",
]


class Frozen(Clock):
    def wall(self) -> int:
        return 1_700_000_000_000_000


def transcripts(loop: LoopThread, order: list[str], clients: int) -> dict[str, list[str]]:
    """The dialogues of four mails to each address, by address, with what is random masked."""
    with (
        Store.open(None, StoreOptions()) as store,
        serving(loop, Sandbox(store, Frozen())) as served,
        ThreadPoolExecutor(clients) as pool,
    ):
        dialogues = pool.map(lambda one: dialogue(served.port, one), order)
        said = dict(zip(order, dialogues, strict=True))
        rows = [*store.page("default", limit=200).items, *store.page("default", limit=200, refused=True).items]
        kept = (store.transcript("default", row.public_id) for row in rows)
        said["transcripts"] = sorted(
            "\n".join(f"{one.at} {one.side} {masked(one.text)}" for one in lines) for lines in kept
        )
    return said


def dialogue(port: int, recipient: str) -> list[str]:
    raw = f"EHLO me\r\nMAIL FROM:<app@example.org>\r\nRCPT TO:<{recipient}>\r\n"
    content = f"Message-ID: <{recipient}>\r\n\r\nx\r\n.\r\n"
    return [masked(session(port, raw, content)) for _ in range(4)]


def session(port: int, envelope: str, content: str) -> str:
    """All that the server says to a client that sends its content when it is asked for."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), 20) as sock:
        sock.sendall(f"{envelope}DATA\r\n".encode())
        while data := sock.recv(65536):
            received += data
            if received.endswith(b"<CR><LF>.<CR><LF>\r\n"):
                sock.sendall(content.encode() + b"QUIT\r\n")
            elif b"No valid recipients\r\n" in received[-40:]:
                sock.sendall(b"QUIT\r\n")
    return received.decode()


@pytest.fixture(scope="module")
def loop() -> Iterator[LoopThread]:
    with LoopThread(name="failures") as loop:
        yield loop


def test_two_runs_are_equal_byte_for_byte_in_whatever_order_clients_come(loop: LoopThread):
    first = transcripts(loop, ADDRESSES, clients=1)
    assert transcripts(loop, ADDRESSES[::-1], clients=4) == first
    answered = {line[:3] for lines in first.values() for said in lines for line in said.split("\n")}
    assert {"250", "354", "451", "452", "550"} <= answered
    assert len(first["transcripts"]) > len(ADDRESSES)


def masked(text: str) -> str:
    return re.sub(r"[0-9A-Za-z]{22}\b", "{id}", text)
