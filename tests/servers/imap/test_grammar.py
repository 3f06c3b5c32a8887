"""The grammar piece by piece: names, sets, patterns, dates, commands cut out of a stream; with the RFCs' examples."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.mail.imap import Section
from mailpit_py.servers.imap import fetch_item
from mailpit_py.servers.imap.appending import date_time
from mailpit_py.servers.imap.buffer import Announced, CommandBuffer, Overlong
from mailpit_py.servers.imap.mailbox_name import decode_utf7, encode_utf7, normal, pattern
from mailpit_py.servers.imap.problem import Bad
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.sequence import NumberSet, compact
from mailpit_py.storage import Store
from tests.servers.imap.test_numbers import Client


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),  # RFC 3501 §5.1.3
        ("Entwürfe", "Entw&APw-rfe"),
        ("a&b", "a&-b"),
        ("&", "&-"),
        ("😀", "&2D3eAA-"),
        ("plain", "plain"),
    ],
)
def test_names_in_modified_utf7(name: str, encoded: str) -> None:
    assert encode_utf7(name) == encoded
    assert decode_utf7(encoded) == name


@pytest.mark.parametrize("name", ["&", "a&b", "&Jjo", "&A-", "&2D0-", "&,,,,,,,-"])
def test_what_is_no_modified_utf7_is_refused(name: str) -> None:
    with pytest.raises(Bad):
        decode_utf7(name)


@given(st.text())
def test_every_name_survives_modified_utf7(name: str) -> None:
    assert decode_utf7(encode_utf7(name)) == name
    assert encode_utf7(name).isascii()


@pytest.mark.parametrize(
    ("name", "kept"), [("inbox", "INBOX"), ("Inbox/x", "INBOX/x"), ("Work/", "Work"), ("inboxes", "inboxes")]
)
def test_names_as_they_are_kept(name: str, kept: str) -> None:
    assert normal(name) == kept


@pytest.mark.parametrize(
    ("reference", "wanted", "matched", "not_matched"),
    [
        ("", "*", ["INBOX", "a/b"], []),
        ("", "%", ["INBOX", "a"], ["a/b"]),
        ("a/", "%", ["a/b"], ["a", "a/b/c", "b"]),
        ("", "a%b*", ["ab", "axb/c"], ["a/b"]),
        ("", "%/%", ["a/b"], ["a", "a/b/c"]),
        ("", "InBoX", ["INBOX"], ["inboxes"]),
        ("", "a.b", ["a.b"], ["axb"]),
        ("", "*%*" * 50, ["a/b"], []),
    ],
)
def test_patterns_of_list(reference: str, wanted: str, matched: list[str], not_matched: list[str]) -> None:
    expression = pattern(reference, wanted)
    assert all(expression.fullmatch(name) for name in matched)
    assert not any(expression.fullmatch(name) for name in not_matched)


def number_set(text: str) -> NumberSet:
    scanner = Scanner(text.encode())
    numbers = scanner.number_set()
    scanner.end()
    return numbers


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("2,4:7,9,12:*", range(1, 16), [2, 4, 5, 6, 7, 9, 12, 13, 14, 15]),  # RFC 9051 §9, sequence-set
        ("*:4,5:7", range(1, 11), [4, 5, 6, 7, 8, 9, 10]),
        ("559:*", [3, 8], [8]),  # RFC 9051 §6.4.9
        ("*", [3, 8], [8]),
        ("*", [], []),
        ("7:3", [3, 5, 9], [3, 5]),
        ("1:3,2:4,1", [1, 2, 3, 4], [1, 2, 3, 4]),
        ("4294967295", [4294967295], [4294967295]),
    ],
)
def test_sets_of_numbers(text: str, numbers: Any, expected: list[int]) -> None:
    assert number_set(text).among(numbers) == expected


@pytest.mark.parametrize("text", ["0", "1:0", "", ",1", "1,,2", "4294967296", "1:2:3", "-1", "1,"])
def test_what_is_no_set_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(Bad):
        number_set(text)


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_a_set_written_shortly_is_the_same_set(numbers: set[int], there: set[int]) -> None:
    if numbers:
        assert number_set(compact(sorted(numbers))).among(sorted(there)) == sorted(numbers & there)
    assert NumberSet(()).among(sorted(there)) == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ('"17-Jul-1996 02:44:25 -0700"', 837_596_665_000_000),  # RFC 9051 §7.5.2
        ('" 1-jan-1970 00:00:00 +0000"', 0),
        ('"31-Dec-1969 23:59:60 -0001"', 59_000_000),
    ],
)
def test_dates(text: str, at: int) -> None:
    assert date_time(Scanner(text.encode())) == at


@pytest.mark.parametrize(
    "text", ['"31-Feb-2020 00:00:00 +0000"', '"1-Jan-2020 00:00:00 +0000"', '"01-Jan-2020 24:00:00 +0000"', "x"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Bad):
        date_time(Scanner(text.encode()))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("ALL", ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"]),
        ("(flags body[header.fields (Date From)])", ["FLAGS", "BODY[HEADER.FIELDS (Date From)]"]),
        ("BODY.PEEK[1.2.MIME]<0.2048>", ["BODY[1.2.MIME]<0>"]),
        ("(BINARY.PEEK[1.2]<5.1> BINARY.SIZE[2] BODY)", ["BINARY[1.2]<5>", "BINARY.SIZE[2]", "BODY"]),
        ("(UID UID UID)", ["UID"]),
    ],
)
def test_items_of_fetch(text: str, labels: list[str]) -> None:
    assert [item.label.decode() for item in fetch_item.parse(Scanner(text.encode())).items] == labels


def test_what_peeks_marks_nothing() -> None:
    items = fetch_item.parse(Scanner(b"(BODY[] BODY.PEEK[] BINARY[1] BINARY.PEEK[1] RFC822 RFC822.HEADER)")).items
    assert [item.peeks for item in items] == [False, True, False, True, False, True]
    assert items[4].section == Section()


@pytest.mark.parametrize(
    "text",
    [
        *("", "()", "BODY[", "BODY[HEADER", "BODY[1.]", "BODY[01]", "BODY[TEXT.1]", "BODY[HEADER.FIELDS ()]"),
        *("BODY[]<1>", "BODY[]<1.0>", "BODY.SIZE[1]", "ENVELOPE[1]", "(ALL)", "ALL FLAGS", "BINARY.SIZE[1]<0.5>"),
        *("BODY[HEADER.FIELDS (\xff)]", "(FLAGS) (CHANGEDSINCE)", "(FLAGS) ()", "PREVIEW (SLOW)"),
    ],
)
def test_what_is_no_item_is_refused(text: str) -> None:
    with pytest.raises(Bad):
        fetch_item.parse(Scanner(text.encode("latin-1")))


def commands(stream: bytes, step: int) -> list[bytes | None]:
    """The commands of a stream that is fed in pieces, with consent to every literal; None for one too long."""
    buffer, found = CommandBuffer(), list[bytes | None]()
    for start in range(0, len(stream), step):
        buffer.feed(stream[start : start + step])
        while (command := buffer.command()) is not None:
            if isinstance(command, Announced):
                buffer.accept()
            else:
                found.append(None if isinstance(command, Overlong) else command)
    return found


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_commands_are_whole_with_their_literals(step: int) -> None:
    stream = b"1 NOOP\r\n2 LOGIN {3}\r\na\r\n {0+}\r\n\r\n3 X ~{4}\r\n{9}\n\r\n4 Y\n5 {1}x\r\n"
    assert commands(stream, step) == [
        b"1 NOOP",
        b"2 LOGIN {3}\r\na\r\n {0+}\r\n",
        b"3 X ~{4}\r\n{9}\n",
        b"4 Y",
        b"5 {1}x",
    ]


@given(st.lists(st.binary(max_size=30).filter(lambda text: b"\n" not in text and b"{" not in text), max_size=8))
def test_however_a_stream_is_cut_its_commands_are_the_same(lines: list[bytes]) -> None:
    stream = b"".join(line + b" {2}\r\n\r\n!\r\n" for line in lines)
    assert commands(stream, 1) == commands(stream, 5) == commands(stream, 1 << 20)
    assert len(commands(stream, 3)) == len(lines)


WORDS = st.sampled_from(
    [
        *("FETCH", "STORE", "UID", "LIST", "SELECT INBOX", "APPEND INBOX", "SEARCH", "COPY", "IDLE", "ENABLE", "ID"),
        *("STATUS INBOX", "1:*", "1", "*", "(", ")", "FLAGS", "+FLAGS", "BODY[]", "BODY[HEADER.FIELDS (X)]", "\\Seen"),
        *('"', "{3+}\r\n", "{1}\r\n", "~{2+}\r\n", "<0.5>", "NIL", "RETURN", "INBOX", "%", "DONE", "MODSEQ", "$"),
    ]
)
LINES = st.lists(WORDS, max_size=8).map(lambda words: " ".join(words).encode()) | st.binary(max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=12), st.booleans())
def test_no_octets_break_a_session(lines: list[bytes], is_selected: bool) -> None:
    with Store.open() as store:
        client = Client(store)
        if not is_selected:
            client.say("UNSELECT")
        for line in lines:
            client.feed(b"t " + line + b"\r\n")
        client.feed(b"\r\nDONE\r\n" * 3)  # what is still open is ended
        assert b"t OK NOOP completed\r\n" in client.feed(b"t NOOP\r\n")


def test_a_fault_of_ours_ends_the_command_and_not_the_session(caplog) -> None:
    with Store.open() as store:
        client = Client(store)
        client.break_down()
        assert b"t NO [SERVERBUG] " in client.feed(b"t SELECT INBOX\r\n")
        assert b"t OK NOOP completed\r\n" in client.feed(b"t NOOP\r\n")
    assert "imap SELECT failed" in caplog.text
