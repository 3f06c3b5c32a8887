"""Mailpit's search over its own hundred messages (Appendix A.1.4 and A.5 of its contract), and what ours adds."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import create_app
from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.config import Config
from mailpit_py.storage import Limits, Selection, Store, StoreOptions
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1, make_sandbox, transaction

SEARCH = f"{V1}/search"


def found(client: Client, query: str, **more: Any) -> dict[str, Any]:
    answer = client.get(SEARCH, query_string={"query": query, **more})
    assert answer.status_code == 200, answer.data
    value: dict[str, Any] = answer.json
    return value


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("from-1@example.com", 1),
        ("from:from-1@example.com", 1),
        ("-from:from-1@example.com", 99),
        ("-FROM:FROM-1@EXAMPLE.COM", 99),
        ("to:from-1@example.com", 0),
        ("from:@example.com", 100),
        ('subject:"Subject line"', 100),
        ('subject:"SUBJECT LINE 17 END"', 1),
        ("!thisdoesnotexist", 100),
        ("-ThisDoesNotExist", 100),
        ("thisdoesnotexist", 0),
        ('tag:"Test tag 065"', 1),
        ('tag:"TEST TAG 065"', 1),
        ('!tag:"Test tag 023"', 99),
        ("This is the email body", 100),
        ("is:unread", 100),
        ("is:read", 0),
        ("is:tagged", 100),
        ("-is:tagged", 0),
        ("has:attachment", 0),
        ("has:inlines", 0),
        ("has:report", 0),
        ("larger:1k", 0),
        ("smaller:1k", 100),
        ("-larger:1k", 100),
        ("after:2001-01-01", 100),
        ("before:2001-01-01", 0),
        ("addressed:to2-7@example.com", 1),
        ("-addressed:to2-7@example.com", 99),
        ("from:to-7@example.com", 0),
        ("cc:to-7@example.com", 0),
        ("from:name", 0),
        ("to:address", 0),
        ("from:reply-to-7", 0),
        ("to:cc-7@example.com", 0),
        ("from-_@example.com", 0),
        ("from-%@example.com", 0),
        ('"line 7 end" OR "line 8 end"', 2),
        ("(from:from-7@ OR from:from-8@) subject:line", 2),
        ("-(from:from-7@ OR from:from-8@)", 98),
        ("header:X-Tags", 100),
        ('header:X-Tags="tag 044"', 1),
        ("header:X-Nothing", 0),
        ("-header:X-Nothing", 100),
        ("message-id:nothing", 0),
        ("replyto:reply-to-7", 0),
        ("is:foo", 0),
        ("from-1@example.com after:nonsense", 1),
    ],
)
def test_mailpit_s_own_searches(hundred: Client, query: str, number: int) -> None:
    for limit in (number, 0):
        value = found(hundred, query, limit=limit)
        assert (value["messages_count"], value["messages_unread"]) == (number, number)
        assert (value["count"], len(value["messages"]), value["total"]) == (limit, limit, 100)


FORMS = [
    "from-{}@example.com", "from:from-{}@example.com", "to-{}@example.com", "to:to-{}@example.com",
    "to2-{}@example.com", "to:to2-{}@example.com", "cc-{}@example.com", "cc:cc-{}@example.com", "cc2-{}@example.com",
    "cc:cc2-{}@example.com", "reply-to-{}@example.com", 'reply-to:"reply-to-{}@example.com"',
    '"Subject line {} end"', 'subject:"Subject line {} end"', '"the email body {} jdsauk dwqmdqw"',
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_each_message_is_found_by_what_is_in_it_alone(hundred: Client, form: str) -> None:
    for number in range(1, 51):
        value = found(hundred, form.format(number))
        assert [row["Subject"] for row in value["messages"]] == [f"Subject line {number} end"]


def test_pages_of_a_search(hundred: Client) -> None:
    value = found(hundred, "subject:line", start=98, limit=50)
    assert [row["Subject"] for row in value["messages"]] == ["Subject line 2 end", "Subject line 1 end"]
    assert (value["start"], value["count"], value["messages_count"]) == (98, 2, 100)


def test_unread_matches_are_counted(client: Client, mail: Mail) -> None:
    ids = [mail.subject(f"counted {number}") for number in range(3)] + [mail.subject("other")]
    client.put(f"{V1}/messages", json={"Read": True, "IDs": ids[:1]})
    value = found(client, "subject:counted")
    assert (value["messages_count"], value["messages_unread"], value["unread"]) == (3, 2, 3)


@pytest.mark.parametrize("query", ["", "   "])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_search_needs_a_query(client: Client, mail: Mail, method: str, query: str) -> None:
    mail.receive()
    answer = client.open(SEARCH, method=method, query_string={"query": query})
    assert (answer.status_code, answer.data, answer.content_type) == (400, b"Error: no search query", "text/plain")
    assert mail.sandbox.store.counts().total == 1


@pytest.mark.parametrize(
    "query", ['""', "subject:", "tag:", "after:garbage", "from: -to:", "from:<>", '"," ;', "()", "OR"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_search_that_means_nothing_says_so_and_finds_nothing(
    client: Client, mail: Mail, method: str, query: str
) -> None:
    mail.receive()
    answer = client.open(SEARCH, method=method, query_string={"query": query})
    assert answer.status_code == 400
    assert answer.data.startswith(b"Error: these terms of the search mean nothing: ")
    assert mail.sandbox.store.counts().total == 1


def test_what_is_deleted_does_not_grow_by_a_term_that_means_nothing(client: Client, mail: Mail) -> None:
    mail.subject("wanted")
    assert found(client, "subject:wanted after:7d")["messages_count"] == 1
    assert client.delete(SEARCH, query_string={"query": "wanted after:7d"}).status_code == 400
    assert client.put(f"{V1}/messages", json={"Search": "wanted after:7d", "Read": True}).status_code == 400
    assert mail.sandbox.store.counts().unread == 1


def test_everything_that_a_search_finds_is_deleted() -> None:
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        sandbox = make_sandbox(store)
        raws = [f"From: Sender <sender@example.com>\r\nSubject: {number}\r\n\r\n" for number in range(1_100)]
        for raw in (*raws, "Subject: stays\r\n\r\n"):
            last = sandbox.receive(transaction(), raw.encode())
        last.result(60)
        app = create_app(sandbox, Config())
        client = app.test_client()
        assert found(client, "from:sender@example.com", limit=1)["messages_count"] == 1_100
        answer = client.delete(SEARCH, query_string={"query": "from:sender@example.com"})
        assert (answer.status_code, answer.data, answer.content_type) == (200, b"ok", "text/plain")
        assert [row["Subject"] for row in found(client, "is:unread")["messages"]] == ["stays"]
        assert client.delete(SEARCH, query_string={"query": "from:sender@example.com"}).data == b"ok"
        app.close()


@pytest.mark.parametrize(
    ("query", "zone", "number"),
    [
        ("before:2100-01-01", "Europe/Berlin", 1),
        ("after:2100-01-01", "Mars/Olympus", 0),
        ("before:2100-01-01", "../../etc/passwd", 1),
        ("before:2100-01-01", "\0", 1),
    ],
)
def test_a_zone_that_is_none_is_passed_over(client: Client, mail: Mail, query: str, zone: str, number: int) -> None:
    mail.receive()
    assert found(client, query, tz=zone)["messages_count"] == number


NOON = b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nSubject: noon\r\n\r\n"


@pytest.mark.parametrize(
    ("zone", "query", "number"),
    [
        ("Europe/Berlin", '"after:2026-11-23 12:59:00"', 1),  # 11:59 UTC
        ("UTC", '"after:2026-11-23 12:59:00"', 0),
        ("Asia/Kolkata", '"before:2026-11-23 17:31:00"', 1),
        ("Asia/Kolkata", '"before:2026-11-23 17:29:00"', 0),
        ("Asia/Kolkata", '"-before:2026-11-23 17:29:00"', 1),
        ("America/New_York", "after:2026-11-23T11:59:00Z", 1),  # with an offset the zone does not count
    ],
)
def test_dates_are_of_the_zone_that_is_named(zone: str, query: str, number: int) -> None:
    with Store.open(None, StoreOptions()) as store:
        sandbox = Sandbox(store, Clock(), message_dates=True)
        public_id = Mail(sandbox).receive(NOON)
        app = create_app(sandbox, Config())
        client = app.test_client()
        assert found(client, query, tz=zone)["messages_count"] == number
        latest = client.get(f"{V1}/message/latest", query_string={"query": query, "tz": zone})
        assert (latest.json["ID"] if number else latest.status_code) == (public_id if number else 404)
        store.mark("default", Selection.ids([public_id]), seen=False).result(10)
        client.put(f"{V1}/messages?tz={zone}", json={"Search": query, "Read": True})
        assert store.counts().unread == 1 - number
        client.delete(SEARCH, query_string={"query": query, "tz": zone})
        assert store.counts().total == 1 - number
        app.close()


@pytest.mark.parametrize(
    "query",
    ["JÖRG", "from:jörg", "from:JÖRG", "subject:ÄÖÜ", "subject:äöü", "subject:aou", 'from:"O\'Neil & Söhne"', "to:&",
     "filename.pdf", "text body", "bcc:hidden@example.com", "message-id:<One@Example.org>", "has:attachment"],
)  # fmt: skip
def test_what_mailpit_cannot_find_is_found(client: Client, mail: Mail, query: str) -> None:
    mail.receive(
        (
            'From: "O\'Neil & Söhne Jörg" <j@example.org>\r\nTo: A & B <ab@example.com>\r\nSubject: ÄÖÜ\r\n'
            "Message-ID: <one@example.org>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext body\r\n"
            "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=filename.pdf\r\n"
            "\r\nx\r\n"
            "--b--\r\n"
        ).encode(),
        "j@example.org",
        "ab@example.com",
        "hidden@example.com",
    )
    assert found(client, query)["messages_count"] == 1


@pytest.mark.parametrize("query", ["(" * 40 + "a" + ")" * 40, "x " * 100, "y" * 3_000])
def test_a_search_that_asks_too_much_is_refused_in_words(client: Client, query: str) -> None:
    answer = client.get(SEARCH, query_string={"query": query})
    assert (answer.status_code, answer.content_type) == (400, "text/plain")
    assert answer.data.startswith(b"The search could not be understood. ")


def test_mail_that_bounced_is_found(client: Client, mail: Mail) -> None:
    bounced, other = mail.subject("bounced"), mail.subject("other")
    assert client.post(f"/api/v2/messages/{bounced}/bounce", json={}).status_code == 200
    assert [row["ID"] for row in found(client, "is:bounced")["messages"]] == [bounced]
    assert other in [row["ID"] for row in found(client, "-is:bounced")["messages"]]
    reports = found(client, "has:report")["messages"]
    assert len(reports) == 1
    assert [one["id"] for one in client.get("/api/v2/messages?query=is:bounced").json["items"]] == [bounced]
