"""Postfix as an application's relay: the real programs on a free port of loopback, with a queue of their own."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

# Unpacked by ./test, or installed. Its user and group need only be nobody else's: every Debian has these two.
PLACES = (Path(sys.prefix) / "postfix", Path("/"))
OWNER, GROUP = "list", "irc"
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")
SECONDS = 6

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {root}/usr/sbin
daemon_directory = {root}/usr/lib/postfix/sbin
shlib_directory = {root}/usr/lib/postfix
meta_directory = {root}/etc/postfix
mail_owner = {owner}
setgid_group = {group}
default_privs = nobody
import_environment = MAIL_CONFIG LD_LIBRARY_PATH TZ=UTC
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = relay.app.test
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1
relayhost = [127.0.0.1]:{relay_port}
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
notify_classes =
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
maximal_queue_lifetime = 10s
bounce_queue_lifetime = 10s
default_destination_concurrency_failed_cohort_limit = 0
{timeouts}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
"""
# One line of the log for each try of each recipient.
_TRY = re.compile(r" to=<(?P<recipient>[^>]+)>,.* dsn=(?P<status>[\d.]+), status=(?P<what>\w+) \((?P<why>.*)$")
_TAKEN = re.compile(r"/qmgr\[\d+\]: ([0-9A-F]+): from=")
_REMOVED = re.compile(r"/qmgr\[\d+\]: ([0-9A-F]+): removed$")


@dataclass(frozen=True)
class Delivery:
    """One try of Postfix: `what` is sent, deferred or bounced."""

    what: str
    status: str
    why: str


@dataclass(frozen=True)
class Relay:
    """A running Postfix: where it takes mail, and what it says it did."""

    port: int
    folder: Path

    def tries(self, recipient: str) -> list[Delivery]:
        """What became of a recipient, try by try."""
        found = (_TRY.search(line) for line in self._log())
        mine = (one for one in found if one and one["recipient"] == recipient)
        return [Delivery(one["what"], one["status"], one["why"].removesuffix(")")) for one in mine]

    @property
    def is_idle(self) -> bool:
        """True when the queue is empty and Postfix has said so of each message."""
        lines = self._log()
        taken, removed = ({match[1] for match in map(form.search, lines) if match} for form in (_TAKEN, _REMOVED))
        return bool(taken) and taken == removed

    def _log(self) -> list[str]:
        file = self.folder / "log"
        return file.read_text("utf-8", "replace").splitlines() if file.exists() else []


def wait_until(fact: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@contextlib.contextmanager
def postfix(relay_port: int) -> Iterator[Relay]:
    """Start Postfix with the sandbox at `relay_port` as the host for all mail; skip the test where that cannot be."""
    root = next((place for place in PLACES if (place / "usr/lib/postfix/sbin/master").is_file()), None)
    if root is None:
        pytest.skip("needs Postfix: ./test unpacks it, as root on Debian")
    if os.geteuid() != 0:
        pytest.skip("needs root: Postfix gives up its rights itself")
    with tempfile.TemporaryDirectory(prefix="postfix-") as name, socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        relay = Relay(chosen.getsockname()[1], Path(name))
        chosen.close()
        _prepare(relay, root, relay_port)
        with _running(relay, root):
            yield relay


def _prepare(relay: Relay, root: Path, relay_port: int) -> None:
    """Write the settings, and the queue's folders with their owners, as Postfix's own installation would."""
    owner = pwd.getpwnam(OWNER).pw_uid
    relay.folder.chmod(0o755)
    for name in ("data", *(f"queue/{one}" for one in QUEUES)):
        (relay.folder / name).mkdir(mode=0o700, parents=True)
        os.chown(relay.folder / name, owner, 0)
    for name, mode in (("maildrop", 0o730), ("public", 0o710)):
        (relay.folder / "queue" / name).mkdir()
        shutil.chown(relay.folder / "queue" / name, OWNER, GROUP)
        (relay.folder / "queue" / name).chmod(mode)
    (relay.folder / "queue" / "pid").mkdir()
    (relay.folder / "main.cf").write_text(
        MAIN.format(
            folder=relay.folder,
            root=str(root).rstrip("/"),
            owner=OWNER,
            group=GROUP,
            relay_port=relay_port,
            timeouts="\n".join(
                f"smtp_{stage}_timeout = {SECONDS}s"
                for stage in ("connect", "helo", "mail", "rcpt", "data_init", "data_xfer", "data_done", "rset", "quit")
            ),
        )
    )
    (relay.folder / "master.cf").write_text(MASTER.format(port=relay.port))


@contextlib.contextmanager
def _running(relay: Relay, root: Path) -> Iterator[None]:
    environment = {
        "PATH": os.defpath,
        "MAIL_CONFIG": str(relay.folder),
        "LD_LIBRARY_PATH": str(root / "usr/lib/postfix"),
    }
    command = [root / "usr/lib/postfix/sbin/master", "-c", relay.folder, "-d"]
    # A session of its own: master ends all of its process group.
    with subprocess.Popen(command, env=environment, stdout=-1, stderr=-2, text=True, start_new_session=True) as process:
        try:
            wait_until(lambda: process.poll() is not None or _answers(relay.port), 20)
            if process.poll() is not None:
                pytest.skip(f"Postfix does not start here: {process.communicate()[0].strip()}")
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            return client.recv(4).startswith(b"220")
    except OSError:
        return False
