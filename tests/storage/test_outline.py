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


def test_a_report_is_found_by_its_type(store: Store) -> None:
    keep(store, arrival(b"Content-Type: multipart/report; boundary=b\r\n\r\n--b--\r\n", public_id="one"))
    keep(store, arrival(public_id="two"))
    assert [one.public_id for one in store.page(query=store.parse_query("has:report")).items] == ["one"]
    assert store.count(query=store.parse_query("-has:report")) == 1


def test_a_header_search_reads_the_header_section_alone(store: Store) -> None:
    body = b"Subject: x\r\n\r\nX-Body: y\r\n" + b"z" * 500_000
    keep(store, arrival(body, public_id="one"))
    assert store.count(query=store.parse_query("header:x-body")) == 0
    assert store.count(query=store.parse_query("header:subject=X")) == 1
