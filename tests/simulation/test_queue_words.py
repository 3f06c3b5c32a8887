"""What is told where no server answers: the queue's words, as the mail system that reports has them."""

from __future__ import annotations

import pytest

from mailpit_py.simulation.dialect import DIALECTS
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.follow_up import tell
from mailpit_py.simulation.queue_words import queue_words
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.scenario import SCENARIOS

ANN = Facts(client="192.0.2.9", reverse_path="app@app.example", recipient="ann@dest.example")


@pytest.mark.parametrize(
    ("refusal", "dialect", "status", "text"),
    [
        (Refusal("conn_timeout"), "rfc", "4.4.1", "connect to mx.dest.example[192.0.2.25]:25: Connection timed out"),
        (Refusal("conn_timeout", "postfix"), "postfix", "4.4.1", "connect to mx.dest.example[192.0.2.25]:25: Connect"),
        (Refusal("domain_not_found"), "exim", "5.1.2", "Unrouteable address"),
        (Refusal("domain_not_found"), "qmail", "5.1.2", "Sorry, I couldn't find any host named dest.example."),
        (Refusal("domain_not_found", "gmail"), "gmail", "5.1.2", "DNS Error: DNS type 'mx' lookup of dest.example"),
        (Refusal("conn_refused", "m365"), "m365", "5.4.316", "Message expired, connection refused"),
        (Refusal("expired"), "opensmtpd", "5.4.7", "Envelope expired"),
        (Refusal("domain_not_found", "m365"), "m365", "5.4.310", "DNS domain dest.example does not exist"),
        (Refusal("suppressed"), "ses", "5.1.1", "Amazon SES has suppressed sending to this address because"),
        (Refusal("null_mx"), "m365", "5.4.310", "DNS domain dest.example does not exist"),
        (Refusal("no_route", "m365"), "m365", "5.4.310", "DNS domain dest.example does not exist"),
        (Refusal("expired", "m365"), "m365", "5.4.300", "Message expired"),
        (Refusal("null_mx"), "yahoo", "5.1.10", "Domain dest.example does not accept mail (nullMX)"),
    ],
)
def test_the_queue_tells_where_no_server_answers(refusal, dialect, status, text):
    told = tell(refusal, ANN, dialect)
    assert (told.code, told.status, told.remote, told.command) == (0, status, "", "")
    assert told.text.startswith(text)


@pytest.mark.parametrize(
    ("refusal", "code", "text"),
    [
        (Refusal("conn_timeout", text="try tomorrow", code=451), 451, "try tomorrow"),
        (Refusal("unknown_user"), 550, "<ann@dest.example>: no such mailbox here"),
    ],
)
def test_a_server_tells_what_it_says_itself(refusal, code, text):
    told = tell(refusal, ANN)
    assert (told.code, told.text) == (code, text)


def test_exchange_finds_out_later_what_its_edge_did_not_refuse():
    refusal = Refusal("unknown_user", "m365")
    assert (tell(refusal, ANN).status, tell(refusal, ANN).scenario) == ("5.1.10", "unknown_user")
    assert refusal.reply(recipient=ANN.recipient).status == "5.4.1"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_has_words_for_what_the_standard_one_has(dialect):
    unanswered = {name for name in SCENARIOS if queue_words(name, "rfc")}
    assert len(unanswered) == 9
    own = {"suppressed"} if dialect == "ses" else set()
    assert {name for name in SCENARIOS if queue_words(name, dialect)} == unanswered | own
