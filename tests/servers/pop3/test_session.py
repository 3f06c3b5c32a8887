"""The session without a socket: whatever is said, its numbers stay right, and its state is one of three."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.mail.wire import with_crlf
from mailpit_py.servers.conversation import Want
from mailpit_py.servers.pop3.session import Discard, LogIn, Retrieve, Session, State
from mailpit_py.servers.sasl import Credentials, plain
from mailpit_py.servers.settings import ReadingSettings
from mailpit_py.storage import Entry

RAW = [b"A: 1\r\n\r\n.\r\n", b"", b"A: 2\n\nx", b"A: 3\r\n"]
ENTRIES = tuple(Entry("default", f"id{number}", len(with_crlf(raw))) for number, raw in enumerate(RAW))
NUMBERS = st.sampled_from(["0", "1", "2", "3", "4", "5", "-1", "x", ""])
COMMANDS = st.one_of(
    st.sampled_from(["STAT", "LIST", "UIDL", "NOOP", "RSET", "CAPA", "USER a", "PASS b", "AUTH", "STLS", "TOP"]),
    st.tuples(st.sampled_from(["RETR", "LIST", "UIDL"]), NUMBERS).map(" ".join),
    st.tuples(st.just("DELE"), NUMBERS).map(" ".join),
    st.tuples(st.just("TOP"), NUMBERS, NUMBERS).map(" ".join),
)


def signed_in() -> Session:
    session = Session(ReadingSettings())
    session.receive(b"USER a\r\nPASS b\r\n")
    session.advance()
    session.finish(ENTRIES)
    session.output.clear()
    return session


def say(session: Session, line: bytes) -> bytes:
    """What the session answers to a line, with what it wants given to it."""
    session.receive(line + b"\r\n")
    session.advance()
    match session.work:
        case Retrieve(entry):
            session.finish(with_crlf(RAW[ENTRIES.index(entry)]))
        case LogIn():
            session.finish(ENTRIES)
    answer = bytes(session.output)
    session.output.clear()
    return answer


def expected_stat(marked: set[int]) -> bytes:
    left = [entry for number, entry in enumerate(ENTRIES, 1) if number not in marked]
    return b"+OK %d %d\r\n" % (len(left), sum(entry.size_octets for entry in left))


@given(st.lists(COMMANDS, max_size=30))
def test_numbers_stay_right_whatever_is_said(commands: list[str]) -> None:
    session, marked = signed_in(), set[int]()
    for command in commands:
        answer = say(session, command.encode())
        keyword, _, rest = command.partition(" ")
        is_there = rest in ("1", "2", "3", "4") and int(rest) not in marked
        if keyword == "RSET":
            marked.clear()
        if keyword in ("DELE", "RETR") or (keyword in ("LIST", "UIDL") and rest):
            assert answer.startswith(b"+OK" if is_there else b"-ERR")
        if keyword == "DELE" and is_there:
            marked.add(int(rest))
        if keyword == "RETR" and is_there:
            size = ENTRIES[int(rest) - 1].size_octets
            head, _, body = answer.partition(b"\r\n")
            assert head == b"+OK %d octets" % size
            assert len(body.replace(b"\r\n..", b"\r\n.")) - 3 == size
        assert say(session, b"STAT") == expected_stat(marked)
        listed = say(session, b"LIST").split(b"\r\n")[1:-2]
        assert [int(line.split()[0]) for line in listed] == [n for n in range(1, 5) if n not in marked]
    say(session, b"QUIT")
    assert isinstance(session.work, Discard) == bool(marked)
    assert session.maildrop.marked == tuple(ENTRIES[number - 1] for number in sorted(marked))


@given(st.lists(st.binary(max_size=40) | COMMANDS.map(str.encode), max_size=20), st.integers(1, 7))
def test_no_octets_break_a_session_however_they_are_cut(lines: list[bytes], step: int) -> None:
    session = Session(ReadingSettings())
    session.greet()
    sent = b"\r\n".join(lines) + b"\r\n"
    for start in range(0, len(sent), step):
        session.receive(sent[start : start + step])
        session.advance()
        if session.wants is Want.WORK:
            session.finish(None)
    assert session.state in (State.AUTHORIZATION, State.UPDATE)
    assert all(line.startswith((b"+OK", b"-ERR", b"+ ")) or line in LISTED for line in answers(session))


LISTED = {b".", b"PLAIN", b"TOP", b"USER", b"UIDL", b"SASL PLAIN", b"RESP-CODES", b"AUTH-RESP-CODE", b"PIPELINING"}
LISTED |= {b"EXPIRE NEVER", b"UTF8 USER", b"IMPLEMENTATION mailpit-py"}


def answers(session: Session) -> list[bytes]:
    return bytes(session.output).split(b"\r\n")[:-1]


def test_a_line_that_is_too_long_is_passed_over_and_held_no_longer() -> None:
    session = signed_in()
    for _ in range(100):
        session.receive(b"x" * 1000)
        session.advance()
        assert session.held_bytes < 2000
    session.receive(b"\r\nNOOP\r\n")
    session.advance()
    assert answers(session) == [b"-ERR line too long", b"+OK"]


def test_a_message_that_is_gone_is_no_message() -> None:
    session = signed_in()
    session.receive(b"RETR 1\r\n")
    session.advance()
    session.finish(None)
    assert answers(session) == [b"-ERR no such message any more"]


def test_a_failure_at_quit_ends_the_session_and_says_so() -> None:
    session = signed_in()
    session.receive(b"DELE 1\r\nQUIT\r\n")
    session.advance()
    assert session.work == Discard(ENTRIES[:1])
    session.fail(RuntimeError("the disk is full"))
    assert answers(session)[-1] == b"-ERR [SYS/TEMP] the sandbox cannot do this at the moment"
    assert session.wants is Want.END


@pytest.mark.parametrize(
    ("response", "credentials"),
    [
        ("AGFubgBzZWNyZXQ=", Credentials("ann", "secret")),
        ("YW5uAGFubgBzZWNyZXQ=", Credentials("ann", "secret")),
        ("AMOkAMO2", Credentials("ä", "ö")),
        ("AGFubgA=", Credentials("ann", "")),
        ("Ym9iAGFubgBzZWNyZXQ=", None),  # bob for ann
        ("AABzZWNyZXQ=", None),  # nobody
        ("YW5u", None),
        ("AP8A/w==", None),  # no UTF-8
        ("=", None),
        ("ä", None),
        ("\udcff", None),
    ],
)
def test_plain_is_read_as_its_rfc_says(response: str, credentials: Credentials | None) -> None:
    assert plain(response) == credentials


def test_a_password_shows_nowhere() -> None:
    assert "secret" not in repr(Credentials("ann", "secret"))
    assert logging.Formatter().format(logging.makeLogRecord({"msg": "%r", "args": (Credentials("a", "secret"),)})) == (
        "Credentials('a')"
    )
