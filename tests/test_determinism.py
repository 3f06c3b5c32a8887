"""The same seed and a frozen clock: two runs are the same to the octet, though the clients come in another order."""

from __future__ import annotations

import json
import re
import socket
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.process import Running, checkout

INSTANT = "2026-11-23T12:00:00Z"
RULES = {
    "rules": [
        {
            "name": "dice",
            "outcome": "rate_limited",
            "probability": 0.4,
            "scope": "recipient",
            "match": {"recipient": "*@dice.example"},
        },
        {"name": "third", "outcome": "spam", "stage": "CONTENT", "every": 3, "scope": "recipient"},
        {"name": "rate", "outcome": "rate+2msgs+1h", "match": {"recipient": "*@rate.example"}},
        {"name": "grey", "outcome": "greylist+30s", "match": {"recipient": "*@grey.example"}},
    ],
    "profiles": [{"domain": "shop.example", "provider": "outlook", "bounce": 0.3, "defer": 0.4}],
}
# Each client has recipients of its own, so that nobody's count is somebody else's.
RECIPIENTS = (
    "greylist@bounce.test", "full+2msgs@bounce.test", "bounce+spam+p50@bounce.test", "defer+x2@bounce.test",
    "drop+rcpt@bounce.test", "ann.{client}@dice.example", "bob.{client}@dice.example", "carl.{client}@rate.example",
    "dora.{client}@grey.example", "emil.{client}@shop.example", "fred.{client}@shop.example",
    "gina.{client}@shop.example", "hugo.{client}@gmail.test", "ida.{client}@plain.example",
)  # fmt: skip
CLIENTS = [f"app{number}" for number in range(5)]
ID = re.compile(rb"\b[0-9A-Za-z]{22}\b")
SECONDS = re.compile(r"(octets of content) in [0-9.]+ s")


def send(port: int, client: str, recipient: str, number: int) -> bytes:
    """Send one mail as one client; return all octets that came back."""
    mail = f"Message-ID: <{number}-{recipient}@{client}.example>\r\nSubject: {number}\r\n\r\nHello\r\n."
    lines = ("EHLO app.example", f"MAIL FROM:<{client}@x.example>", f"RCPT TO:<{recipient}>", "DATA", mail, "QUIT")
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection, connection.makefile("rwb") as file:
        for line in (None, *lines):
            if line is not None:
                file.write(line.encode() + b"\r\n")
                file.flush()
            reply = _reply(file)
            heard += reply
            if not reply:
                break
            if line == "DATA" and not reply.startswith(b"354"):
                file.write(b"QUIT\r\n")
                file.flush()
                heard += _reply(file)
                break
    return ID.sub(b"<id>", heard)


def _reply(file: Any) -> bytes:
    """One reply with all its lines; empty when the connection is lost."""
    octets = b""
    while line := file.readline():
        octets += line
        if line[3:4] != b"-":
            break
    return octets


def play(running: Running, client: str, recipients: Sequence[str], tries: range) -> dict[str, list[bytes]]:
    """All mail of one client, one after the other: the replies by recipient."""
    return {
        one: [send(running.smtp_port, client, one.format(client=client), number) for number in tries]
        for one in recipients
    }


def in_order(running: Running, tries: range) -> dict[str, Any]:
    return {client: play(running, client, RECIPIENTS, tries) for client in CLIENTS}


def backwards_and_at_once(running: Running, tries: range) -> dict[str, Any]:
    """The clients in parallel, each with its recipients in the opposite order."""
    with ThreadPoolExecutor(len(CLIENTS)) as pool:
        played = pool.map(lambda client: play(running, client, RECIPIENTS[::-1], tries), CLIENTS[::-1])
        return dict(zip(CLIENTS[::-1], played, strict=True))


def advance(running: Running, seconds: int) -> None:
    """Turn the clock that stands still."""
    request = urllib.request.Request(f"{running.url}api/v2/clock/advance", json.dumps({"seconds": seconds}).encode())
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request, timeout=30).close()


def all_of(running: Running, path: str) -> list[Any]:
    """Every item of a list of the API."""
    items: list[Any] = []
    before = ""
    while True:
        page = json.loads(running.get(f"api/v2/{path}limit=200{before and f'&before={before}'}"))
        items += page["items"]
        if not page.get("next"):
            return items
        before = page["next"]


def kept_of(kind: str, running: Running, row: dict[str, Any]) -> str:
    """What is stored of a message or an attempt: its timeline's tries of this id, its dialogue; ids and time masked."""
    timeline = json.loads(running.get(f"api/v2/{kind}/{row['id']}/timeline"))
    (this,) = [one for one in timeline["tries"] if one["id"] == row["id"]]
    dialogue = json.loads(
        running.get(f"api/v2/{kind}/{row['id']}/transcript" if kind == "messages" else f"api/v2/attempts/{row['id']}")
    )
    lines = [
        (line["side"], SECONDS.sub(r"\1", line["text"])) for line in dialogue.get("lines") or dialogue["transcript"]
    ]
    stored = {name: this[name] for name in ("kind", "stage", "reply", "cause", "recipients")}
    return ID.sub(b"<id>", json.dumps([timeline["reverse_path"], stored, lines]).encode()).decode()


def run(folder: Path, order: Callable[[Running, range], dict[str, Any]]) -> dict[str, Any]:
    """One whole run: what clients heard, what is stored, what is remembered."""
    folder.mkdir()
    (folder / "rules.json").write_text(json.dumps(RULES))
    options = ("--seed=7", f"--freeze-clock={INSTANT}", f"--rules={folder / 'rules.json'}", "--max=0")
    with checkout(folder, *options) as running:
        heard = [order(running, range(1, 4))]
        advance(running, 45)
        heard.append(order(running, range(4, 6)))
        rows = [("messages", one) for one in all_of(running, "messages?")]
        rows += [("attempts", one) for one in all_of(running, "attempts?")]
        stored = sorted(kept_of(kind, running, row) for kind, row in rows)
        return {"heard": heard, "stored": stored, "remembered": running.get("api/v2/simulation/state")}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("determinism")
    return [run(folder / "one", in_order), run(folder / "other", backwards_and_at_once)]


def test_every_reply_is_the_same(runs: list[dict[str, Any]]) -> None:
    assert runs[0]["heard"] == runs[1]["heard"]


def test_everything_that_is_stored_is_the_same(runs: list[dict[str, Any]]) -> None:
    one, other = runs[0]["stored"], runs[1]["stored"]
    assert [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]] == []


def test_what_is_remembered_is_the_same_with_its_times(runs: list[dict[str, Any]]) -> None:
    assert runs[0]["remembered"] == runs[1]["remembered"]
    assert b'"last_at":"2026-11-23T12:00:45' in runs[0]["remembered"]


def test_something_happened_in_it(runs: list[dict[str, Any]]) -> None:
    """Each way to decide decided sometimes and sometimes not, or the comparison would say little."""
    causes = "".join(runs[0]["stored"])
    for trigger in ("address", "rule", "profile"):
        assert f'"trigger": "{trigger}"' in causes
    first, second = runs[0]["heard"]
    dice = [
        reply
        for client in CLIENTS
        for reply in first[client]["ann.{client}@dice.example"] + first[client]["bob.{client}@dice.example"]
    ]
    assert 0 < sum(b"\r\n4" in reply for reply in dice) < len(dice)
    assert all(b"\r\n451 " in reply for client in CLIENTS for reply in first[client]["dora.{client}@grey.example"])
    assert any(b"queued as" in reply for client in CLIENTS for reply in second[client]["dora.{client}@grey.example"])
