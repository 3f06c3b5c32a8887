"""A clock that stands still, and what a client is told."""

from __future__ import annotations

from mailpit_py.application.clock import Clock
from mailpit_py.application.simulator import Simulator
from mailpit_py.mail.envelope import Envelope, Recipient, Session
from mailpit_py.simulation.stage import Stage

SECOND = 1_000_000
NOW = 1_764_000_000 * SECOND
RAW = b"Message-ID: <1@app>\r\nSubject: Hello\r\n\r\nbody\r\n"
SESSION = Session("session-1", NOW, peer="192.0.2.1:4000", helo="app")
TWICE = {"name": "twice", "outcome": "mailbox_full", "first": 2}


class FakeClock(Clock):
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW

    def wall(self) -> int:
        return self.now


def code(simulator: Simulator, recipient: str, sender: str = "app@example.org") -> int:
    """The code that RCPT is answered with; 250 if nothing is decided."""
    decision = simulator.decide(Stage.RCPT, SESSION, Envelope(sender), Recipient(recipient))
    return decision.reply.code if decision.reply else 250


def codes(simulator: Simulator, recipient: str, tries: int) -> list[int]:
    return [code(simulator, recipient) for _ in range(tries)]
