"""Clients that were written for Mailpit, unchanged, against this sandbox."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import smtplib
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest

from mailpit_py.resources import compatibility_data
from tests.process import ROOT, Running, checkout, sandbox

HERE = Path(__file__).parent
CHAOS = {"ErrorCode": 451, "Probability": 0}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: Any) -> Iterator[Running]:
    """A sandbox under a path, behind a password, with chaos."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "users").write_text("ann:secret\n")
    with checkout(folder, "--webroot=/mail/", f"--ui-auth-file={folder / 'users'}", "--enable-chaos") as started:
        yield started


@pytest.fixture(scope="module")
def seen(guarded: Running) -> dict[str, Any]:
    """What each method of the npm package mailpit-api gave."""
    if not (HERE / "node_modules" / "mailpit-api").is_dir() or shutil.which("node") is None:
        pytest.skip("needs mailpit-api: npm ci in tests/clients")
    command = ["node", HERE / "mailpit.mjs", guarded.url, "ann", "secret"]
    done = subprocess.run(command, stdout=-1, stderr=-1, text=True, check=False, timeout=90)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_method_of_mailpit_api_does_what_it_says(seen: dict[str, Any]) -> None:
    failed = {name: value for name, value in seen.items() if isinstance(value, dict) and "failed" in value}
    if not compatibility_data().is_file():
        failed.pop("htmlCheck")
    assert failed.keys() == {"unknown", "latestOfNothing", "spamAssassinCheck"}  # it has no filter
    done = ("deleteMessages", "setReadStatus", "setReadStatusBySearch", "setTags", "renameTag", "deleteTag")
    assert {seen[name] for name in (*done, "deleteMessagesBySearch")} == {"ok"}


def test_what_mailpit_api_sent_it_reads_again(seen: dict[str, Any]) -> None:
    public_id = seen["sendMessage"]["ID"]
    assert re.fullmatch("[0-9A-Za-z]{22}", public_id)
    assert seen["waitForMessage"]["ID"] == seen["getMessageSummary"]["ID"] == public_id
    message = seen["getMessageSummary"]
    assert (message["Text"], message["HTML"], message["Tags"]) == ("Plain text", "<p>Rich text</p>", ["welcome"])
    assert [one["Address"] for one in message["Bcc"]] == ["bcc@example.test"]
    assert message["Username"] == "ann"
    assert seen["getMessageHeaders"]["X-Campaign"] == ["17"]
    assert seen["getMessageAttachment"] == {"type": "text/plain", "text": "file"}
    assert seen["getAttachmentThumbnail"] == "image/jpeg"
    assert "Subject: Test Email" in seen["getMessageSource"]
    assert (seen["waitForMessages"]["messages_count"], seen["listMessages"]["count"]) == (1, 1)
    assert seen["searchMessages"]["messages"][0]["ID"] == public_id
    assert (seen["renderMessageHTML"], seen["renderMessageText"]) == ("<p>Rich text</p>", "Plain text")
    assert "Rich text" in seen["renderMessageHTMLEmbedded"]


def test_tags_and_chaos_of_mailpit_api(seen: dict[str, Any]) -> None:
    assert (seen["getTags"], seen["getTagsAfter"]) == (["one", "two words"], ["three four"])
    assert seen["setChaosTriggers"] == seen["getChaosTriggers"]
    assert seen["getChaosTriggers"]["Sender"] == {"ErrorCode": 451, "Probability": 1}
    assert seen["resetChaosTriggers"]["Sender"] == CHAOS
    assert seen["getInfo"]["Messages"] == 1
    assert seen["getConfiguration"]["ChaosEnabled"] is True


def test_checks_of_mailpit_api(seen: dict[str, Any]) -> None:
    if not compatibility_data().is_file():
        pytest.skip("needs the data of caniemail.com, which the build fetches")
    assert seen["htmlCheck"]["Total"]["Nodes"] == 1
    assert seen["linkCheck"] == {"Errors": 0, "Links": []}


def test_mailpit_api_is_told_what_is_not_there(seen: dict[str, Any]) -> None:
    assert "404" in seen["unknown"]["failed"]
    assert seen["latestOfNothing"]["failed"].endswith("Message not found")


PYTHON_CLIENT = """
import json, sys
from mailpit.client.api import API
api = API(sys.argv[1].rstrip("/"))
listed = api.get_messages(limit=10)
first, second = listed.messages[0].id, listed.messages[1].id
message = api.get_message(first)
headers = api.get_message_headers(first)
attachment = api.get_message_attachment(first, message.attachments[0].part_id)
api.put_messages([first, second], "Read", False)
unread = api.get_messages().unread
api.delete_messages([first])
left = [one.id for one in api.get_messages().messages]
api.delete_messages([])
print(json.dumps([listed.total, message.subject, headers.from_, attachment, unread, left == [second],
                  api.get_messages().total]))
"""


