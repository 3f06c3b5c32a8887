"""The web server: bound sockets, one accept thread, one thread a request; the app loads behind the backlog."""

from __future__ import annotations

import logging
import selectors
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailpit_py.servers.loop import file_identity

if TYPE_CHECKING:
    from mailpit_py.servers.wsgi import Listener

logger = logging.getLogger(__name__)

AppFactory = Callable[[], Any]
GRACE = 1.0
SWEEP = 5.0


class HttpServer:
    """Serves one WSGI application on sockets that are already bound and listening.

    `app_factory` runs in the server's own thread, so that its imports cost the start nothing:
    requests that come earlier wait in the backlog. `ready` is set once all sockets accept, or once
    the factory has failed; then `error` holds why. The server owns the sockets from start to stop, and
    the files of unix sockets with them.
    An application with a `close()` is told to end its long-lived connections before the stop.
    """

    def __init__(
        self, sockets: Sequence[socket.socket], app_factory: AppFactory, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.ready = threading.Event()
        self.error: BaseException | None = None
        self._sockets = tuple(sockets)
        self._files = [(path, file_identity(path)) for path in _files_of(sockets)]
        self._app_factory = app_factory
        self._tls = tls
        self._app: Any = None
        self._stopped = False
        self._listeners: list[Listener] = []
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def wait_ready(self, timeout: float | None = None) -> bool:
        """Wait until requests are answered. Raises what the app factory raised; False after `timeout` seconds."""
        done = self.ready.wait(timeout)
        if self.error is not None:
            raise self.error
        return done

    def stop(self, grace: float = GRACE) -> None:
        """End: no new requests, long-lived connections closed, running requests given `grace` seconds.

        May be called twice, and without a start.
        """
        if self._stopped:
            return
        self._stopped = True
        self._remove_files()
        if not self._thread.ident:
            self._close_sockets()
            return
        self._wake.send(b"x")
        self._thread.join()
        close = getattr(self._app, "close", None)
        if close is not None:
            close()
        for listener in self._listeners:
            listener.finish(grace)
        self._close_sockets()

    def _remove_files(self) -> None:
        """Remove what the sockets were bound to, before they close: then a number cannot be in use again."""
        for path, identity in self._files:
            if identity is not None and file_identity(path) == identity:
                path.unlink(missing_ok=True)

    def _close_sockets(self) -> None:
        for one in (*self._sockets, self._wake, self._woken):
            one.close()

    def _run(self) -> None:
        try:
            self._load()
        except Exception as error:
            self.error = error
            self.ready.set()
            return
        self.ready.set()
        self._accept()

    def _load(self) -> None:
        from mailpit_py.servers.wsgi import Listener  # werkzeug loads here, behind the backlog

        self._app = self._app_factory()
        self._listeners = [Listener(one, self._app, self._tls) for one in self._sockets]

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for listener in self._listeners:
                selector.register(listener, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select(SWEEP if self._is_busy() else None)]
                if self._woken in ready:
                    return
                for listener in self._listeners:
                    if listener in ready:
                        listener.handle_request()
                    listener.sweep()

    def _is_busy(self) -> bool:
        return any(listener.is_busy for listener in self._listeners)


def _files_of(sockets: Sequence[socket.socket]) -> list[Path]:
    unix = [one for one in sockets if hasattr(socket, "AF_UNIX") and one.family == socket.AF_UNIX]
    return [Path(one.getsockname()) for one in unix]
