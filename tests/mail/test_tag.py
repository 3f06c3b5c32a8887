"""Names of tags, cleaned as Mailpit does."""

from __future__ import annotations

import pytest

from mailpit_py.mail import read
from mailpit_py.mail.tag import MOST, clean, clean_all, named_in_addresses, named_in_header, title


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("This is a test", "This is a test"),
        ("thiS IS a Test :-)", "thiS IS a Test -"),
        ("  thiS 99     IS a Test :-)", "thiS 99 IS a Test -"),
        ("this_is-a test ", "this_is-a test"),
        ("this_is-a&^%%(*)@ test", "this_is-a @ test"),
        ("x" * 101, "x" * 100),
        ("x" * 99 + " y", "x" * 99),
        ("émoji\u2603", "moji"),
        ("\0\r\n", ""),
        ("x" * 10_000_000, "x" * 100),
    ],
)
def test_a_name_is_cleaned(name: str, cleaned: str) -> None:
    assert clean(name) == cleaned


def test_names_that_differ_in_case_alone_are_one_and_there_is_a_limit() -> None:
    assert clean_all(["b", "A", "B!", "", "a"]) == ("b", "A")
    assert len(clean_all(map(str, range(1_000)))) == MOST


def test_where_tags_stand_in_a_message() -> None:
    message = read(b"X-Tags: a, b c,,\r\nTo: x+one+two@y.z, plain@y.z\r\nFrom: +three@y.z\r\nCc: no-at+five\r\n\r\n")
    assert named_in_header(message) == ["a", " b c", "", ""]
    assert named_in_addresses(message, ["hidden+four@y.z"], lambda _: True) == ["one", "two", "four", "three"]
    assert named_in_addresses(message, [], lambda address: not address.startswith("x")) == ["three"]
    assert named_in_header(read(b"")) == []


@pytest.mark.parametrize(
    ("name", "titled"),
    [
        ("lower UPPER mIxed", "Lower UPPER MIxed"),
        ("x-y z_a u@v", "X-Y Z_a U@V"),
        ("1st 2x-y 1-a", "1St 2X-Y 1-A"),
        ("a.b it's a..b _a", "A.b It's A..B _A"),
        ("\u00dfa \u01c6a", "Ssa \u01c5a"),
        ("", ""),
    ],
)
def test_a_title_begins_each_word_with_a_large_letter(name: str, titled: str) -> None:
    assert title(name) == titled
