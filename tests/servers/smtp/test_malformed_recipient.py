"""A recipient that cannot be read is kept among the refused, as it was given."""

import smtplib

import pytest

from mailpit_py.config import Config
from mailpit_py.node import Node


@pytest.mark.parametrize(
    ("given", "shown"), [("TO:<ann>", "ann"), ("TO:<a@b@c>", "a@b@c"), ("TO:<ann@>", "ann@"), ("ann", "ann")]
)
def test_a_malformed_recipient_is_an_attempt(given, shown):
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0")) as node:
        with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=10) as client:
            client.ehlo("me")
            client.docmd("MAIL", "FROM:<app@x.test>")
            assert client.docmd("RCPT", given)[0] in (501, 553)
            client.docmd("RSET")
        (attempt,) = node.store.page(refused=True).items
        assert [(address, reply.code // 100) for address, reply in attempt.recipients] == [(shown, 5)]
