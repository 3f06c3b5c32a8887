"""The thread in which things leave: it loads what speaks HTTP and SMTP when there is a sink for the first time."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config

if TYPE_CHECKING:
    from mailpit_py.outbound.sender import Sender


class Departure:
    """Sends what is due to the sinks of a sandbox, from `start` to `stop`."""

    def __init__(self, sandbox: Sandbox, config: Config) -> None:
        self._sandbox = sandbox
        self._config = config
        self._bell = sandbox.store.agenda.bell
        self._sender: Sender | None = None
        self._is_stopping = False
        self._thread = Thread(target=self._run, name="mailpit-sender", daemon=True)

    def start(self) -> None:
        """Begin with what is due, also what became due while nobody ran."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more, and return when what is on its way is written down, or after a few seconds."""
        self._is_stopping = True
        if self._sender is not None:
            self._sender.stop()
        self._bell.ring()
        self._thread.join()

    def _run(self) -> None:
        sinks = self._sandbox.store.agenda.sinks
        while not self._is_over:
            tick = self._bell.tick  # read before the sinks, so that no wake is missed
            if not sinks.is_empty:
                self._send()
                return
            self._bell.wait(tick)

    @property
    def _is_over(self) -> bool:
        return self._is_stopping or self._bell.closed

    def _send(self) -> None:
        from mailpit_py.assembly.wiring import sender_settings
        from mailpit_py.outbound.sender import Sender

        self._sender = Sender(self._sandbox, sender_settings(self._config))
        if not self._is_over:  # asked after the sender is there for `stop` to find
            self._sender.run()
