"""What Postfix makes of each simulated failure when it is the application's relay, with its bounces in the sandbox."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mailpit_py.mail import read
from mailpit_py.reports import understand
from tests.clients.postfix import Delivery, Relay, postfix, wait_until
from tests.clients.test_failures_of_clients import MAIL, addresses, table
from tests.process import Running


@dataclass(frozen=True)
class Sent:
    """All rows of the document, sent through Postfix, after it is done with them."""

    relay: Relay
    running: Running


@pytest.fixture(scope="module")
def sent(running: Running) -> Iterator[Sent]:
    with postfix(running.smtp_port) as relay:
        for recipients in rows().values():
            with smtplib.SMTP("127.0.0.1", relay.port, timeout=20) as client:
                client.sendmail("app@app.test", recipients, MAIL)
        wait_until(lambda: relay.is_idle, 180)
        yield Sent(relay, running)


def rows() -> dict[str, list[str]]:
    """The recipients of each row, with a label of its own: some addresses stand in two."""
    return {row: addresses(row, f"postfix{number}") for number, row in enumerate(table())}


def told(tries: list[Delivery]) -> str:
    """What became of one recipient, as the document says it."""
    last = tries[-1]
    words = {"sent": "sent", "bounced": f"bounces {last.status}", "deferred": f"gives up, bounces {last.status}"}
    return f"{'tries again, ' if len(tries) > 1 else ''}{words[last.what]}"


def test_each_failure_is_what_the_document_says(sent: Sent):
    seen = {row: "; ".join(told(sent.relay.tries(one)) for one in recipients) for row, recipients in rows().items()}
    assert seen == {row: cells["Postfix"] for row, cells in table().items()}


def test_each_failure_comes_back_as_a_bounce_in_the_replys_own_words(sent: Sent):
    failed = {
        one: tries[-1]
        for recipients in rows().values()
        for one in recipients
        if (tries := sent.relay.tries(one))[-1].what != "sent"
    }
    bounces = {}
    for row in sent.running.find("from:mailer-daemon"):
        (outcome,) = understand(read(sent.running.get(f"api/v2/messages/{row['id']}/raw"))).outcomes
        bounces[outcome.address] = outcome
    assert bounces.keys() == failed.keys()
    for recipient, tried in failed.items():
        said = re.search(r" said: (.*?) \(in reply to ", tried.why)
        assert (bounces[recipient].status, bounces[recipient].action) == (tried.status, "failed")
        assert said is None or said[1][:20] in bounces[recipient].diagnostic


def test_a_message_that_was_kept_without_an_answer_arrives_once_for_each_try(sent: Sent):
    (recipient,) = rows()["`drop+content+kept@`"]
    kept = [row for row in sent.running.find("") if recipient in row["recipients"]]
    assert len(kept) == len(sent.relay.tries(recipient)) > 1
