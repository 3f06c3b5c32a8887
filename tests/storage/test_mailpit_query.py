"""Mailpit's search language: tokens, terms and sizes (Appendix A.5 and A.11 of its contract)."""

from __future__ import annotations

from datetime import UTC

import pytest

from mailpit_py.errors import QueryError
from mailpit_py.storage.mailpit_query import clean, parse, size_bytes
from mailpit_py.storage.query import (
    NOTHING,
    All,
    Correspondent,
    Either,
    Flag,
    HeaderField,
    Not,
    Received,
    Size,
    Text,
)


def meaning(text: str) -> tuple[object, ...]:
    return parse(text, UTC).query.node.nodes


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("this is a test", ["this", "is", "a", "test"]),
        ('"this is" a test', ["this is", "a", "test"]),
        ("alice\tbob", ["alice bob"]),
        ('th"is i"s a', ["this is", "a"]),
        ('"this \'is" "a test', ["this 'is", "a test"]),
        ('"this is a test"="this is a test"', ["this is a test=this is a test"]),
        ("ÄÖÜ<x>;y", ["äöü x y"]),
        ("foo(bar)", ["foo bar"]),
        (":) (:", [":", ":"]),
        ("is:foo", ["is:foo"]),
        ("larger:1g", ["larger:1g"]),
        ("replyto:x", ["replyto:x"]),
        ("header:ä", ["header:ä"]),
        ("http://example.com", ["http://example.com"]),
        ("or and", ["or", "and"]),
        ("- !", ["-", "!"]),
    ],
)
def test_words(text: str, terms: list[str]) -> None:
    assert [one.text for one in meaning(text) if isinstance(one, Text)] == terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('subject:"a b"', (Text("a b", "subject"),)),
        ('"subject:a b"', (Text("a b", "subject"),)),
        ('subject:a" "b', (Text("a b", "subject"),)),
        ("SUBJECT:Ä,(B", (Text("Ä,(B", "subject"),)),
        ("from:<A@b.c>", (Text("a@b.c", "sender"), Correspondent("from", "a@b.c"))),
        ("to:x", (Text("x", "addressed"), Correspondent("to", "x"))),
        ("reply-to:x", (Text("x", "sender"), Correspondent("reply_to", "x"))),
        ("cc:x bcc:y", (Text("x", "copied"), Text("y", "blind"))),
        ("message-id:<x@y>", (Text("x@y", "message_id"),)),
        ('tag:"<A  Tag>"', (Text("a tag", "tag"),)),
        ("-x !y --z", (Not(Text("x")), Not(Text("y")), Not(Text("-z")))),
        ('-"a b" "-c d"', (Not(Text("a b")), Not(Text("c d")))),
        ("is:READ !is:unread has:attachments", (Flag("read"), Not(Flag("unread")), Flag("attachment"))),
        ("inbox:Shop", (Text("Shop", "inbox"),)),
        ("has:inline is:tagged has:report", (Flag("inline"), Flag("tagged"), Flag("report"))),
        ("larger:1.5M smaller:10", (Size(above=1_572_864), Size(below=10))),
        ('larger:"1 k"', (Size(above=1_024),)),
        ('larger:1k> "smaller:<2 kb>"', (Size(above=1_024), Size(below=2_048))),
        ('" is:read " " -a b"', (Flag("read"), Not(Text("a b")))),
        ("header:X-Mailer=Acme header:X", (HeaderField("X-Mailer", "Acme"), HeaderField("X"))),
        ("before:1970-01-02", (Received(until=86_400_001_000),)),
        ('before:"<Fri, 02 Jan 1970>"', (Received(until=86_400_001_000),)),
        ("after:1970-01-01T00:00:00.0015", (Received(since=1_000),)),
        ("-before:1970-01-02", (Received(since=86_400_000_000),)),
        ("-after:1970-01-02", (Received(until=86_400_001_000),)),
        ("a OR b", (Either((Text("a"), Text("b"))),)),
        ('"OR" a', (Text("or"), Text("a"))),
        ("(a b) OR -(c d)", (Either((All((Text("a"), Text("b"))), Not(All((Text("c"), Text("d")))))),)),
        ("x (a OR b", (Text("x"), Either((Text("a"), Text("b"))))),
        ("subject:Hello (test)", (Text("Hello", "subject"), Text("test"))),
        ("((a))", (Text("a"),)),
    ],
)
def test_terms(text: str, expected: tuple[object, ...]) -> None:
    assert meaning(text) == expected


@pytest.mark.parametrize("text", ['""', "subject:", 'tag:" "', "after:garbage", "from:<>", "before: -to:", '-","'])
def test_a_search_in_which_nothing_has_a_meaning_finds_nothing(text: str) -> None:
    found = parse(text)
    assert found.query.node == All((NOTHING,))
    assert found.ignored


def test_a_term_that_means_nothing_is_noted() -> None:
    found = parse("a after:7d b")
    assert (found.query.node, found.ignored) == (All((Text("a"), Text("b"))), ("after:7d",))


@pytest.mark.parametrize("text", ["x" * 2_001, "x " * 65, "(" * 20 + "x"])
def test_what_asks_too_much_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse(text)


def test_what_no_text_can_hold_is_replaced() -> None:
    assert meaning("a\0b\ud800") == (Text("a\ufffdb?"),)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1m", 1_048_576), ("1mb", 1_048_576), ("1 M", 1_048_576), ("1 MB", 1_048_576), ("1k", 1_024), ("1kb", 1_024),
     ("1 K", 1_024), ("1 kB", 1_024), ("1.5M", 1_572_864), ("1234567890", 1_234_567_890), ("invalid", 0), ("1.2.3", 0),
     ("1.2.3M", 0), ("", 0), ("1g", 0), ("-1", 0), ("0", 0)],
)  # fmt: skip
def test_sizes(text: str, size: int) -> None:
    assert size_bytes(text) == size


def test_clean_folds_what_parts_addresses() -> None:
    assert clean('  "Ann" <A@b>;\t(x),\ufeffy ') == "ann a@b x y"
    assert clean("İSTANBUL") == "istanbul"
