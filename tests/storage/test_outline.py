"""What Mailpit's lists show beyond a summary, also of mail that an older version stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mailpit_py.errors import NotFound
from mailpit_py.storage import Correspondent, Outline, Store
from tests.storage.building import arrival, keep

RAW = (
    "To: A <a@x.test>, b@x.test, c@x.test, d@x.test, e@x.test, f@x.test\r\nCc: G <g@x.test>\r\nBcc: h@x.test\r\n"
    "Reply-To: Jörg <j@x.test>\r\nContent-Type: application/octet-stream\r\n\r\nx"
).encode()


def people(text: str) -> tuple[Correspondent, ...]:
    return tuple(Correspondent("", f"{name}@x.test") for name in text)


EXPECTED = Outline(
    to=(Correspondent("A", "a@x.test"), *people("bcdef")),
    cc=(Correspondent("G", "g@x.test"),),
    bcc=people("hi"),
    reply_to=(Correspondent("Jörg", "j@x.test"),),
    username="",
    attached=1,
)


def test_everybody_is_there(store: Store) -> None:
    keep(store, arrival(RAW, "A@X.test", "i@x.test", public_id="one"))
    assert store.outlines.of("default", ["one", "unknown"]) == {"one": EXPECTED}


def test_mail_of_an_older_version_is_read_again(store: Store, run_sql: Callable[..., list[Any]]) -> None:
    keep(store, arrival(RAW, "A@X.test", "i@x.test", public_id="one"))
    run_sql(store, "UPDATE message SET correspondents = NULL, attached_count = NULL, inline_count = NULL")
    assert store.outlines.of("default", ["one"]) == {"one": EXPECTED}
    query = store.parse_query("reply-to:j@x.test")
    assert [one.public_id for one in store.page(query=query).items] == ["one"]


def test_more_than_are_read_at_once(store: Store) -> None:
    ids = [f"m{number}" for number in range(501)]
    for public_id in ids[:-1]:
        store.add(arrival(public_id=public_id))
    keep(store, arrival(public_id=ids[-1]))
    assert store.outlines.of("default", ids).keys() == set(ids)


def test_an_unknown_inbox_is_told(store: Store) -> None:
    with pytest.raises(NotFound):
        store.outlines.of("nowhere", [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("reply-to:jörg", True),
        ("reply-to:a@x", False),
        ("header:reply-to=JÖRG", True),
        ("header:X-None", False),
        ("has:inline", False),
        ("has:report", False),
    ],
)
def test_our_own_search_knows_them_too(store: Store, text: str, found: bool) -> None:
    keep(store, arrival(RAW, public_id="one"))
    assert bool(store.page(query=store.parse_query(text)).items) is found


REPORT = (
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nFailed.\r\n--b\r\n"
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    b"Final-Recipient: rfc822; ann@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)


def test_a_report_is_found_by_what_it_was_read_as(store: Store) -> None:
    keep(store, arrival(REPORT, public_id="one"))
    keep(store, arrival(public_id="two"))
    keep(store, arrival(b"Content-Type: multipart/report; boundary=b\r\n\r\n--b--\r\n", public_id="empty"))
    assert [one.public_id for one in store.page(query=store.parse_query("has:report")).items] == ["one"]
    assert store.count(query=store.parse_query("-has:report")) == 2


def test_a_search_may_name_an_inbox(store: Store) -> None:
    keep(store, arrival(RAW, public_id="one"))
    for text, count in (("inbox:Default", 1), ("-inbox:default", 0), ("inbox:other", 0), ("inbox:def", 0)):
        assert store.count(query=store.parse_query(text)) == count


@pytest.mark.parametrize(
    ("head", "text", "found"),
    [
        (b"X-Note: a long\r\n word\r\n", 'header:"X-Note=long word"', True),
        (b"X-Note: =?utf-8?q?gr=C3=BCn?=\r\n", "header:x-note=GRÜN", True),
        (b"X-Note: =?utf-8?q?word?=\r\n", "header:x-note=word", True),
        (b"X-Note: gr\xc3\xbcn\r\n", "header:x-note=grün", True),
        (b"X-Note: Word\r\n", "header:X-NOTE=word", True),
        (b"X-Note : word\r\n", "header:x-note=word", True),
        (b"Subject: X-Note: word\r\n", "header:x-note", False),
        (b"X-Other: word\r\n", "header:x-note=word", False),
        (b"X-Note: other\r\n", "header:x-note=word", False),
        (b"X-Note: other\nX-More: word\n", "header:x-more=word", True),
    ],
)
def test_a_field_is_found_however_its_value_is_written(store: Store, head: bytes, text: str, found: bool) -> None:
    keep(store, arrival(head + b"\r\nX-Note: word\r\n", public_id="one"))
    assert bool(store.count(query=store.parse_query(text))) is found


def test_a_header_search_reads_the_header_section_alone(store: Store) -> None:
    body = b"Subject: x\r\n\r\nX-Body: y\r\n" + b"z" * 500_000
    keep(store, arrival(body, public_id="one"))
    assert store.count(query=store.parse_query("header:x-body")) == 0
    assert store.count(query=store.parse_query("header:subject=X")) == 1
