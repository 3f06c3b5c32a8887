"""Checks of a message in our own API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import Application, check_schemas, create_app
from mailpit_py.api.checking import Adviser
from mailpit_py.api.problem import Problem
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.checks.outside import Asset, Outside, Probe
from mailpit_py.checks.spam import Rule, Score
from mailpit_py.config import Config
from mailpit_py.resources import compatibility_data
from tests.api.conftest import API, Mail

HTML = b"Content-Type: text/html\r\nSubject: x\r\n\r\n%b\r\n"
needs_data = pytest.mark.skipif(
    not compatibility_data().is_file(), reason="needs the data of caniemail.com, which the build fetches"
)


@pytest.fixture
def asking(sandbox: Sandbox) -> Iterator[Callable[[Outside], Client]]:
    """Clients of applications with these ways out."""
    made: list[Application] = []

    def client(outside: Outside) -> Client:
        made.append(create_app(sandbox, Config(), outside=outside))
        return made[-1].test_client()

    yield client
    for app in made:
        app.close()


@needs_data
def test_the_html_check_names_the_programs_that_do_not_show_it(client: Client, mail: Mail) -> None:
    public_id = mail.receive(HTML % b'<p style="display:flex">x</p><link rel=stylesheet href="https://x.test/a.css">')
    found = check_schemas.HtmlCheck.model_validate(client.get(f"{API}/messages/{public_id}/html-check").json)
    flex = next(one for one in found.features if one.slug == "css-display-flex")
    assert (flex.title, flex.found, flex.category) == ("display:flex", 1, "css")
    assert any(one.name.startswith("Outlook Windows") and one.support == "no" for one in flex.programs)
    assert found.linked_sheets == ["https://x.test/a.css"]
    assert found.supported == pytest.approx(100 - found.partial - found.unsupported)


@needs_data
def test_linked_sheets_are_fetched_on_request_alone(asking: Any, mail: Mail) -> None:
    public_id = mail.receive(HTML % b'<link rel=stylesheet href="https://x.test/a.css"><p>x</p>')
    sheet = Asset("https://x.test/a.css", 200, (("Content-Type", "text/css"),), b"p{float:left}")
    client = asking(Outside(fetch=lambda wishes: [sheet for _ in wishes]))
    for linked, slugs in (("false", {"html-link"}), ("true", {"html-link", "css-float"})):
        found = client.get(f"{API}/messages/{public_id}/html-check?linked={linked}").json
        assert {one["slug"] for one in found["features"]} == slugs


def test_a_message_without_html_cannot_be_checked_for_it(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive()}/html-check")
    assert (answer.status_code, (answer.json or {})["detail"]) == (409, "This message has no HTML.")


def test_without_the_data_it_is_said_what_to_do(tmp_path: Any) -> None:
    adviser = Adviser(tmp_path / "caniemail.json", Outside())
    assert not adviser.has_data
    with pytest.raises(Problem, match="was built without"):
        adviser.compatibility("<p>", linked=False)


def test_the_link_check_tells_where_each_link_leads(asking: Any, mail: Mail) -> None:
    public_id = mail.receive(HTML % b'<a href="https://a.test/">a</a><a href="https://b.test/">b</a>')
    asked: list[tuple[Any, bool]] = []

    def probe(urls: Any, follow: bool) -> list[Probe]:
        asked.append((urls, follow))
        return [Probe("https://a.test/", 200), Probe("https://c.test/", 404)]

    answer = asking(Outside(probe=probe)).post(f"{API}/messages/{public_id}/link-check", json={"follow": True})
    assert asked == [(["https://a.test/", "https://b.test/"], True)]
    assert answer.json == {
        "broken": 1,
        "links": [
            {"url": "https://a.test/", "status": 200, "text": "OK", "final_url": "", "is_broken": False},
            {
                "url": "https://b.test/",
                "status": 404,
                "text": "Not Found",
                "final_url": "https://c.test/",
                "is_broken": True,
            },
        ],
    }


def test_the_spam_check_tells_what_the_filter_says(asking: Any, mail: Mail) -> None:
    public_id = mail.receive()
    score = Score(7.25, True, 5.0, (Rule(7.25, "GTUBE", "a test"),))
    answer = asking(Outside(score=lambda raw: score, filter_name="rspamd")).post(
        f"{API}/messages/{public_id}/spam-check", json={}
    )
    assert answer.json == {
        "filter": "rspamd",
        "is_spam": True,
        "score": 7.25,
        "threshold": 5.0,
        "rules": [{"score": 7.25, "name": "GTUBE", "text": "a test"}],
        "error": "",
    }


def test_without_a_filter_it_is_said_how_to_get_one(client: Client, mail: Mail) -> None:
    answer = client.post(f"{API}/messages/{mail.receive()}/spam-check", json={})
    assert answer.status_code == 409
    assert "--enable-spamassassin" in (answer.json or {})["detail"]


def test_info_tells_which_checks_there_are(asking: Any) -> None:
    checks = asking(Outside(score=lambda raw: Score(), filter_name="rspamd")).get(f"{API}/info").json["checks"]
    assert checks == {"html": compatibility_data().is_file(), "spam": "rspamd"}
