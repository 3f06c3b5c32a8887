"""A listener by which mail is read, on a free port, with raw clients for it."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from mailpit_py.application.account import Accounts
from mailpit_py.bind import Bind
from mailpit_py.servers.loop import bind
from mailpit_py.servers.settings import ReadingSettings
from mailpit_py.servers.tls import ServerTls
from tests.servers.smtp.script import Script, load, matches
from tests.servers.smtp.serving import TIMEOUT, RawClient, wait_until

Serve = Callable[..., "Served"]
Feed = Callable[[RawClient, Script], Sequence[str]]


class Listener(Protocol):
    @property
    def connection_count(self) -> int: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass
class Served:
    """A running listener. `connect` gives raw clients, closed at the end of the test."""

    listener: Listener
    port: int
    _clients: list[RawClient] = field(default_factory=list)

    def connect(self, *, greeted: bool = True) -> RawClient:
        client = RawClient(socket.create_connection(("127.0.0.1", self.port), TIMEOUT))
        self._clients.append(client)
        if greeted:
            assert client.line().startswith((b"+OK ", b"* OK "))
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.listener.stop()


@contextlib.contextmanager
def serving(make: Callable[[ReadingSettings, Sequence[socket.socket]], Listener]) -> Iterator[Serve]:
    """A function that starts listeners with the given settings; all are stopped at the end."""
    with contextlib.ExitStack() as stack:

        def start(**settings: Any) -> Served:
            sockets = bind(Bind.parse("127.0.0.1:0"))
            listener = make(ReadingSettings(**settings), sockets)
            listener.start()
            served = Served(listener, sockets[0].getsockname()[1])
            stack.callback(served.close)
            return served

        yield start


def client_context(tls: ServerTls) -> ssl.SSLContext:
    """The settings of a client that trusts the made certificate and no other."""
    return ssl.create_default_context(cafile=str(tls.ca_path))


def turn_one_away(served: Served) -> bytes:
    """What a listener for one says to the second; the third is let in once the first has gone."""
    first, second = served.connect(), served.connect(greeted=False)
    refusal = second.line()
    assert second.at_end()
    first.close()
    wait_until(lambda: served.listener.connection_count == 0)
    served.connect()
    return refusal


def play(path: Path, feed: Feed, serve: Serve, tls: ServerTls) -> None:
    """Play a transcript and hold that it goes as it is written."""
    script = load(path)
    client = serve(**_settings(script.settings, tls)).connect(greeted=False)
    answers = feed(client, script)
    expected = [line for step in script.steps for line in step.answers]
    assert [pair for pair in zip(expected, answers, strict=True) if not matches(*pair)] == []
    if script.is_closed:
        assert client.at_end()


def _settings(written: dict[str, Any], tls: ServerTls) -> dict[str, Any]:
    """The listener's settings for what a transcript asks for."""
    found = dict(written)
    if found.pop("tls", False):
        found["ssl_context"] = tls.context
    if "accounts" in found:
        found["accounts"] = Accounts.parse_words(found["accounts"])
    return found
