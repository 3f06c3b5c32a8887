from __future__ import annotations

import asyncio
import os
import socket
import stat
import threading
import time

import pytest

from mailpit_py.bind import Bind
from mailpit_py.errors import ConfigError
from mailpit_py.servers.loop import LoopThread, bind


@pytest.fixture
def bound():
    """A function that binds, and closes at the end of the test."""
    sockets = []

    def call(place: str) -> list[socket.socket]:
        found = bind(Bind.parse(place))
        sockets.extend(found)
        return found

    yield call
    for sock in sockets:
        sock.close()


@pytest.mark.parametrize("use_uvloop", [False, True])
def test_it_starts_and_stops_at_once_and_leaves_no_thread(use_uvloop):
    before = threading.active_count()
    began = time.monotonic()
    for _ in range(10):
        with LoopThread(use_uvloop=use_uvloop) as loop:
            assert loop.run(asyncio.sleep(0, "done")) == "done"
    assert time.monotonic() - began < 5
    assert threading.active_count() == before


def test_it_cancels_what_still_runs():
    cancelled = threading.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    with LoopThread() as loop:
        asyncio.run_coroutine_threadsafe(wait(), loop.loop)
        loop.run(asyncio.sleep(0))
    assert cancelled.is_set()
    assert loop.loop.is_closed()


def test_it_may_be_stopped_without_having_started():
    loop = LoopThread()
    loop.stop()
    loop.stop()
    assert loop.loop.is_closed()


def test_localhost_is_both_addresses_on_one_port(bound):
    names = [sock.getsockname()[:2] for sock in bound("localhost:0")]
    assert names[0][0] == "127.0.0.1"
    assert len({port for _, port in names}) == 1
    if socket.has_ipv6:
        assert [host for host, _ in names] == ["127.0.0.1", "::1"]


@pytest.mark.parametrize("place", ["[::]:0", ":0"])
def test_every_address_is_that_of_each_family_on_one_port(bound, place):
    sockets = bound(place)
    names = [sock.getsockname()[:2] for sock in sockets]
    assert names[0][0] == "0.0.0.0"
    assert len({port for _, port in names}) == 1
    if socket.has_ipv6:
        assert [host for host, _ in names] == ["0.0.0.0", "::"]
    with socket.create_connection(("127.0.0.1", names[0][1]), timeout=10):
        client, address = sockets[0].accept()
        client.close()
    assert address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_said_with_advice(bound):
    port = bound("127.0.0.1:0")[0].getsockname()[1]
    with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}: another program has this port"):
        bound(f"127.0.0.1:{port}")


@pytest.mark.parametrize("place", ["203.0.113.1:0", "no-such-host.invalid:0"])
def test_an_address_of_another_machine_is_refused(bound, place):
    with pytest.raises(ConfigError, match="cannot listen"):
        bound(place)


def test_a_socket_file_has_the_mode_that_was_asked_for(bound, tmp_path):
    path = tmp_path / "smtp.sock"
    bound(f"unix:{path}:640")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_stale_socket_file_is_replaced(bound, tmp_path):
    path = tmp_path / "smtp.sock"
    for sock in bound(f"unix:{path}"):
        sock.close()
    before = path.stat().st_ino, path.stat().st_mtime_ns
    bound(f"unix:{path}")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) != before
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_socket_file_that_is_in_use_is_not_taken(bound, tmp_path):
    path = tmp_path / "smtp.sock"
    bound(f"unix:{path}")
    with pytest.raises(ConfigError, match="another process does"):
        bound(f"unix:{path}")
    assert path.exists()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_no_socket_file_is_not_touched(bound, tmp_path, kind):
    path = tmp_path / "precious"
    if kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.write_text("mail")
    else:
        (tmp_path / "target").write_text("mail")
        os.symlink(tmp_path / "target", path)
    with pytest.raises(ConfigError, match="not a socket"):
        bound(f"unix:{path}")
    assert path.exists()
