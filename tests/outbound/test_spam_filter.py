"""Spam filters: real ones where they are installed, and what they say when they do not answer."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailpit_py.outbound.spam_filter import SpamFilter
from tests.checks.test_spam import POSTMARK, RSPAMD, SPAMD
from tests.outbound.servers import is_left, web

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
MAIL = b"From: app@example.org\r\nTo: ann@example.com\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\n%b\r\n"
PATIENCE = 60.0
PONG = b"SPAMD/1.5 0 PONG\r\n"


def program(name: str, package: str = "") -> str:
    """Return a program of Debian's, installed or unpacked by ./test."""
    unpacked = Path(sys.prefix, package, "usr/sbin", name)
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or (
        str(unpacked) if unpacked.is_file() else ""
    )
    return found or pytest.skip(f"needs {name}, which ./test installs as root on Debian")


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[int]:
    """Run a server until it listens; its output is told if it does not."""
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process:
        late = time.monotonic() + PATIENCE
        try:
            while not listens(port):
                assert process.poll() is None and time.monotonic() < late, (folder / "log").read_text()  # noqa: PT018
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="module")
def spamd(tmp_path_factory) -> Iterator[int]:
    path, folder, port = program("spamd", "spamd"), tmp_path_factory.mktemp("spamd"), free_port()
    folder.chmod(0o777)
    user = ["--username", "nobody"] if os.geteuid() == 0 else []
    options = ["--local", "--nouser-config", "--max-children", "1", "--syslog", "stderr"]
    with running([path, *options, *user, "--listen", "127.0.0.1", "--port", str(port)], port, folder) as ready:
        yield ready


@pytest.fixture(scope="module")
def rspamd(tmp_path_factory) -> Iterator[int]:
    path, folder, port = program("rspamd"), tmp_path_factory.mktemp("rspamd"), free_port()
    folder.chmod(0o777)
    (folder / "rspamd.conf").write_text(
        f'options {{ pidfile = "{folder}/pid"; tempdir = "{folder}"; filters = ""; '
        'dns { nameserver = ["127.0.0.1"]; } }\n'
        'logging { type = "console"; level = "error"; }\n'
        f'worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}\n'
        "actions { reject = 15; add_header = 6; greylist = 4; }\n"
    )
    user = ["-u", "nobody", "-g", "nogroup"] if os.geteuid() == 0 else []
    with running([path, "-f", "-c", str(folder / "rspamd.conf"), *user], port, folder) as ready:
        yield ready


@pytest.mark.slow
def test_spamassassin_names_the_rules_of_spam(spamd):
    score = SpamFilter(f"127.0.0.1:{spamd}", timeout=PATIENCE).score(MAIL % GTUBE.encode())
    assert (score.error, score.is_spam, score.threshold) == ("", True, 5.0)
    assert "GTUBE" in [rule.name for rule in score.rules]
    assert score.score >= 1000


@pytest.mark.slow
def test_spamassassin_lets_a_plain_message_pass(spamd):
    asked = SpamFilter(f"127.0.0.1:{spamd}", timeout=PATIENCE)
    assert asked.ping() == ""
    score = asked.score(MAIL % b"Hi Ann, your order is on its way.")
    assert (score.error, score.is_spam) == ("", False)


@pytest.mark.slow
def test_rspamd_refuses_spam(rspamd):
    asked = SpamFilter(rspamd=f"http://127.0.0.1:{rspamd}/", timeout=PATIENCE)
    assert asked.ping() == ""
    assert (asked.score(MAIL % GTUBE.encode()).is_spam, asked.score(MAIL % b"Hi").is_spam) == (True, False)


