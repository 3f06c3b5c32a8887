"""Lists, searches, and what is shown of one message."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from mailpit_py.api import Application, schemas
from mailpit_py.storage import Limits, Store, StoreOptions
from tests.api.conftest import API, SIMPLE, Mail

MULTIPART = b"""Received: from a.test (a.test [192.0.2.1]) by b.test with ESMTP id 1; Mon, 23 Nov 2026 12:00:02 +0000
Received: from c.test by a.test; Mon, 23 Nov 2026 12:00:00 +0000
From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>
To: Ann <ann@example.com>, bob@example.com
Cc: Carl <carl@example.com>
Reply-To: help@example.org
Subject: =?utf-8?b?R3LDvMOfZQ==?=
Message-ID: <abc@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--b
Content-Type: text/html

<p>Hello <img src="https://images.test/a.png"> <img src="http://other.test/b.png">
--b
Content-Type: application/pdf; name="terms.pdf"
Content-Disposition: attachment; filename="terms.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQ=
--b--
""".replace(b"\n", b"\r\n")


def test_an_empty_inbox_is_an_empty_page(client: Client) -> None:
    answer = client.get(f"{API}/messages").json
    assert answer is not None
    assert (answer["items"], answer["next"], answer["previous"], answer["total"]) == ([], None, None, 0)


def test_messages_are_listed_newest_first(client: Client, mail: Mail) -> None:
    ids = [mail.subject(f"number {number}") for number in range(3)]
    answer = client.get(f"{API}/messages").json
    assert answer is not None
    assert [item["id"] for item in answer["items"]] == ids[::-1]
    assert (answer["total"], answer["counts"]["unread"]) == (3, 3)
    schemas.MessageList.model_validate(answer)


def test_pages_follow_one_another_in_both_directions(client: Client, mail: Mail) -> None:
    ids = [mail.subject(f"number {number}") for number in range(7)][::-1]
    first = client.get(f"{API}/messages?limit=3").json or {}
    second = client.get(f"{API}/messages?limit=3&before={first['next']}").json or {}
    third = client.get(f"{API}/messages?limit=3&before={second['next']}").json or {}
    back = client.get(f"{API}/messages?limit=3&after={second['previous']}").json or {}
    pages = [[item["id"] for item in page["items"]] for page in (first, second, third, back)]
    assert pages == [ids[:3], ids[3:6], ids[6:], ids[:3]]
    assert (first["previous"], third["next"]) == (None, None)


def test_rows_can_be_passed_over(client: Client, mail: Mail) -> None:
    ids = [mail.subject(f"number {number}") for number in range(5)][::-1]
    answer = client.get(f"{API}/messages?skip=2&limit=2").json or {}
    assert [item["id"] for item in answer["items"]] == ids[2:4]


@pytest.mark.parametrize(
    ("query", "found"),
    [("apples", 2), ("subject:pears", 1), ("apples -pears", 1), ('"apples and"', 1), ("from:ann@example.org", 3),
     ("p", 3), ("-pea", 2),
     ("is:unread", 3), ("nothing", 0), ("has:attachment", 0), ("pple", 2), ("larger:1M", 0)],
)  # fmt: skip
def test_a_search_finds_and_counts(client: Client, mail: Mail, query: str, found: int) -> None:
    for subject in ("apples", "apples and pears", "plums"):
        mail.subject(subject)
    answer = client.get(f"{API}/messages", query_string={"query": query}).json or {}
    assert (len(answer["items"]), answer["total"]) == (found, found)


@pytest.mark.parametrize(
    "query",
    ['"', "*", "NEAR(", "a NEAR b", "subject:", ":", "^", "a*b", "%", "_", "\x00", "'; DROP TABLE message; --", '"""',
     "(", ")))", "-", "--", "-()", "OR", "OR OR", "a OR", "NOT", "{a b}", "\\", "🌱", "a\ud800b", "from:%",
     "to:_", "a" * 2000],
)  # fmt: skip
def test_no_search_text_is_an_error_of_ours(client: Client, mail: Mail, query: str) -> None:
    mail.subject("apples")
    answer = client.get(f"{API}/messages", query_string={"query": query.encode("utf-8", "surrogatepass")})
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("query", ["before:tomorrow", "larger:huge", "is:lost", "(" * 200 + "a", "a " * 100])
def test_a_search_without_meaning_is_refused_with_its_place(client: Client, query: str) -> None:
    answer = client.get(f"{API}/messages", query_string={"query": query})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errors"][0]["field"] == "query"
    assert "at character" in answer.json["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("skip=-1", "skip"),
        ("skip=99999999999999999999", "skip"),
        ("before=x", "before"),
        ("before=-1", "before"),
        ("after=99999999999999999999999", "after"),
        ("before=1&after=1", ""),
        ("refused=maybe", "refused"),
        ("inbox=../x", "inbox"),
        ("limt=5", "limt"),
        ("query=" + "a" * 2001, "query"),
        ("sort=subject", "sort"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, arguments: str, field: str) -> None:
    answer = client.get(f"{API}/messages?{arguments}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json is not None
    assert [error["field"] for error in answer.json["errors"]] == [field]
    schemas.ProblemDetails.model_validate(answer.json)


@pytest.mark.parametrize("arguments", ["inbox=nowhere", "mailbox=nowhere"])
def test_an_unknown_inbox_is_not_found(client: Client, arguments: str) -> None:
    assert client.get(f"{API}/messages?{arguments}").status_code == 404


def test_refused_transactions_stand_between_messages_when_asked(client: Client, mail: Mail) -> None:
    first = mail.receive()
    attempt = mail.refuse()
    second = mail.receive()
    answer = client.get(f"{API}/messages?refused=true").json or {}
    assert [(item["kind"], item["id"]) for item in answer["items"]] == [
        ("message", second), ("attempt", attempt), ("message", first),
    ]  # fmt: skip
    assert answer["total"] == 3
    schemas.MessageList.model_validate(answer)
    assert [item["id"] for item in (client.get(f"{API}/messages").json or {})["items"]] == [second, first]


@pytest.mark.parametrize("query", ["", "number", "num"])
def test_a_list_is_never_older_than_a_confirmed_write(client: Client, mail: Mail, query: str) -> None:
    for number in range(30):
        public_id = mail.subject(f"number {number}")
        answer = client.get(f"{API}/messages?limit=1&query={query}").json or {}
        assert (answer["items"][0]["id"], answer["total"]) == (public_id, number + 1)


def test_a_broad_search_is_answered_while_the_application_closes(app: Application, mail: Mail) -> None:
    mail.subject("one")
    app.close()
    answer = app.test_client().get(f"{API}/messages?query=one").json or {}
    assert (len(answer["items"]), answer["total"]) == (1, 1)


def test_the_cursor_of_a_list_is_where_to_follow_from(client: Client, mail: Mail) -> None:
    mail.receive()
    answer = client.get(f"{API}/messages").json or {}
    assert answer["cursor"] == str(mail.sandbox.store.head())


def test_a_message_is_shown_with_everything_but_its_bodies(client: Client, mail: Mail) -> None:
    public_id = mail.receive(MULTIPART, "joerg@example.org", "ann@example.com", "bcc@example.com")
    answer = client.get(f"{API}/messages/{public_id}").json or {}
    schemas.Detail.model_validate(answer)
    assert answer["subject"] == "Grüße"
    assert answer["from"] == {"name": "Jörg", "address": "joerg@example.org"}
    assert [one["address"] for one in answer["cc"] + answer["reply_to"]] == ["carl@example.com", "help@example.org"]
    assert [part["filename"] for part in answer["attachments"]] == ["terms.pdf"]
    assert [part["path"] for part in answer["parts"]["children"]] == ["1", "2", "3"]
    assert answer["parts"]["children"][2]["size_bytes"] == len("%PDF-1.4")
    assert answer["remote_hosts"] == ["images.test", "other.test"]
    assert [one["address"] for one in answer["envelope"]["recipients"]] == ["ann@example.com", "bcc@example.com"]
    assert answer["session"]["helo"] == "client"


def test_a_message_names_all_of_its_recipients_and_a_row_the_first_five(client: Client, mail: Mail) -> None:
    addresses = [f"u{number}@example.com" for number in range(7)]
    public_id = mail.receive(f"To: {', '.join(addresses)}\r\n\r\nx".encode(), "app@example.org", *addresses)
    answer = client.get(f"{API}/messages/{public_id}").json or {}
    assert [one["address"] for one in answer["to"]] == answer["recipients"] == addresses
    (row,) = (client.get(f"{API}/messages").json or {})["items"]
    assert [one["address"] for one in row["to"]] == row["recipients"] == addresses[:5]


@pytest.mark.parametrize(
    "query", ["is:unread", "is:pinned", "has:attachment", "is:refused", "is:read", "is:unread is:pinned"]
)
@pytest.mark.parametrize("refused", ["false", "true"])
def test_the_total_is_how_many_rows_there_are(client: Client, mail: Mail, query: str, refused: str) -> None:
    ids = [mail.subject("plain") for _ in range(3)] + [mail.receive(MULTIPART) for _ in range(2)]
    mail.refuse()
    client.patch(f"{API}/messages", json={"ids": ids[1:4], "seen": True})
    client.patch(f"{API}/messages", json={"ids": ids[2:], "pinned": True})
    answer = client.get(f"{API}/messages?limit=1&query={query}&refused={refused}").json or {}
    whole = client.get(f"{API}/messages?query={query}&refused={refused}").json or {}
    assert answer["total"] == whole["total"] == len(whole["items"])


def test_reading_does_not_mark_as_read(client: Client, mail: Mail) -> None:
    public_id = mail.receive()
    client.get(f"{API}/messages/{public_id}")
    assert (client.get(f"{API}/messages/{public_id}").json or {})["seen"] is False


def test_headers_are_shown_decoded_and_raw(client: Client, mail: Mail) -> None:
    public_id = mail.receive(b"Subject: =?utf-8?q?J=C3=B6rg?=\r\n folded\r\nX-Odd: \xff\r\n\r\n")
    fields = (client.get(f"{API}/messages/{public_id}/headers").json or {})["fields"]
    assert fields[0] == {"name": "Subject", "value": "Jörg folded", "raw": " =?utf-8?q?J=C3=B6rg?=\r\n folded"}
    assert fields[1]["raw"] == " ÿ"


def test_the_path_is_oldest_first_with_delays(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive(MULTIPART)}/path").json or {}
    schemas.Path.model_validate(answer)
    assert [(hop["by"], hop["delay_ms"]) for hop in answer["hops"]] == [("a.test", None), ("b.test", 2000)]


def test_the_dialogue_is_shown(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive()}/transcript").json or {}
    schemas.Transcript.model_validate(answer)
    assert [line["side"] for line in answer["lines"]] == ["C", "S"]


def test_the_envelope_is_shown(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive()}/envelope").json or {}
    schemas.Envelope.model_validate(answer)
    assert answer["reverse_path"] == "ann@example.org"


VIEWS = (
    "",
    "/headers",
    "/envelope",
    "/transcript",
    "/path",
    "/raw",
    "/parts",
    "/parts/1",
    "/html",
    "/html/source",
    "/text",
)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("public_id", ["0" * 22, "latest", "1", "../x", "0" * 23, "%00" * 22, "é" * 22, "'" * 22])
def test_what_is_not_there_is_not_found(client: Client, view: str, public_id: str) -> None:
    answer = client.get(f"{API}/messages/{public_id}{view}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("view", VIEWS)
def test_a_deleted_message_is_not_found_any_more(client: Client, mail: Mail, view: str) -> None:
    public_id = mail.receive(MULTIPART)
    assert client.get(f"{API}/messages/{public_id}{view}").status_code == 200
    client.delete(f"{API}/messages/{public_id}")
    assert client.get(f"{API}/messages/{public_id}{view}").status_code == 404


@pytest.mark.parametrize(
    "raw",
    [b"", b"\r\n", b"\x00", b"\xff" * 100, b"no header at all", b"From: <\r\n\r\n", b"Message-ID: <[x]>\r\n\r\n",
     b"Content-Type: text/html; charset=rot13\r\n\r\n<p>x", b"Content-Type: multipart/mixed\r\n\r\nx",
     b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\n" * 3000,
     b"Subject: " + b"=?utf-8?q?=F0?= " * 500 + b"\r\n\r\n", b"Date: 99 Foo 99999\r\n\r\n",
     b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(300)),
     b"Content-Type: message/rfc822\r\n\r\n" * 300, b"Subject: a\xed\xa0\x80\r\n\r\n"],
)  # fmt: skip
def test_every_view_shows_hostile_mail(client: Client, mail: Mail, raw: bytes) -> None:
    public_id = mail.receive(raw)
    for view in VIEWS:
        answer = client.get(f"{API}/messages/{public_id}{view}")
        assert answer.status_code == 200 or (
            view in ("/html", "/html/source", "/parts/1") and answer.status_code == 404
        )
    detail = client.get(f"{API}/messages/{public_id}").json
    schemas.Detail.model_validate(detail)


def test_pages_stay_keyset_while_mail_comes_in(client: Client, mail: Mail) -> None:
    ids = [mail.subject(f"number {number}") for number in range(4)][::-1]
    first = client.get(f"{API}/messages?limit=2").json or {}
    mail.receive()
    second = client.get(f"{API}/messages?limit=2&before={first['next']}").json or {}
    assert [item["id"] for item in second["items"]] == ids[2:]


def test_retention_does_not_break_an_open_page() -> None:
    from mailpit_py.api import create_app
    from mailpit_py.application.clock import Clock
    from mailpit_py.application.sandbox import Sandbox
    from mailpit_py.config import Config

    with Store.open(None, StoreOptions(limits=Limits(max_messages=3))) as store:
        sandbox = Sandbox(store, Clock())
        app = create_app(sandbox, Config())
        mail = Mail(sandbox)
        ids = [mail.receive(SIMPLE) for _ in range(6)]
        answer = app.test_client().get(f"{API}/messages?limit=200").json or {}
        assert ids[-1] in [item["id"] for item in answer["items"]]
        app.close()
