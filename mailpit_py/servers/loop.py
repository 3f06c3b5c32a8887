"""The event loop in a thread of its own, and the sockets that it serves."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import stat
import threading
from collections.abc import Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from mailpit_py.bind import EVERYWHERE, Bind
from mailpit_py.errors import PlaceTaken

T = TypeVar("T")

_PORT_ATTEMPTS = 20
_BACKLOG = 512


class LoopThread:
    """One asyncio event loop and the thread that runs it; a context manager.

    `use_uvloop` takes uvloop's loop if that can be imported. Several may live in one process.
    """

    def __init__(self, *, name: str = "loop", use_uvloop: bool = False) -> None:
        self.loop = _new_loop(use_uvloop)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], timeout: float | None = 30) -> T:
        """Run a coroutine on the loop and return its result, in the calling thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    def stop(self) -> None:
        """Cancel what still runs, and end the thread. May be called twice."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
        elif not self.loop.is_closed():
            self.loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self._clear()

    def _clear(self) -> None:
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        self.loop.close()


def _new_loop(use_uvloop: bool) -> asyncio.AbstractEventLoop:
    if use_uvloop:
        with contextlib.suppress(ImportError):
            import uvloop

            loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
            return loop
    return asyncio.new_event_loop()


def bind(place: Bind) -> list[socket.socket]:
    """Return sockets that listen at `place`, one for each address; clients wait until somebody accepts.

    (A socket that is only bound would not keep others from its port.) Port 0 takes a free port, the
    same for all addresses; an address family that this machine lacks is left out if another one is
    there. `::` means every address of both families, each with a socket of its own, so that clients
    are seen under the addresses that they have. Raises PlaceTaken, with advice, if it cannot be done.
    """
    if place.path is not None:
        return [_bind_unix(place.path, place.mode)]
    hosts = EVERYWHERE if place.hosts == ("::",) else place.hosts
    for _ in range(_PORT_ATTEMPTS):
        try:
            return _bind_all(hosts, place.port)
        except OSError as error:
            if place.port or error.errno != errno.EADDRINUSE:
                raise PlaceTaken(f"cannot listen on {place}: {_advice(error)}") from error
    raise PlaceTaken(f"cannot listen on {place}: no port is free on all of its addresses")


def _bind_all(hosts: Sequence[str], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    try:
        for host in hosts:
            try:
                sockets.append(_bind_tcp(host, port))
                port = sockets[0].getsockname()[1]
            except OSError as error:
                if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT) or len(hosts) == 1:
                    raise
                missing = error
        if not sockets and missing is not None:
            raise missing
    except OSError:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def _bind_tcp(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _bind_unix(path: Path, mode: int) -> socket.socket:
    """Bind a socket file; one that nobody listens on any more is replaced, any other file is not touched."""
    try:
        if path.exists() or path.is_symlink():
            _remove_stale(path)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        previous = os.umask(0o777 & ~mode)
        try:
            sock.bind(str(path))
        finally:
            os.umask(previous)
        path.chmod(mode)
        sock.listen(_BACKLOG)
    except OSError as error:
        raise PlaceTaken(f"cannot listen on {path}: {_advice(error)}") from error
    return sock


def _remove_stale(path: Path) -> None:
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise PlaceTaken(f"cannot listen on {path}: it is a file, and not a socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise PlaceTaken(f"cannot listen on {path}: another process does")


def file_identity(path: Path) -> tuple[int, int] | None:
    """Device and number of a file, None if there is none."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _advice(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program has this port; stop it or choose another port"
    if error.errno == errno.EACCES:
        return "this needs privileges; choose a port from 1024 on"
    return error.strerror or str(error)
