"""What Mailpit's lists show beyond a summary, also of mail that an older version stored."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from mailpit_py.errors import NotFound
from mailpit_py.storage import Outline, Selection, Store, Summary
from mailpit_py.storage.mailpit_query import parse
from mailpit_py.storage.query import All, Query, Sent
from tests.storage.building import NOW, arrival, keep, raw_message

RAW = (
    "To: A <a@x.test>, b@x.test, c@x.test, d@x.test, e@x.test, f@x.test\r\nCc: G <g@x.test>\r\nBcc: h@x.test\r\n"
    "Reply-To: Jörg <j@x.test>\r\nContent-Type: application/octet-stream\r\n\r\nx"
).encode()


def lists(one: Outline) -> list[list[tuple[str, ...]]]:
    """To, Cc, Bcc and Reply-To, each pair as a tuple."""
    return [[tuple(pair) for pair in found] for found in (one.to, one.cc, one.bcc, one.reply_to)]


LISTS = [
    [("A", "a@x.test"), *[("", f"{name}@x.test") for name in "bcdef"]],
    [("G", "g@x.test")],
    [("", "h@x.test"), ("", "i@x.test")],
    [("Jörg", "j@x.test")],
]


def test_everybody_is_there(store: Store) -> None:
    keep(store, arrival(RAW, "A@X.test", "i@x.test", public_id="one"))
    found = store.outlines.of("default", ["one", "unknown"])
    assert found.keys() == {"one"}
    one = found["one"]
    assert lists(one) == LISTS
    assert (one.sender, one.username, one.attached, one.seen, one.tags) == (("", ""), "", 1, False, ())
    assert (one.size_bytes, one.received_at, one.subject, one.message_id, one.snippet) == (len(RAW), NOW, "", "", "")


def test_mail_of_an_older_version_is_read_again(store: Store, run_sql: Callable[..., list[Any]]) -> None:
    keep(store, arrival(RAW, "A@X.test", "i@x.test", public_id="one"))
    run_sql(store, "UPDATE message SET correspondents = NULL, attached_count = NULL, inline_count = NULL")
    one = store.outlines.of("default", ["one"])["one"]
    assert (lists(one), one.attached) == (LISTS, 1)
    query = store.parse_query("reply-to:j@x.test")
    assert [one.public_id for one in store.page(query=query).items] == ["one"]


def test_more_than_are_read_at_once(store: Store) -> None:
    ids = [f"m{number}" for number in range(501)]
    for public_id in ids[:-1]:
        store.add(arrival(public_id=public_id))
    keep(store, arrival(public_id=ids[-1]))
    assert store.outlines.of("default", ids).keys() == set(ids)
    pages = [[one.public_id for one in page] for page in store.outlines.pages("*", None)]
    assert pages == [ids[:0:-1], ["m0"]]
    pages = [[one.public_id for one in page] for page in store.outlines.pages("default", None, skip=499, limit=5)]
    assert pages == [["m1", "m0"]]


def test_an_unknown_inbox_is_told(store: Store) -> None:
    for ask in (lambda: store.outlines.of("nowhere", []), lambda: list(store.outlines.pages("nowhere", None))):
        with pytest.raises(NotFound):
            ask()


def test_what_is_elsewhere_is_known_by_name_and_not_listed(store: Store) -> None:
    store.folders.make("default", "Work").result(10)
    [one, other] = keep(store, arrival(public_id="one", mailbox="Work"), arrival(public_id="other"))
    assert [[row.public_id for row in page] for page in store.outlines.pages("default", None)] == [[other]]
    assert store.outlines.of("default", [one])[one].public_id == one


SEARCHES = [
    "text",
    "header:X-Kind=odd",
    "header:X-Kind",
    "-header:X-Kind=odd",
    "is:read",
    "is:unread",
    "after:2001-01-01",
]


@pytest.mark.parametrize("text", SEARCHES)
@pytest.mark.parametrize("seen", [(), (0, 3, 4), range(9)])
def test_what_is_found_is_counted_as_pages_and_counts_have_it(store: Store, text: str, seen: Sequence[int]) -> None:
    ids = [f"m{number}" for number in range(9)]
    kinds = ("even", "odd")
    keep(store, *(arrival(raw_message(X_Kind=kinds[at % 2], text="text"), public_id=one) for at, one in enumerate(ids)))
    store.mark("default", Selection.ids([ids[at] for at in seen]), seen=True).result(10)
    query = parse(text).query
    rows = [one for one in store.page(query=query).items if isinstance(one, Summary)]
    for skip, limit in ((0, 50), (1, 2), (0, 0), (20, 5)):
        found = store.outlines.search("default", query, skip=skip, limit=limit)
        assert (found.total, found.unread) == (store.count(query=query), sum(not one.seen for one in rows))
        assert [(one.public_id, one.seen) for one in found.items] == [
            (one.public_id, one.seen) for one in rows[skip : skip + limit]
        ]


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
        (b"X-Note: other\r\nX-Note: a word\r\n", "header:x-note=word", True),
        (b"X-Note: a\r\n long word\r\n", "header:x-note=long", True),
        (b"X-Long: a\r\n X-Note: word\r\n", "header:x-note=word", False),
        (b"Subject: x\n\nX-Note: word\n", "header:x-note=word", False),
        (b"no field at all\r\nX-Note: word\r\n", "header:x-note=word", False),
        (b"X-Note:\r\n", "header:x-note", True),
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


def test_the_header_section_of_large_content_is_read_alone(store: Store) -> None:
    head = b"Subject: x\r\nDate: Mon, 23 Nov 2026 12:00:00 +0900\r\nX-Kind: odd\r\n\r\n"
    noise = random.Random(1).randbytes(300_000)  # which no compression makes smaller
    keep(store, arrival(head + b"X-Body: y\r\n" + noise, public_id="one"), arrival(head.replace(b"odd", b"even")))
    assert [one.public_id for one in store.page(query=store.parse_query("header:x-kind=ODD")).items] == ["one"]
    assert store.count(query=store.parse_query("header:x-body")) == 0
    noon = 1_795_435_200_000_000  # on its writer's clock
    for since, number in ((noon, 2), (noon + 1, 0)):
        assert store.count(query=Query("", All((Sent(since=since, until=noon + 3_600_000_000),)))) == number
