"""Mail that came with SMTPUTF8: as it is for who asks for UTF-8, converted for who does not (RFC 6855, RFC 6857)."""

from __future__ import annotations

import imaplib

import pytest

from mailpit_py.mail.envelope import Envelope, Recipient, Transaction
from mailpit_py.mail.imap import downgrade
from tests.servers.smtp.serving import TIMEOUT
from tests.storage.building import session

RAW = "From: Jörg <jörg@bücher.test>\r\nSubject: Grüße\r\n\r\nÜber alles\r\n".encode()
INTERNATIONAL = Transaction(session(), Envelope("jörg@bücher.test", (Recipient("ann@example.com"),), smtputf8=True))


def fetched(port: int, *, utf8: bool) -> tuple[bytes, bytes]:
    """The message, and the line that says its size."""
    with imaplib.IMAP4("127.0.0.1", port, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        if utf8:
            client.enable("UTF8=ACCEPT")
        client.select("INBOX", readonly=True)
        _, found = client.fetch("1", "(RFC822.SIZE BODY[])")
        _, told = client.fetch("1", "(ENVELOPE)")
        return found[0][1], found[0][0] + told[0]


def test_who_asks_for_utf8_gets_it_as_it_came(serve, mail) -> None:
    mail(RAW, transaction=INTERNATIONAL)
    content, told = fetched(serve().port, utf8=True)
    assert content == RAW
    assert b"RFC822.SIZE %d " % len(RAW) in told
    assert "Grüße".encode() in told


def test_who_does_not_gets_ascii_headers(serve, mail) -> None:
    mail(RAW, transaction=INTERNATIONAL)
    content, told = fetched(serve().port, utf8=False)
    assert content == downgrade(RAW) != RAW
    assert content.partition(b"\r\n\r\n")[0].isascii()
    assert b"RFC822.SIZE %d " % len(content) in told
    assert told.isascii()


@pytest.mark.parametrize("utf8", [True, False])
def test_what_came_without_smtputf8_is_shown_as_it_is(serve, mail, utf8: bool) -> None:
    mail(RAW)
    assert fetched(serve().port, utf8=utf8)[0] == RAW
