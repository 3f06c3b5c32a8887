"""The search language: text in, meaning or QueryError out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.errors import QueryError
from mailpit_py.storage.query import MAX_LENGTH, All, Either, Flag, Not, Query, Received, Size, Text, parse

NOW = 1_764_000_000_000_000
DAY = 86_400_000_000


def meaning(text: str) -> tuple[object, ...]:
    return parse(text, now=NOW).node.nodes


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("is:unread", "unread"),
        ("(is:pinned)", "pinned"),
        (" has:attachment ", "attachment"),
        ("-is:unread", ""),
        ("is:unread x", ""),
        ("is:unread OR is:pinned", ""),
        ("is:unread is:pinned", ""),
        ("unread", ""),
        ("", ""),
    ],
)
def test_a_search_may_be_one_flag(text, flag):
    assert parse(text, now=NOW).only_flag == flag


@pytest.mark.parametrize(
    ("text", "is_broad"),
    [
        ("ship", True),
        ("shipped", False),
        ('"ship"', False),
        ("shipped from:ann", True),
        ("shipped -(box OR parcel)", True),
        ("shipped is:unread larger:1k", False),
        ("", False),
    ],
)
def test_a_search_is_broad_with_a_text_that_many_words_may_have(text, is_broad):
    assert parse(text, now=NOW).is_broad is is_broad


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("", ()),
        ("   ", ()),
        ("invoice", (Text("invoice"),)),
        ("two words", (Text("two"), Text("words"))),
        ('"two words"', (Text("two words", whole=True),)),
        ('"unbalanced quote', (Text("unbalanced quote", whole=True),)),
        ('"', ()),
        ("from:ann", (Text("ann", "sender"),)),
        ('FROM:"Ann Lee" x', (Text("Ann Lee", "sender"), Text("x"))),
        ("to:a cc:b bcc:c subject:d", tuple(map(Text, "abcd", ("addressed", "copied", "blind", "subject")))),
        (
            "filename:a.pdf message-id:<x@y> tag:ci",
            (Text("a.pdf", "files"), Text("<x@y>", "message_id"), Text("ci", "tag")),
        ),
        ("from:", (Text("from:"),)),
        ("has:attachment", (Flag("attachment"),)),
        ("has:attachments Is:Unread", (Flag("attachment"), Flag("unread"))),
        ("is:read is:pinned is:refused has:html", tuple(map(Flag, ("read", "pinned", "refused", "html")))),
        ("-draft", (Not(Text("draft")),)),
        ("!is:read", (Not(Flag("read")),)),
        ('-"two words"', (Not(Text("two words", whole=True)),)),
        ("--draft", (Not(Not(Text("draft"))),)),
        ("-", (Text("-"),)),
        ("- x", (Text("-"), Text("x"))),
        ("e-mail", (Text("e-mail"),)),
        ("a OR b", (Either((Text("a"), Text("b"))),)),
        ("a b OR c", (Either((All((Text("a"), Text("b"))), Text("c"))),)),
        ("(a OR b) c", (Either((Text("a"), Text("b"))), Text("c"))),
        ("-(a b)", (Not(All((Text("a"), Text("b")))),)),
        ("(a OR", (Text("a"),)),
        ("OR a OR", (Text("a"),)),
        (") a (", (Text("a"),)),
        ("-() a", (Text("a"),)),
        ("a or b", (Text("a"), Text("or"), Text("b"))),
        ("http://example.com/?q=1", (Text("http://example.com/?q=1"),)),
        ("12:30", (Text("12:30"),)),
        ("f(x) g", (Text("f(x)"), Text("g"))),
        ("before:2025-11-24", (Received(until=NOW - 16 * 3_600_000_000),)),
        ("after:2025-11-24T16:00:00Z", (Received(since=NOW),)),
        ("after:2025-11-24T17:00:00+01:00", (Received(since=NOW),)),
        ("after:2d", (Received(since=NOW - 2 * DAY),)),
        ("larger:10k", (Size(above=10_240),)),
        ("larger:1.5MB", (Size(above=1_572_864),)),
        ("smaller:700", (Size(below=700),)),
        ("a\0b", (Text("a\ufffdb"),)),
        ("\ud800", (Text("?"),)),
    ],
)
def test_a_search_means(text, nodes):
    assert meaning(text) == nodes


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("is:strange", 3),
        ("hello has:legs", 10),
        ("before:yesterday", 7),
        ("after:2025-13-01", 6),
        ("after:2025-11-24T99:00:00Z", 6),
        ('larger:"much"', 8),
        ("larger:-1", 7),
        ("(" * 40 + "a", 17),
        ("x" * (MAX_LENGTH + 1), MAX_LENGTH),
        ("x " * 100, 128),
    ],
)
def test_a_value_that_cannot_be_is_a_query_error_with_its_position(text, position):
    with pytest.raises(QueryError) as caught:
        parse(text, now=NOW)
    assert caught.value.position == position


@given(st.text(alphabet=st.sampled_from(' "()-!:ORaé*\0from:is'), max_size=40))
def test_any_text_has_a_meaning_or_is_a_query_error(text):
    try:
        outcome: Query | QueryError = parse(text, now=NOW)
    except QueryError as error:
        outcome = error
    assert isinstance(outcome, Query) or 0 <= outcome.position <= len(text)
