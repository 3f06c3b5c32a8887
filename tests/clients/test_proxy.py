"""Behind a real nginx, with the lines that the documents tell."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from mailpit_py.config import Config
from mailpit_py.node import Node
from tests.process import ROOT

DOCUMENT = (ROOT / "docs" / "shared-server.md").read_text("utf-8")
LOCATION = re.search(r"```nginx\n(.*?)```", DOCUMENT, re.DOTALL)[1]
SITE = "mail.example.com"

NGINX = shutil.which("nginx", path=f"{sys.prefix}/nginx/usr/sbin{os.pathsep}{os.defpath}{os.pathsep}/usr/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx (unpacked by ./test)")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture
def node() -> Iterator[Node]:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", webroot="/mail/", allowed_hosts=SITE)) as node:
        yield node


@pytest.fixture
def proxy(node: Node, tmp_path: Path) -> Iterator[int]:
    """The port of an nginx in front of the sandbox."""
    port = free_port()
    location = LOCATION.replace("127.0.0.1:8025", f"127.0.0.1:{node.ports['listen']}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.name == "posix" and os.geteuid() == 0 else ""  # the folder is closed to others
    (tmp_path / "nginx.conf").write_text(
        f"{user}daemon off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}server {{\nlisten 127.0.0.1:{port};\n{location}}}\n}}\n"
    )
    command = [str(NGINX), "-e", f"{tmp_path}/error.log", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    with subprocess.Popen(command, stdout=-1, stderr=-2) as process:
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stdout and process.stdout.read()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("nginx does not listen")


def ask(port: int, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, {"Host": f"{SITE}:{port}", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_page_api_and_live_feed_work_through_it(node: Node, proxy: int) -> None:
    assert ask(proxy, "/mail/")[0] == 200
    own = {"Origin": f"https://{SITE}:{proxy}", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    there = socket.create_connection(("127.0.0.1", proxy), timeout=30)
    with connect(f"ws://{SITE}:{proxy}/mail/api/v2/events", sock=there, origin=Origin(own["Origin"])) as feed:
        feed.recv(timeout=30)
        mail = {"raw": "From: a@example.org\nTo: b@example.com\nSubject: Through a proxy\n\n"}
        assert ask(proxy, "/mail/api/v2/messages", json.dumps(mail).encode(), **own)[0] == 201
        while "Through a proxy" not in str(feed.recv(timeout=30)):
            pass


def test_a_large_message_passes(node: Node, proxy: int) -> None:
    raw = b"From: a@example.org\r\nTo: b@example.com\r\n\r\n" + b"x" * (8 << 20)
    assert ask(proxy, "/mail/api/v2/messages", raw, **{"Content-Type": "message/rfc822"})[0] == 201


def test_other_pages_and_names_are_still_refused(node: Node, proxy: int) -> None:
    foreign = {"Origin": "https://evil.example.net", "Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"}
    assert ask(proxy, "/mail/api/v2/messages", b"{}", **foreign)[0] == 403
    status, body = ask(proxy, "/mail/", Host="evil.example.net")
    assert (status, b"--allowed-hosts" in body) == (403, True)
