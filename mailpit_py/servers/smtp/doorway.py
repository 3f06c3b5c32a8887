"""The way into a port with TLS from the first byte: what is decided about a connection comes before its handshake."""

from __future__ import annotations

import asyncio
import asyncio.sslproto
import logging
from typing import TYPE_CHECKING, Any

from mailpit_py.servers.smtp import peer
from mailpit_py.servers.smtp.connection import Connection
from mailpit_py.servers.smtp.conversation import TLS_ALERT
from mailpit_py.servers.smtp.effect import described
from mailpit_py.servers.smtp.transcript import Transcript
from mailpit_py.simulation.decision import UNDECIDED
from mailpit_py.simulation.outcome import TlsFailure
from mailpit_py.simulation.stage import Stage

if TYPE_CHECKING:
    from mailpit_py.servers.smtp.listener import SmtpListener

# Seconds until the first octets of a handshake.
_PATIENCE = 60

logger = logging.getLogger(__name__)


class Doorway(asyncio.Protocol):
    """Asks what happens to a connection; when its handshake begins, lets it in or breaks the handshake."""

    _transport: Any  # a Transport; uvloop's is of no such class

    def __init__(self, listener: SmtpListener) -> None:
        self._listener = listener
        self._decision = UNDECIDED
        self._is_passed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Decide, with nothing known but the peer."""
        self._transport, listener = transport, self._listener
        opened_at = listener.sandbox.clock.wall()
        self._session = session = peer.session(listener.ids.new(), transport, listener.settings, opened_at)
        connections = listener.connections_of(peer.host(session)) + 1
        self._decision = listener.sandbox.simulator.decide(Stage.CONNECT, session, connections=connections)
        self._timer = listener.loop.call_later(_PATIENCE, self.abort)
        listener.doorways.add(self)

    def abort(self) -> None:
        """Cut the connection off without a word."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take the first octets of a handshake."""
        if self._is_passed:
            return
        self._leave()
        if isinstance(self._decision.outcome, TlsFailure):
            self._transport.write(TLS_ALERT)
            self._transport.close()
        else:
            self._let_in(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Keep what happened, if that was simulated."""
        self._leave()
        if not isinstance(self._decision.outcome, TlsFailure):
            return
        transcript, session = Transcript(self._listener.sandbox.clock.wall), self._session
        what, log = described(self._decision.outcome), self._decision.log
        transcript.note(f"simulated {what}: {log}")
        logger.info("session=%s stage=%s simulated %s: %s", session.public_id, Stage.CONNECT, what, log)
        self._listener.sandbox.close_session(session, transcript.take(), "tls failed")

    def _leave(self) -> None:
        self._is_passed = True
        self._timer.cancel()
        self._listener.doorways.discard(self)

    def _let_in(self, data: bytes) -> None:
        loop, context = self._listener.loop, self._listener.settings.ssl_context
        assert context is not None
        nobody: Any = None  # waits for the end of the handshake
        connection = Connection(self._listener, self._decision)
        tls = asyncio.sslproto.SSLProtocol(loop, connection, context, nobody, server_side=True)
        self._transport.set_protocol(tls)
        tls.connection_made(self._transport)
        tls.get_buffer(len(data))[: len(data)] = data
        tls.buffer_updated(len(data))
