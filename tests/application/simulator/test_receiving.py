"""What becomes of a message that was decided about: for each recipient, in what is kept and what is answered."""

from __future__ import annotations

import pytest

from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Transaction
from mailpit_py.simulation.decision import UNDECIDED, Decision, Trigger, Verdict
from mailpit_py.simulation.outcome import Answer, Discard
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Selection
from tests.application.simulator.building import RAW, SESSION, code

GONE = Decision(Discard(), Trigger.ADDRESS, "discard@bounce.test", 0, "discarded", 1)
NO = Decision(Answer(Reply(552, "5.2.2", "full")), Trigger.RULE, "full", 3, "rule full acts", 1)
FINE = Decision(Answer(Reply(250, "2.0.0", "taken")), Trigger.RULE, "fine", 1, "rule fine acts", 1)


@pytest.mark.parametrize(
    ("decisions", "replies", "kept", "attempts"),
    [
        ((UNDECIDED, UNDECIDED), [250, 250], ["a", "b"], []),
        ((GONE, UNDECIDED), [250, 250], ["b"], [["a"]]),
        ((GONE, GONE), [250, 250], None, [["a", "b"]]),
        ((NO, UNDECIDED), [552, 250], ["b"], []),
        ((NO, GONE), [552, 250], None, [["b", "a"]]),
        ((NO, NO), [552, 552], None, [["a", "b"]]),
        ((FINE, UNDECIDED), [250, 250], ["a", "b"], []),
    ],
)
def test_each_recipient_gets_what_was_decided(
    sandbox: Sandbox,
    decisions: tuple[Decision, ...],
    replies: list[int],
    kept: list[str] | None,
    attempts: list[list[str]],
) -> None:
    envelope = Envelope("app@example.org", (Recipient("a"), Recipient("b")))
    receipt = sandbox.receive(Transaction(SESSION, envelope), RAW, verdict=Verdict(decisions)).result(10)
    assert [one.code for one in receipt.replies] == replies
    stored = sandbox.store.message("default", receipt.public_id)
    assert (stored and [one.address for one in stored.envelope.recipients]) == kept
    page = sandbox.store.page(refused=True)
    found = [[one for one, _ in item.recipients] for item in page.items if hasattr(item, "stage")]
    assert found == attempts


@pytest.mark.parametrize(
    ("field", "code_said"),
    [
        (b"", None),
        (b"x-sandbox-bounce: mailbox_full\r\n", 452),
        (b"X-SANDBOX-Bounce: spam\r\n", 550),
        (b"Subject: X-Sandbox\r\n", None),
    ],
)
def test_a_header_field_asks_for_a_failure(sandbox: Sandbox, field: bytes, code_said: int | None) -> None:
    envelope = Envelope("app@example.org", (Recipient("ann@example.com"),))
    reply = sandbox.simulator.decide_content(Stage.CONTENT, SESSION, envelope, field + RAW).single.reply
    assert (reply and reply.code) == code_said


def test_a_discard_answers_as_if_the_message_were_kept(sandbox: Sandbox) -> None:
    envelope = Envelope("app@example.org", (Recipient("discard@bounce.test"),))
    verdict = sandbox.simulator.decide_content(Stage.CONTENT, SESSION, envelope, RAW)
    receipt = sandbox.receive(Transaction(SESSION, envelope), RAW, verdict=verdict).result(10)
    assert receipt.replies == (Reply(250, "2.0.0", f"Ok: queued as {receipt.public_id}"),)
    attempt = sandbox.store.attempt("default", receipt.public_id)
    assert (attempt.summary.cause.trigger, attempt.summary.message_id) == ("address", "1@app")


def test_delivered_messages_keep_what_was_decided_about_each_recipient(sandbox: Sandbox) -> None:
    refused = Recipient("greylist@bounce.test", reply=Reply(451, "4.7.1", "later"))
    envelope = Envelope("app@example.org", (Recipient("a"), Recipient("b")), (refused,))
    decided = {"greylist@bounce.test": NO}
    verdict = Verdict((FINE, UNDECIDED))
    receipt = sandbox.receive(Transaction(SESSION, envelope), RAW, verdict=verdict, decided=decided).result(10)
    causes = sandbox.store.message("default", receipt.public_id).causes
    assert [one and (one.rule, one.count) for one in causes] == [("fine", 1), None, ("full", 3)]


@pytest.mark.parametrize("everything", [True, False])
def test_deleted_mail_makes_room_in_a_full_mailbox(sandbox: Sandbox, everything: bool) -> None:
    simulator, envelope = sandbox.simulator, Envelope("app@example.org", (Recipient("ann@example.com"),))
    simulator.book.add({"name": "small", "outcome": {"kind": "quota", "messages": 1}})
    verdict = simulator.decide_content(Stage.CONTENT, SESSION, envelope, RAW)
    receipt = sandbox.receive(Transaction(SESSION, envelope), RAW, verdict=verdict).result(10)
    assert code(simulator, "ann@example.com") == 452
    chosen = Selection.everything() if everything else Selection.ids([receipt.public_id])
    assert sandbox.store.delete("default", chosen).result(10) == 1
    assert code(simulator, "ann@example.com") == 250


def test_a_message_without_a_verdict_is_kept_for_all(sandbox: Sandbox) -> None:
    receipt = sandbox.receive(Transaction(SESSION, Envelope("", ())), RAW, source="api").result(10)
    assert sandbox.store.message("default", receipt.public_id) is not None
    assert sandbox.store.delete("default", Selection.everything()).result(10) == 1
