"""Mailpit's checks of a message, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
from werkzeug.test import Client

from mailpit_py.api import Application, create_app
from mailpit_py.api.mailpit.score import single
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.checks.outside import Outside
from mailpit_py.checks.spam import Rule, Score
from mailpit_py.config import Config
from mailpit_py.outbound.checker import Checker, CheckerSettings
from mailpit_py.reach import Reach
from mailpit_py.resources import compatibility_data
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1
from tests.api.mailpit.test_document import closed, reference, schema_of
from tests.outbound.servers import Web, web

__all__ = ["reference"]

HTML = b"Content-Type: text/html; charset=utf-8\r\nSubject: x\r\nTo: ann@example.com\r\n\r\n%b\r\n"
needs_data = pytest.mark.skipif(
    not compatibility_data().is_file(), reason="needs the data of caniemail.com, which the build fetches"
)


@pytest.fixture
def server() -> Iterator[Web]:
    with web() as running:
        yield running


@pytest.fixture
def make(sandbox: Sandbox) -> Iterator[Callable[..., Client]]:
    """Clients of applications whose checks may ask this machine; `score` is what a spam filter says."""
    made: list[Application] = []

    def client(reach: str = "loopback", score: Score | None = None, **options: Any) -> Client:
        checker = Checker(CheckerSettings(Reach.parse(reach)))
        outside = Outside(checker.probe, checker.fetch, (lambda raw: score) if score else None, "spamassassin")
        made.append(create_app(sandbox, Config(**options), outside=outside))
        return made[-1].test_client()

    yield client
    for app in made:
        app.close()


@needs_data
def test_the_html_check_answers_as_mailpit_does(reference: dict[str, Any], make: Any, mail: Mail) -> None:
    mail.receive(HTML % b'<p style="display:flex"><b>x</b><script>1</script></p>')
    answer = make().get(f"{V1}/message/latest/html-check")
    assert answer.content_type == "application/json"
    jsonschema.validate(answer.json, closed(schema_of(reference, "HTMLCheckParams")))
    script, *others = answer.json["Warnings"]
    assert script == {
        "Slug": "html-script",
        "Title": "<script> element",
        "Description": "JavaScript is not supported in any email client.",
        "URL": "",
        "Category": "html",
        "Tags": [],
        "Keywords": "",
        "Results": [],
        "NotesByNumber": {},
        "Score": {"Found": 1, "Supported": 0, "Partial": 0, "Unsupported": 100},
    }
    assert {one["Slug"] for one in others} == {"css-display", "css-display-flex"}
    result = next(one for one in others if one["Slug"] == "css-display-flex")["Results"][0]
    assert result["Name"].endswith(f"({result['Version']})")
    assert result["Support"] in ("yes", "partial", "no")
    assert answer.json["Total"]["Nodes"] == 3
    assert "Gmail" in answer.json["Platforms"]["android"]


def test_mail_without_html_has_no_html_check(client: Client, mail: Mail) -> None:
    mail.receive()
    answer = client.get(f"{V1}/message/latest/html-check")
    assert (answer.status_code, answer.data, answer.content_type) == (
        400,
        b"message does not contain HTML",
        "text/plain",
    )


@pytest.mark.parametrize("check", ["html-check", "link-check"])
@pytest.mark.parametrize("given", ["latest", "0" * 22])
def test_checks_of_no_message_are_not_found(client: Client, check: str, given: str) -> None:
    answer = client.get(f"{V1}/message/{given}/{check}")
    assert (answer.status_code, answer.data) == (404, b"404 page not found")


@needs_data
@pytest.mark.parametrize(
    ("options", "fetched"),
    [({}, 1), ({"block_remote_css_and_fonts": True}, 0), ({"remote_content": "never"}, 0)],
)
def test_linked_sheets_are_looked_at_unless_remote_styles_are_blocked(
    make: Any, mail: Mail, server: Web, options: dict[str, Any], fetched: int
) -> None:
    server.answer = lambda request: (200, {"Content-Type": "text/css"}, b"p{float:left}")
    mail.receive(HTML % f'<link rel=stylesheet href="http://127.0.0.1:{server.port}/a.css"><p>x</p>'.encode())
    answer = make(**options).get(f"{V1}/message/latest/html-check")
    assert ("css-float" in [one["Slug"] for one in answer.json["Warnings"]]) is bool(fetched)
    assert len(server.requests) == fetched


@needs_data
def test_a_sheet_that_was_mended_is_looked_at_anew(make: Any, mail: Mail, server: Web) -> None:
    mail.receive(HTML % f'<link rel=stylesheet href="http://127.0.0.1:{server.port}/a.css"><p>x</p>'.encode())
    client, found = make(), []
    for style in (b"p{float:left}", b"p{color:red}"):
        server.answer = lambda request, style=style: (200, {"Content-Type": "text/css"}, style)
        warnings = client.get(f"{V1}/message/latest/html-check").json["Warnings"]
        found.append(sorted(one["Slug"] for one in warnings))
    assert found == [["css-float", "html-link"], ["html-link"]]


@needs_data
def test_what_is_no_style_sheet_is_not_looked_at(make: Any, mail: Mail, server: Web) -> None:
    server.answer = lambda request: (200, {"Content-Type": "text/html"}, b"p{float:left}")
    mail.receive(HTML % f'<link rel=stylesheet href="http://127.0.0.1:{server.port}/a.css"><p>x</p>'.encode())
    answer = make().get(f"{V1}/message/latest/html-check")
    assert [one["Slug"] for one in answer.json["Warnings"]] == ["html-link"]


def test_the_link_check_answers_as_mailpit_does(reference: dict[str, Any], make: Any, mail: Mail, server: Web) -> None:
    server.answer = lambda request: (404 if request.path == "/gone" else 200, {}, b"")
    place = f"http://127.0.0.1:{server.port}"
    mail.receive(HTML % f'<a href="{place}/here">a</a><a href="{place}/gone">b</a>'.encode())
    answer = make().get(f"{V1}/message/latest/link-check")
    jsonschema.validate(answer.json, closed(schema_of(reference, "LinkCheckParams")))
    assert answer.json == {
        "Errors": 1,
        "Links": [
            {"URL": f"{place}/here", "StatusCode": 200, "Status": "OK"},
            {"URL": f"{place}/gone", "StatusCode": 404, "Status": "Not Found"},
        ],
    }


@pytest.mark.parametrize(
    ("follow", "status"), [("", 302), ("?follow=false", 302), ("?follow=true", 204), ("?follow=1", 204)]
)
def test_redirects_are_followed_on_request(make: Any, mail: Mail, server: Web, follow: str, status: int) -> None:
    server.answer = lambda request: (302, {"Location": "/x"}, b"") if request.path == "/" else (204, {}, b"")
    mail.receive(HTML % f'<a href="http://127.0.0.1:{server.port}/">a</a>'.encode())
    assert make().get(f"{V1}/message/latest/link-check{follow}").json["Links"][0]["StatusCode"] == status


def test_links_to_machines_inside_are_blocked(make: Any, mail: Mail, server: Web) -> None:
    mail.receive(HTML % f'<a href="http://127.0.0.1:{server.port}/">a</a>'.encode())
    answer = make(reach="public").get(f"{V1}/message/latest/link-check")
    assert answer.json["Errors"] == 1
    assert answer.json["Links"][0] | {"URL": ""} == {
        "URL": "",
        "StatusCode": 451,
        "Status": "Blocked private/reserved address",
    }
    assert server.requests == []


def test_mail_without_links_has_an_empty_link_check(make: Any, mail: Mail) -> None:
    mail.receive()
    assert make().get(f"{V1}/message/latest/link-check").data == b'{"Errors":0,"Links":[]}\n'


@needs_data
@pytest.mark.parametrize(("check", "read"), [("html-check", False), ("link-check", True)])
def test_only_the_link_check_marks_as_read(make: Any, mail: Mail, check: str, read: bool) -> None:
    mail.receive(HTML % b"<p>x</p>")
    client = make()
    assert client.get(f"{V1}/message/latest/{check}").status_code == 200
    assert client.get(f"{V1}/messages").json["messages"][0]["Read"] is read


def test_the_spam_check_answers_as_mailpit_does(reference: dict[str, Any], make: Any, mail: Mail) -> None:
    mail.receive()
    score = Score(6.78, True, 5.0, (Rule(6.0, "GTUBE", "a test"), Rule(-0.01, "NO_RELAYS", "x")))
    answer = make(score=score).get(f"{V1}/message/latest/sa-check")
    jsonschema.validate(answer.json, closed(schema_of(reference, "SpamAssassinCheckParams")))
    assert answer.data == (
        b'{"IsSpam":true,"Error":"","Score":6.7,"Rules":['
        b'{"Score":6,"Name":"GTUBE","Description":"a test"},{"Score":-0.1,"Name":"NO_RELAYS","Description":"x"}]}\n'
    )


def test_a_filter_that_does_not_answer_is_told_with_200(make: Any, mail: Mail) -> None:
    mail.receive()
    answer = make(score=Score(error="spamassassin: connection refused")).get(f"{V1}/message/latest/sa-check")
    assert (answer.status_code, answer.json) == (
        200,
        {"IsSpam": False, "Error": "spamassassin: connection refused", "Score": 0, "Rules": None},
    )


def test_without_a_filter_there_is_no_such_route(client: Client, mail: Mail) -> None:
    mail.receive()
    answer = client.get(f"{V1}/message/latest/sa-check")
    assert (answer.status_code, answer.data) == (404, b"File not found\n")


@pytest.mark.parametrize(("score", "enabled"), [(None, False), (Score(), True)])
def test_clients_are_told_whether_there_is_a_spam_filter(make: Any, score: Score | None, enabled: bool) -> None:
    assert make(score=score).get(f"{V1}/webui").json["SpamAssassin"] is enabled


@pytest.mark.parametrize(("value", "written"), [(100 / 3, 33.333332), (100.0, 100), (0.0, 0), (2 / 3, 0.6666667)])
def test_numbers_have_the_digits_of_a_float32(value: float, written: float) -> None:
    assert repr(single(value)) == repr(written)
