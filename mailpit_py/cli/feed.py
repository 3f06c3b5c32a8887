"""The live feed of a running sandbox, followed over a websocket, and over a new one after each end."""

from __future__ import annotations

import json
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Message, Ping, RejectConnection, Request
from wsproto.utilities import ProtocolError

from mailpit_py.errors import MailpitError

SILENCE = 60.0  # the sandbox pings more often
LONGEST_PAUSE = 5.0


class FeedError(MailpitError):
    """The feed cannot be had, whatever is tried again."""


class Feed:
    """The feed of the sandbox whose page is at `url`, which may carry `name:password@`, from a cursor on.

    It is of the `inbox` that is named, else of the first, or the token's.
    """

    def __init__(self, url: str, cursor: str, inbox: str = "") -> None:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        self._is_tls = parts.scheme == "https"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._path = f"{parts.path.rstrip('/')}/api/v2/events"
        self._headers: list[tuple[bytes, bytes]] = []
        if parts.username is not None:
            given = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers = [(b"Authorization", b"Basic " + b64encode(given.encode()))]
        self._inbox = f"&inbox={quote(inbox, safe='')}" if inbox else ""
        self.cursor = cursor

    def frames(self, *, once: bool = False) -> Iterator[dict[str, Any]]:
        """Yield frames as the API describes them; ends with the connection if `once`. Raises FeedError."""
        pause = 0.1
        while True:
            try:
                for frame in self._connected():
                    self.cursor, pause = str(frame["cursor"]), 0.1
                    yield frame
            except (OSError, ValueError, ProtocolError) as error:
                if once:
                    raise FeedError(f"the live feed at {self._host}:{self._port} has ended: {error}") from None
            if once:
                return
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _connected(self) -> Iterator[dict[str, Any]]:
        """One connection, from its handshake to its end."""
        ws = WSConnection(ConnectionType.CLIENT)
        host = f"[{self._host}]" if ":" in self._host else self._host
        target = f"{self._path}?after={quote(self.cursor, safe='')}{self._inbox}"
        with self._connect() as connection:
            connection.sendall(ws.send(Request(f"{host}:{self._port}", target, extra_headers=self._headers)))
            text = ""
            while octets := connection.recv(1 << 16):
                ws.receive_data(octets)
                for event in ws.events():
                    match event:
                        case RejectConnection(status_code=code):
                            raise FeedError(f"the sandbox refuses its live feed: {code}")
                        case Ping():
                            connection.sendall(ws.send(event.response()))
                        case CloseConnection():
                            return
                        case Message(data=data, message_finished=is_whole):
                            text += str(data)
                            if is_whole:
                                yield json.loads(text)
                                text = ""
                        case AcceptConnection() | _:
                            continue

    def _connect(self) -> socket.socket:
        connection = socket.create_connection((self._host, self._port), timeout=SILENCE)
        if not self._is_tls:
            return connection
        return ssl.create_default_context().wrap_socket(connection, server_hostname=self._host)
