"""A bounce processor of an app: an SMTP server on loopback that keeps what it is given, and answers as told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Processor:
    """What came in: (reverse-path, recipients, octets) each. `replies` are given to RCPT, one after the other."""

    port: int = 0
    letters: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    before_answer: Callable[[], None] = lambda: None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.replies:
            return self.replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        with self.arrived:
            self.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
            self.arrived.notify_all()
        self.before_answer()
        return "250 Taken"

    def wait_for(self, count: int, timeout: float = 60) -> list[tuple[str, list[str], bytes]]:
        """What came in, once there is so much."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.letters) >= count, timeout), f"{len(self.letters)} came"
            return list(self.letters)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="app.test", enable_SMTPUTF8=True, data_size_limit=None)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # what the system chose for 0
        super()._trigger_server()


@contextmanager
def processor() -> Iterator[Processor]:
    """A bounce processor on a free port."""
    running = Processor()
    controller = _Controller(running, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        running.port = controller.port
        yield running
    finally:
        controller.stop()
