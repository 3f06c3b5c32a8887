"""aiosmtpd's protocol without what most connections never use: its stream."""

from __future__ import annotations

import asyncio
from asyncio.streams import FlowControlMixin
from collections.abc import Mapping
from typing import Any

from aiosmtpd.smtp import SMTP

_READ_AHEAD = 64 * 1024


class StreamlessSMTP(SMTP, asyncio.BufferedProtocol):
    """What aiosmtpd calls a protocol. Its stream is made by `open_stream`, for its coroutine and its STARTTLS.

    `prepared` is what SMTP.__init__ works out: it looks through dir(self) for hooks, 0.3 ms a
    connection, so it ran once for all of them.
    """

    transport: Any  # a Transport, later that of TLS; aiosmtpd calls it a BaseTransport
    _paused: bool

    def __init__(self, prepared: Mapping[str, Any]) -> None:
        self.__dict__.update(prepared)
        FlowControlMixin.__init__(self, loop=self.loop)
        self._stream: asyncio.StreamReader | None = None  # the protocol itself has only a weak reference

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Set no timer: aiosmtpd's would cut off who speaks TLS for five minutes. The connection has Patience."""

    def open_stream(self) -> None:
        """Make the stream of which the coroutine reads, and which STARTTLS puts onto TLS; once."""
        if self._stream is not None:
            return
        self._stream = asyncio.StreamReader(loop=self.loop, limit=_READ_AHEAD)
        is_paused = self._paused
        asyncio.StreamReaderProtocol.__init__(
            self, self._stream, client_connected_cb=self._cb_client_connected, loop=self.loop
        )
        self._paused = is_paused
        asyncio.StreamReaderProtocol.connection_made(self, self.transport)

    def close_stream(self, error: Exception | None) -> None:
        """Let the stream go, if there is one."""
        if self._stream is not None:
            asyncio.StreamReaderProtocol.connection_lost(self, error)
