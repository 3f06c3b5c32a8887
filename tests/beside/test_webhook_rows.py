"""The webhook of each message: what both tell alike, and where ours goes on when Mailpit's gives up."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.beside.mailbox import letter
from tests.beside.programs import Server, mailpit, pair, sandbox
from tests.beside.table import differs
from tests.outbound.servers import Received, Web, web

PARTS = (
    "--b\r\nContent-Type: text/plain\r\n\r\nsee\r\n--b\r\nContent-Type: application/pdf\r\n"
    "Content-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n--b--"
)
MAIL = [
    letter("plain", Message_ID="<0@x>"),
    letter(
        "=?utf-8?q?Gr=C3=BC=C3=9Fe?= <b> & more",
        X_Tags="two, One",
        Message_ID="<1@x>",
        Cc="Carl <carl@example.com>, dora@example.com",
    ),
    letter(
        "a file", PARTS, Content_Type="multipart/mixed; boundary=b", Reply_To="desk@example.org", Message_ID="<2@x>"
    ),
]


@contextmanager
def told(folder: Path, *options: str, ours: tuple[str, ...] = ()) -> Iterator[list[tuple[Server, Web]]]:
    """Both programs, each with a listener of its own, and with `options`."""
    with web() as first, web() as second:
        places = [f"--webhook-url=http://user:pass%21@127.0.0.1:{one.port}/hook?a=b" for one in (first, second)]
        with pair(folder, *options, theirs=[places[0]], ours=[places[1], *ours]) as (theirs, own):
            yield [(theirs, first), (own, second)]


def normal(request: Received) -> dict[str, Any]:
    """What is told; the id, the time and the size are each program's own."""
    said = json.loads(request.body)
    return {**said, "ID": len(said["ID"]), "Created": said["Created"][:2], "Size": said["Size"] > 0}


def test_both_tell_the_same(tmp_path: Path) -> None:
    with told(tmp_path, "--webhook-limit=0", "--label=Shop  1") as places:
        requests = []
        for server, listener in places:
            for number, raw in enumerate(MAIL):
                server.send(raw, *("bob@example.com", "hidden@example.com")[: number + 1])
                listener.wait_for(number + 1)  # Mailpit tells of each in a thread of its own
            requests.append(listener.wait_for(3))
    their, our = requests
    assert [list(normal(one).items()) for one in our] == [list(normal(one).items()) for one in their]
    for one in (*their, *our):
        assert (one.method, one.path, one.headers["content-type"]) == ("POST", "/hook?a=b", "application/json")
        assert one.headers["authorization"] == f"Basic {base64.b64encode(b'user:pass!').decode()}"
        assert (one.headers["mailpit-label"], one.body[-1:]) == ("Shop 1", b"}")


@differs("`User-Agent: Mailpit/...`", "no proof")
def test_who_tells_and_how_it_proves_it(tmp_path: Path) -> None:
    with told(tmp_path) as places:
        for server, _ in places:
            server.send(MAIL[0])
        their, our = (listener.wait_for(1)[0].headers for _, listener in places)
    signed = {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert (their["user-agent"].partition("/")[0], signed & set(their)) == ("Mailpit", set())
    assert (our["user-agent"].partition("/")[0], signed & set(our)) == ("mailpit-py", signed)
    assert our["webhook-signature"].startswith("v1,")


@differs("what comes faster than `--webhook-limit` is not told")
def test_what_comes_faster_than_the_limit(tmp_path: Path) -> None:
    with told(tmp_path, "--webhook-limit=1") as places:
        for server, _ in places:
            for subject in ("first", "second"):
                server.send(letter(subject))
        ours = places[1][1].wait_for(2)  # a second has passed
        for server, _ in places:
            server.send(letter("third"))
        theirs, ours = places[0][1].wait_for(2), places[1][1].wait_for(3)
    assert [json.loads(one.body)["Subject"] for one in theirs] == ["first", "third"]
    assert [json.loads(one.body)["Subject"] for one in ours] == ["first", "second", "third"]


@differs("told once, whatever the answer")
def test_what_is_not_taken(tmp_path: Path) -> None:
    with told(tmp_path, "--webhook-limit=0", ours=("--retry-scale=0",)) as places:
        for server, listener in places:
            listener.answer = lambda request: (500 if b'"no"' in request.body else 200, {}, b"")
            for subject in ("no", "yes"):
                server.send(letter(subject))
        their, our = places[0][1].wait_for(2), places[1][1].wait_for(5)
    assert sorted(json.loads(one.body)["Subject"] for one in their) == ["no", "yes"]
    assert [json.loads(one.body)["Subject"] for one in our] == ["no", "no", "no", "no", "yes"]


@differs("told once, whatever the answer")
def test_what_is_told_after_the_next_start(tmp_path: Path) -> None:
    def over_a_restart(run: Any, name: str, *options: str) -> list[str]:
        folder = tmp_path / name
        folder.mkdir()
        with web() as listener:
            listener.answer = lambda request: (500, {}, b"")
            given = ("--database=mail.db", f"--webhook-url=http://127.0.0.1:{listener.port}/", *options)
            with run(folder, *given) as server:
                server.send(letter("before"))
                listener.wait_for(1)
            listener.answer = lambda request: (200, {}, b"")
            with run(folder, *given) as server:
                server.send(letter("after"))
                told = listener.wait_for(3 if options else 2)
        return [json.loads(one.body)["Subject"] for one in told]

    assert over_a_restart(mailpit, "theirs") == ["before", "after"]
    assert over_a_restart(sandbox, "ours", "--retry-scale=1000") == ["before", "before", "after"]


@differs("follows redirects")
def test_a_redirect(tmp_path: Path) -> None:
    with told(tmp_path, "--webhook-limit=0", ours=("--webhook-retries=0",)) as places:
        for server, listener in places:
            listener.answer = lambda request: (
                (307, {"Location": "/other"}, b"") if request.path != "/other" else (200, {}, b"")
            )
            for subject in ("first", "second"):
                server.send(letter(subject))
        their, our = places[0][1].wait_for(4), places[1][1].wait_for(2)
    assert sorted(one.path for one in their) == ["/hook?a=b", "/hook?a=b", "/other", "/other"]
    assert [one.path for one in our] == ["/hook?a=b", "/hook?a=b"]


@differs("`Mailpit-Label` in UTF-8")
def test_a_label_with_other_letters(tmp_path: Path) -> None:
    with told(tmp_path, "--label=Grüße") as places:
        for server, _ in places:
            server.send(MAIL[0])
        their, our = (listener.wait_for(1)[0].headers["mailpit-label"] for _, listener in places)
    assert their.encode("latin-1").decode() == "Grüße"
    assert our == "Gr??e"
