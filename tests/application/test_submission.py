"""Mail that comes without SMTP is decided on as mail that comes by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.submission import Submission, submit
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.simulation.chaos import parse
from mailpit_py.storage import Store

RAW = b"From: app@example.org\r\nMessage-ID: <1@app>\r\n\r\nHello\r\n"
SILENT = {"kind": "silence", "seconds": 300, "then": {"kind": "refuse", "refusal": {"scenario": "mailbox_full"}}}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Store.open(None) as store:
        yield Sandbox(store, Clock())


def put_in(sandbox: Sandbox, *recipients: str, raw: bytes = RAW, simulate: bool = True) -> Submission:
    envelope = Envelope("app@example.org", tuple(map(Recipient, recipients)))
    transaction = Transaction(Session(new_public_id(), 1, listener="api"), envelope)
    return submit(sandbox, transaction, raw, source="api", simulate=simulate)


def kept(sandbox: Sandbox, submission: Submission) -> list[str]:
    """Who gets the message, by the store."""
    stored = sandbox.store.message("default", submission.public_id)
    return [one.address for one in stored.envelope.recipients] if stored else []


@pytest.mark.parametrize(
    ("local_part", "code", "is_kept"),
    [
        ("ann", 250, True),
        ("success", 250, True),
        ("bounce+5.1.1", 550, False),
        ("greylist", 451, False),
        ("bounce+spam+content", 550, False),
        ("discard", 250, False),
        ("slow+300s", 250, True),
        ("slow+data+1bps", 250, True),
        ("drop+rcpt", 421, False),
        ("drop+data", 421, False),
        ("drop+content", 421, False),
        ("drop+content+kept", 250, True),
        ("garble+nocode", 554, False),
        ("garble+multiline", 550, False),
        ("garble+mixed", 550, False),
    ],
)
def test_an_address_does_without_a_wire_what_it_does_on_one(
    sandbox: Sandbox, local_part: str, code: int, is_kept: bool
) -> None:
    recipient = f"{local_part}@{'example.com' if local_part == 'ann' else 'bounce.test'}"
    submission = put_in(sandbox, recipient)
    assert [(one.address, one.reply.code) for one in submission.recipients] == [(recipient, code)]
    assert (submission.is_kept, bool(submission.public_id)) == (is_kept, code == 250)
    assert kept(sandbox, submission) == [recipient] * is_kept
    counts = sandbox.store.counts("default")
    assert (counts.total, counts.refused) == (int(is_kept), int(not is_kept))


def test_each_recipient_has_its_answer_and_cause(sandbox: Sandbox) -> None:
    wanted = ("bounce@bounce.test", "ann@example.com", "bounce+spam+content@bounce.test", "discard@bounce.test")
    submission = put_in(sandbox, *wanted)
    assert [(one.address, one.reply.code) for one in submission.recipients] == [
        ("ann@example.com", 250),
        ("bounce+spam+content@bounce.test", 550),
        ("discard@bounce.test", 250),
        ("bounce@bounce.test", 550),
    ]
    assert [one.rule for one in submission.causes] == [
        "",
        "bounce+spam+content@bounce.test",
        "discard@bounce.test",
        "bounce@bounce.test",
    ]
    assert kept(sandbox, submission) == ["ann@example.com"]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
def test_a_rule_refuses_at_each_of_its_stages_once_and_then_no_more(sandbox: Sandbox, stage: str) -> None:
    sandbox.simulator.book.add({"name": "once", "stage": stage, "outcome": "system_error", "first": 1})
    first = put_in(sandbox, "ann@example.com", "bob@example.com")
    assert {one.reply.code for one in first.recipients} <= {451, 250}
    assert any(cause.rule == "once" for cause in first.causes)
    again = put_in(sandbox, "ann@example.com", "bob@example.com")
    assert again.is_kept
    assert {one.reply.code for one in again.recipients} == {250}


def test_the_header_field_chaos_and_silence_decide_too(sandbox: Sandbox) -> None:
    asking = b"X-Sandbox-Bounce: mailbox_full gmail\r\n" + RAW
    assert put_in(sandbox, "ann@example.com", raw=asking).recipients[0].reply.code == 452
    sandbox.simulator.configure(chaos=parse("Sender:503:100"))
    assert put_in(sandbox, "ann@example.com").recipients[0].reply.encoded == b"503 Chaos sender error\r\n"
    sandbox.simulator.configure(chaos=parse(""))
    sandbox.simulator.book.add({"outcome": SILENT})
    assert put_in(sandbox, "ann@example.com").recipients[0].reply.code == 452


def test_a_refused_message_is_an_attempt_on_the_timeline_of_the_one_that_passes(sandbox: Sandbox) -> None:
    assert not put_in(sandbox, "greylist@bounce.test").public_id
    timeline = sandbox.store.timeline("default", put_in(sandbox, "greylist@bounce.test").public_id)
    assert timeline is not None
    assert [(one.kind, one.reply.code) for one in timeline.tries] == [("attempt", 451), ("message", 250)]
    assert timeline.joined_by == "message-id"


def test_without_simulation_everybody_gets_it(sandbox: Sandbox) -> None:
    sandbox.simulator.book.add({"stage": "mail", "outcome": "system_error"})
    submission = put_in(sandbox, "bounce@bounce.test", "ann@example.com", simulate=False)
    assert kept(sandbox, submission) == ["bounce@bounce.test", "ann@example.com"]
    assert submission.causes == ()


def test_a_message_for_nobody_is_kept(sandbox: Sandbox) -> None:
    submission = put_in(sandbox)
    assert (submission.is_kept, submission.recipients) == (True, ())
