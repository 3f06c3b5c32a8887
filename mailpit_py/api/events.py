"""The websocket of the live feed: handshake, one sender a socket, and the end of clients that do not keep up."""

from __future__ import annotations

import logging
import socket
import ssl
import struct
import threading
import time
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from flask import Blueprint, Response, request
from flask_sock import Sock
from wsproto.utilities import RemoteProtocolError

from mailpit_py.api import admission
from mailpit_py.api.answers import read_query
from mailpit_py.api.context import here
from mailpit_py.api.feed import Feed
from mailpit_py.api.models import EventsQuery
from mailpit_py.api.problem import HANDSHAKE, WEBSOCKET_VERSION, Problem, answer, unusable_parameter
from mailpit_py.errors import MailpitError
from mailpit_py.storage import Cursor

logger = logging.getLogger(__name__)

MAX_CLIENTS = 400
MAX_INCOMING = 4096
SEND_SECONDS = 10.0
BUDGET_BYTES = 32 << 10
REFILL_BYTES = 1 << 10
GOING_AWAY = 1001
KEY_BYTES = 16
OPTIONS = {"ping_interval": 25, "max_message_size": MAX_INCOMING}


class Connection(Protocol):
    """What is used here of simple-websocket's connection: whether it lives, and its reading thread."""

    connected: bool
    thread: threading.Thread


class Wire:
    """The socket as simple-websocket sees it: whole frames only, a limit on what comes in, a bell at the end.

    The library writes with `send` from two threads; here a write is complete and excludes others.
    A client that takes nothing for ten seconds is cut off, and so is one that sends more than 32 kB
    and then 1 kB a second: clients have nothing to say here but to answer pings.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._socket.settimeout(SEND_SECONDS)
        self._is_tls = isinstance(connection, ssl.SSLSocket)
        self._writing = threading.Lock()
        self._allowance = float(BUDGET_BYTES)
        self._counted = time.monotonic()
        self.on_close = _nothing

    def fileno(self) -> int:
        """For the library's selector."""
        return self._socket.fileno()

    def send(self, data: bytes) -> int:
        """Write all of `data`. Raises OSError if the client does not take it in time."""
        with self._writing:
            self._socket.sendall(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        """Read what has come; waits as long as it takes."""
        while True:
            try:
                data = self._read_alone(size) if self._is_tls else self._socket.recv(size)
            except TimeoutError:
                continue
            self._charge(len(data))
            return data

    def _read_alone(self, size: int) -> bytes:
        """Read while nobody writes: OpenSSL allows one thread at a time in a connection."""
        with self._writing:
            self._socket.settimeout(0.01)
            try:
                return self._socket.recv(size)
            finally:
                self._socket.settimeout(SEND_SECONDS)

    def close(self) -> None:
        """Called by the library's reader when the client has gone."""
        self.on_close()

    def hang_up(self) -> None:
        """End the connection in both directions, which also ends the library's reader."""
        with suppress(OSError):  # it has ended already
            self._socket.shutdown(socket.SHUT_RDWR)

    def _charge(self, size: int) -> None:
        now = time.monotonic()
        self._allowance = min(BUDGET_BYTES, self._allowance + (now - self._counted) * REFILL_BYTES)
        self._counted = now
        self._allowance -= size
        if self._allowance < 0:
            raise ConnectionError("the client sends too much")


def _nothing() -> None:
    pass


def blueprint() -> Blueprint:
    """The websocket of our own feed."""

    def stream(ws: Connection) -> None:
        """Follow an inbox live."""
        environ: dict[str, Any] = request.environ
        follow(ws, here().feed, environ["mailpit.inbox"], environ["mailpit.after"])

    return websocket("events", _prepare, stream)


def websocket(name: str, prepare: Callable[[], None], stream: Callable[[Connection], None]) -> Blueprint:
    """A blueprint with one websocket at /events; `prepare` answers before the handshake what cannot go on."""
    events = Blueprint(name, __name__)
    sock = Sock()
    events.before_request(prepare)
    events.register_error_handler(RemoteProtocolError, _bad_handshake)
    sock.route("/events", bp=events)(stream)
    return events


def _prepare() -> None:
    """Check the arguments and the room before the handshake, where an answer can still say what is wrong."""
    query = admission.narrowed(read_query(EventsQuery))
    here().sandbox.store.counts(query.inbox)  # raises NotFound for an inbox that does not exist
    request.environ["mailpit.after"] = _cursor(query.after)
    request.environ["mailpit.inbox"] = query.inbox
    take_socket()


def take_socket() -> None:
    """Wrap the socket for a feed. Raises a problem for what is no handshake, if there is no room, or no socket."""
    _check_handshake()
    if here().feed.listeners + here().live.listeners >= MAX_CLIENTS:
        raise Problem(503, "Too many pages follow this sandbox live.", kind="busy", headers={"Retry-After": "30"})
    connection = request.environ.get("werkzeug.socket")
    if connection is None:
        raise Problem(501, "The server in front of this application cannot carry websockets.")
    request.environ["werkzeug.socket"] = Wire(connection)


def _check_handshake() -> None:
    """Refuse what the library takes: another method than GET, and a key of other than 16 octets (RFC 6455 §4.2.1)."""
    if request.method != "GET":
        text = f"{request.method} opens no websocket."
        raise Problem(405, text, headers={"Allow": "GET", **WEBSOCKET_VERSION})
    try:
        size_bytes = len(b64decode(request.headers.get("Sec-WebSocket-Key", ""), validate=True))
    except ValueError:
        size_bytes = 0
    if size_bytes != KEY_BYTES:
        text = "This is no websocket handshake: its key is none."
        raise Problem(400, text, kind=HANDSHAKE, headers=WEBSOCKET_VERSION)


def _cursor(text: str | None) -> Cursor | None:
    try:
        return Cursor.parse(text) if text else None
    except ValueError as error:
        raise unusable_parameter("after", str(error)) from None


def _bad_handshake(error: RemoteProtocolError) -> Response:
    text = f"This is no websocket handshake: {error}."
    return answer(Problem(400, text, kind=HANDSHAKE, headers=WEBSOCKET_VERSION))


def follow(ws: Connection, feed: Feed, inbox: str, after: Cursor | None) -> None:
    """Send frames until the client leaves, does not keep up, or the sandbox stops."""
    wire: Wire = request.environ["werkzeug.socket"]
    wire.on_close, holds = feed.wake, admission.pledge()
    try:
        for frame in feed.follow(inbox, after, lambda: ws.connected and holds()):
            wire.send(frame)
    except (OSError, MailpitError) as error:  # the client has gone or is too slow, or the store has closed
        logger.debug("live feed ended peer=%s: %s", request.remote_addr, error)
    finally:
        _part(ws, wire, GOING_AWAY)


def _part(ws: Connection, wire: Wire, code: int) -> None:
    """Say goodbye if the client still listens, and let the library's reader end."""
    if ws.connected:
        ws.connected = False
        with suppress(OSError):  # it has gone in this moment
            wire.send(close_frame(code))
    ws.thread.join(0.05)
    wire.hang_up()
    ws.thread.join(1)


def close_frame(code: int) -> bytes:
    """An unmasked close frame with a status code (RFC 6455 §5.5.1)."""
    return struct.pack("!BBH", 0x88, 2, code)
