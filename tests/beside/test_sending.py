"""The send API and releases: what a real Mailpit does otherwise than this document tells of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.beside.checking import message
from tests.beside.programs import Answer, Server, pair
from tests.beside.table import differs
from tests.outbound.post import processor

SMALL: dict[str, Any] = {"From": {"Email": "app@example.org"}, "To": [{"Email": "ann@example.com"}], "Subject": "x"}


def post(server: Server, **change: Any) -> Answer:
    return server.ask("POST", "/api/v1/send", {**SMALL, **change})


def read(server: Server, **change: Any) -> dict[str, Any]:
    """The message that is made."""
    found: dict[str, Any] = server.get(f"/api/v1/message/{post(server, **change).json['ID']}").json
    return found


@differs("the send API writes an `Email`")
@pytest.mark.parametrize("email", ["Ann <ann@example.com>", "<ann@example.com>", " ann@example.com "])
def test_an_email_with_more(theirs: Server, ours: Server, email: str) -> None:
    assert read(theirs, To=[{"Email": email}])["To"] == []
    assert read(ours, To=[{"Email": email}])["To"] == [{"Name": "", "Address": "ann@example.com"}]


@differs("takes any name of a header field")
@pytest.mark.parametrize("name", ["Bad Name", "X:A", ""])
def test_the_name_of_a_field(theirs: Server, ours: Server, name: str) -> None:
    assert post(theirs, Headers={name: "x"}).status == 200
    answer = post(ours, Headers={name: "x"})
    assert (answer.status, answer.json) == (400, {"Error": f"error building message: invalid header name: {name!r}"})


@differs("a `Subject` or a tag that looks like an encoded word")
def test_a_subject_that_looks_encoded(theirs: Server, ours: Server) -> None:
    assert read(theirs, Subject="=?utf-8?q?x?=")["Subject"] == "x"
    assert read(ours, Subject="=?utf-8?q?x?=")["Subject"] == "=?utf-8?q?x?="


@differs("a `ContentID` in angle brackets")
def test_a_content_id(theirs: Server, ours: Server) -> None:
    file = {"Content": "iVBORw0KGgo=", "Filename": "a.png", "ContentID": "<one@x>"}
    assert [one["ContentID"] for one in read(theirs, Attachments=[file])["Inline"]] == ["<one@x>"]
    assert [one["ContentID"] for one in read(ours, Attachments=[file])["Inline"]] == ["one@x"]


@differs("a release to `QA <qa@example.net>`")
def test_a_release_to_a_name(tmp_path: Path) -> None:
    with processor() as server:
        (tmp_path / "relay.yml").write_text(f"host: 127.0.0.1\nport: {server.port}\n")
        with pair(tmp_path, f"--smtp-relay-config={tmp_path}/relay.yml") as servers:
            answers = [released(one, "Ann <ann@example.com>") for one in servers]
    assert [one.status for one in answers] == [400, 200]
    assert answers[0].text.startswith("SMTP error:")
    assert [recipients for _, recipients, _ in server.letters] == [["ann@example.com"]]


def released(server: Server, *to: str) -> Answer:
    return server.ask("POST", f"/api/v1/message/{server.send(message('<p>x</p>'))}/release", {"To": to})