def test_the_python_client_works(running: Running) -> None:
    _clear(running)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "app@example.org", "ann@example.com", "For the Python client"
    mail["Date"], mail["Message-ID"], mail["Delivered-To"] = "Mon, 23 Nov 2026 12:00:00 +0000", "<1@x>", "ann"
    mail.set_content("text")
    mail.add_attachment("file", filename="file.txt")
    with smtplib.SMTP("127.0.0.1", running.smtp_port) as client:
        client.send_message(mail)
        client.send_message(mail)
    command = [sys.executable, "-c", PYTHON_CLIENT, running.url]
    done = subprocess.run(command, stdout=-1, stderr=-1, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [2, "For the Python client", ["app@example.org"], "file\r\n", 2, True, 0]


def _clear(running: Running) -> None:
    _ask(running, "DELETE", "api/v1/messages")


def _ask(running: Running, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
    request = urllib.request.Request(urljoin(running.url, path), data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


@contextlib.contextmanager
def contained(container: Any, folder: Path) -> Iterator[Running]:
    """Start this sandbox as the image of a container would be: with its environment and its files."""
    container._configure()
    places = {volume["bind"]: host for host, volume in container.volumes.items()}
    environment = {name: places.get(value, value) for name, value in container.env.items()}
    command = [sys.executable, "-m", "mailpit_py"]
    with sandbox(command, folder, PYTHONPATH=str(ROOT), **environment) as started:
        yield started


@pytest.fixture
def containers(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Testcontainers' module of Mailpit, without the engine that would start containers."""
    module = pytest.importorskip("testcontainers.community.mailpit", reason="needs testcontainers")
    monkeypatch.setattr("testcontainers.core.container.DockerClient", lambda **_: None)
    return module


def test_a_testcontainer_lets_anybody_in(containers: Any, tmp_path: Path) -> None:
    container = containers.MailpitContainer()
    with contained(container, tmp_path) as started, smtplib.SMTP("127.0.0.1", started.smtp_port) as client:
        assert re.search(".*accessible via.*", started.said)  # what its class waits for
        assert client.login("any", "auth")[0] == 235


def test_a_testcontainer_lets_its_users_in_inside_tls(containers: Any, tmp_path: Path) -> None:
    users = [containers.MailpitUser("jane", "secret"), containers.MailpitUser("ron", "pass2")]
    unchecked = ssl._create_unverified_context()
    with contained(containers.MailpitContainer(users=users, require_tls=True), tmp_path) as started:
        for name, password in users:
            with smtplib.SMTP_SSL("127.0.0.1", started.smtp_port, context=unchecked) as client:
                assert client.login(name, password)[0] == 235
        with (
            smtplib.SMTP_SSL("127.0.0.1", started.smtp_port, context=unchecked) as client,
            pytest.raises(smtplib.SMTPAuthenticationError),
        ):
            client.login("jane", "wrong")


# What clients send that cannot run here, as their sources have it: method, path, headers, body, and what they look at.
JSON = {"Content-Type": "application/json"}
CYPRESS_MAIL = {
    "From": {"Email": "sender@example.com", "Name": ""},
    "To": [{"Email": "recipient@example.com", "Name": ""}],
    "Subject": "Hello Mailpit",
    "Text": "text",
    "HTML": "<p>html</p>",
    "Attachments": [{"Content": "QQ==", "FileName": "a.txt"}],
    "Bcc": [],
    "Cc": [],
    "ReplyTo": [],
    "Headers": {},
    "Tags": [],
}


@pytest.fixture
def sent(running: Running) -> str:
    """A message as cypress-mailpit sends it; its id."""
    _clear(running)
    status, headers, body = _ask(running, "POST", "api/v1/send", json.dumps(CYPRESS_MAIL).encode(), **JSON)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    public_id: str = json.loads(body)["ID"]
    return public_id


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("subject:Hello Mailpit", 1),  # no quotes around what has a blank
        ("to:recipient@example.com", 1),
        ("subject:Goodbye Mailpit", 0),
    ],
)
def test_cypress_searches(running: Running, sent: str, query: str, number: int) -> None:
    status, headers, body = _ask(running, "GET", f"api/v1/search?query={quote(query)}&start=0&limit=50")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body)["messages_count"] == number


def test_cypress_looks_at_a_body_by_a_doubled_slash(running: Running, sent: str) -> None:
    status, _, body = _ask(running, "GET", f"{running.url.rstrip('/')}//view/{sent}.html")
    assert (status, body) == (200, b"<p>html</p>")


def test_cypress_marks_and_deletes(running: Running, sent: str) -> None:
    body = json.dumps({"IDs": [sent], "Read": True}).encode()
    assert _ask(running, "PUT", "api/v1/messages", body, **JSON)[::2] == (200, b"ok")
    assert json.loads(_ask(running, "GET", "api/v1/messages?start=0&limit=50")[2])["unread"] == 0
    assert _ask(running, "DELETE", f"api/v1/search?query={quote('subject:Hello')}")[::2] == (200, b"ok")
    assert _ask(running, "DELETE", "api/v1/messages")[::2] == (200, b"ok")
    assert json.loads(_ask(running, "GET", "api/v1/messages")[2])["total"] == 0


def test_the_java_testcontainer_module(running: Running, sent: str) -> None:
    assert _ask(running, "GET", "")[0] == 200
    assert _ask(running, "GET", f"view/{sent}.txt")[::2] == (200, b"text")
    assert _ask(running, "GET", "view/unknown.html")[0] == 404
    row = json.loads(_ask(running, "GET", "api/v1/messages?limit=1&start=0")[2])["messages"][0]
    assert isinstance(row["Attachments"], int)
    assert isinstance(json.loads(_ask(running, "GET", f"api/v1/message/{sent}")[2])["Attachments"], list)
    assert _ask(running, "DELETE", "api/v1/messages", json.dumps({"ids": [sent]}).encode(), **JSON)[0] == 200
    assert _ask(running, "GET", f"api/v1/message/{sent}")[0] == 404


def test_a_plugin_of_pytest_reads_the_clock_and_pages(running: Running, sent: str) -> None:
    status, headers, body = _ask(running, "GET", "livez")
    assert (status, body) == (200, b"")
    assert headers["Date"].endswith("GMT")
    from datetime import datetime

    row = json.loads(_ask(running, "GET", "api/v1/search?query=subject:Hello&limit=250&start=0")[2])["messages"][0]
    assert datetime.fromisoformat(row["Created"]).timestamp() > time.time() - 600
    assert _ask(running, "GET", "readyz")[::2] == (200, b"")
