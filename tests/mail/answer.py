"""What IMAP says of a message, read back by a client's parser that nobody here wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from imapclient.response_parser import parse_fetch_response
from imapclient.response_types import BodyData

from mailpit_py.errors import UnknownTransferEncoding
from mailpit_py.mail import imap
from mailpit_py.mail.encoding import is_known
from mailpit_py.mail.imap import Section
from mailpit_py.mail.wire import octets, with_crlf

_LITERAL = re.compile(rb"\{(\d+)\}\r\n")


def parsed(item: str, value: bytes) -> Any:
    """The value of a FETCH item, as IMAPClient gives it to a program."""
    found = parse_fetch_response([*_pieces(b"1 (%b %b)" % (item.encode(), value))], normalise_times=False)
    assert list(found) == [1]
    return found[1][item.encode()]


def _pieces(line: bytes) -> Iterator[Any]:
    """A line as imaplib cuts it: at each literal, a pair."""
    while match := _LITERAL.search(line):
        end = match.end() + int(match[1])
        yield line[: match.end() - 2], line[match.end() : end]
        line = line[end:]
    assert not re.search(rb"[\0\r\n]", line), line
    yield line


def numbered(body: Any, number: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The leaves and messages of a parsed structure with their part numbers (RFC 9051 §6.4.5.1)."""
    if body.is_multipart:
        for index, child in enumerate(body[0], 1):
            yield from numbered(child, (*number, index))
        return
    own = number or (1,)
    yield own, body
    if _is_message(body):
        inner = BodyData.create(body[8])  # which IMAPClient leaves as it is
        yield from numbered(inner, own if inner.is_multipart else (*own, 1))


def _is_message(body: Any) -> bool:
    return (body[0], body[1]) in ((b"message", b"rfc822"), (b"message", b"global"))


def check_answers(raw: bytes) -> None:
    """Whatever the octets are, answers are grammatical and agree with each other."""
    whole = imap.section(raw, Section())
    assert whole == with_crlf(raw)
    assert len(whole) == octets(raw)
    assert imap.section(raw, Section(text="HEADER")) + imap.section(raw, Section(text="TEXT")) == whole
    assert imap.section(raw, Section(text="HEADER.FIELDS", fields=("Subject",))).endswith(b"\r\n")
    for utf8 in (False, True):
        written = imap.envelope(raw, utf8=utf8)
        assert utf8 or written.isascii()
        parsed("ENVELOPE", written)
        check_structure(raw, utf8)
    check_downgraded(raw)
    assert len(imap.preview(raw)) <= 200
    for criterion in imap.CRITERIA:
        imap.sort_key(raw, criterion, arrived_at=1, size_octets=2)


def check_structure(raw: bytes, utf8: bool) -> None:
    """Each part that the structure names is there, as large as it says and with as many lines."""
    parsed("BODY", imap.body_structure(raw, extended=False, utf8=utf8))
    written = imap.body_structure(raw, extended=True, utf8=utf8)
    assert utf8 or written.isascii()
    for number, body in numbered(parsed("BODYSTRUCTURE", written)):
        content = imap.section(raw, Section(number))
        assert content is not None, number
        assert body[6] == len(content)
        lines = content.count(b"\n")
        assert body[0] != b"text" or body[7] == lines
        assert not _is_message(body) or (body[9] == lines and imap.section(raw, Section(number, "HEADER")) is not None)
        assert imap.section(raw, Section(number, "MIME")) is not None
        try:
            assert imap.binary_size(raw, number) == len(imap.binary(raw, number))
        except UnknownTransferEncoding:
            assert not is_known(body[5].decode("latin-1"))


def check_downgraded(raw: bytes) -> None:
    """Down-conversion changes header sections only, and has nothing left to do a second time."""
    down = imap.downgrade(raw)
    assert imap.downgrade(down) == down
    if raw.isascii():
        assert down is raw