@contextmanager
def saying(
    answer: bytes, path: Path | None = None, *, pongs: bool = False
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the place of a server that answers one connection, when it has been told all, and what it was told.

    With `pongs` it answers a ping as well, before or after: a sandbox asks for one when it starts.
    """
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listener.bind(str(path) if path else ("127.0.0.1", 0))
    listener.listen()
    told = bytearray()

    def serve() -> None:
        for _ in range(2 if pongs else 1):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as octets:
                request = octets.read()
                is_ping = pongs and request.startswith(b"PING ")
                connection.sendall(PONG if is_ping else answer)
            told.extend(b"" if is_ping else request)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    place = f"unix:{path}" if path else f"127.0.0.1:{listener.getsockname()[1]}"

    def all_told() -> bytes:
        thread.join(PATIENCE)
        return bytes(told)

    try:
        yield place, all_told
    finally:
        listener.close()


@pytest.mark.parametrize("by_file", [False, True])
def test_spamd_is_told_the_message_and_that_there_is_no_more(tmp_path, by_file):
    with saying(SPAMD, tmp_path / "spamd.sock" if by_file else None) as (place, told):
        score = SpamFilter(place).score(b"Subject: x\r\n\r\n")
        assert told() == b"REPORT SPAMC/1.5\r\nContent-length: 14\r\n\r\nSubject: x\r\n\r\n"
    assert (score.score, len(score.rules)) == (1000.0, 5)


def test_nobody_at_the_place_is_an_error():
    asked = SpamFilter(f"127.0.0.1:{free_port()}")
    score = asked.score(b"")
    assert score.error == "spamassassin: Connection refused"
    assert not score.is_spam
    assert asked.ping() == "spamassassin: Connection refused"
    assert "refused" in SpamFilter(rspamd=f"http://127.0.0.1:{free_port()}").ping()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (PONG, ""),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "what answers is not spamassassin"),
        (b"", "what answers is not spamassassin"),
    ],
)
def test_spamd_is_pinged(answer, error):
    with saying(answer) as (place, told):
        assert SpamFilter(place).ping() == error
        assert told() == b"PING SPAMC/1.5\r\n\r\n"


@pytest.mark.parametrize(("body", "error"), [(b"pong\r\n", ""), (b"<html>", "what answers is not rspamd")])
def test_rspamd_is_pinged(body, error):
    with web() as server:
        server.answer = lambda request: (200, {}, body)
        assert SpamFilter(rspamd=f"http://127.0.0.1:{server.port}/").ping() == error
        assert [(one.method, one.path) for one in server.requests] == [("GET", "/ping")]


def test_nothing_leaves_for_postmark_until_a_message_is_checked():
    with web() as server:
        assert SpamFilter("postmark", postmark=f"http://127.0.0.1:{server.port}/filter").ping() == ""
        assert server.requests == []


def test_who_says_nothing_in_time_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        score = SpamFilter(f"127.0.0.1:{silent.getsockname()[1]}", timeout=0.1).score(b"x")
    assert score.error == "spamassassin gave no answer within 0.1 seconds"


def test_rspamd_is_posted_the_message_as_it_is():
    with web() as server:
        server.answer = lambda request: (200, {}, RSPAMD)
        score = SpamFilter(rspamd=f"http://127.0.0.1:{server.port}").score(b"Subject: \xff\r\n\r\n")
        [request] = server.requests
    assert (request.method, request.path, request.body) == ("POST", "/checkv2", b"Subject: \xff\r\n\r\n")
    assert (score.score, score.threshold) == (7.2, 15.0)


def test_postmark_s_service_is_posted_the_message_as_json():
    with web() as server:
        server.answer = lambda request: (200, {}, POSTMARK)
        asked = SpamFilter("postmark", postmark=f"http://127.0.0.1:{server.port}/filter")
        assert (asked.name, asked.score(b"Subject: x\r\n").score) == ("postmark", 1.2)
        assert server.requests[0].body == b'{"email": "Subject: x\\r\\n", "options": "long"}'


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(500, b'{"error": "no"}', "rspamd: answered 500: no"), (403, b"<html>", "rspamd: answered 403")],
)
def test_another_answer_than_200_is_an_error(status, body, error):
    with web() as server:
        server.answer = lambda request: (status, {}, body)
        assert SpamFilter(rspamd=f"http://127.0.0.1:{server.port}").score(b"").error == error


def test_a_filter_that_reads_no_more_is_hung_up_on() -> None:
    """With most of a large message still to be sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        filter_ = SpamFilter(f"127.0.0.1:{listener.getsockname()[1]}", timeout=0.5)
        score = filter_.score(b"x" * (20 << 20))
        assert (score.error, is_left(listener)) == ("spamassassin gave no answer within 0.5 seconds", True)
