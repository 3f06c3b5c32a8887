"""Facts and what becomes of several decisions: one answer for all recipients, or one for each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Session
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decide import decide_each
from mailpit_py.simulation.decision import UNDECIDED, Decision, Verdict
from mailpit_py.simulation.facts import Facts, client_of
from mailpit_py.simulation.outcome import Accept, Answer, Discard
from mailpit_py.simulation.stage import Stage

from .building import MID, Run, facts

R, C = Stage.RCPT, Stage.CONTENT


def test_the_first_refusal_speaks_for_all():
    one, two = Decision(Answer(refused(550))), Decision(Answer(refused(451)))
    assert Verdict((Decision(Accept()), UNDECIDED, two, one)).single is two
    assert Verdict((Decision(Discard()), Decision(Discard()))).single.outcome == Discard()
    assert Verdict((Decision(Discard()), UNDECIDED)).single == UNDECIDED
    assert Verdict(()).single == UNDECIDED


def refused(code):
    return Reply(code, "", "no")


def test_one_message_gets_different_answers_for_its_recipients():
    run = Run()
    addresses = ["ann@acme.example", "bounce+5.1.1@bounce.test", "defer+4.2.2@bounce.test"]
    replies = [run.decide(R, facts(address)).reply for address in addresses]
    assert [reply and reply.code for reply in replies] == [None, 550, 452]


def test_facts_come_from_the_session_and_the_envelope():
    session = Session("s", 0, peer="[::1]:4711", helo="app", auth_identity="joe")
    early = Facts.of(session)
    assert (early.client, early.helo, early.identity, early.reverse_path) == ("::1", "app", "joe", None)
    envelope = Envelope("s@a.example", size=7)
    later = Facts.of(session, envelope, Recipient("r@b.example", notify="NEVER"), inbox="ci")
    assert (later.reverse_path, later.size_bytes, later.recipient, later.notify, later.inbox) == (
        "s@a.example",
        7,
        "r@b.example",
        "NEVER",
        "ci",
    )
    assert not early.is_quiet
    assert replace(later, reverse_path="").is_quiet


@pytest.mark.parametrize(
    ("peer", "client"), [("127.0.0.1:25", "127.0.0.1"), ("[2001:db8::1]:9", "2001:db8::1"), ("unix", "unix"), ("", "")]
)
def test_a_peers_address_without_its_port(peer, client):
    assert client_of(peer) == client


def test_nothing_at_all_is_decided_for_ordinary_mail():
    assert Run().decide(R, facts("ann@acme.example")) is UNDECIDED
    assert decide_each(C, [facts("ann@acme.example", fields=MID)], Configuration(), {}, 0).changes == ()
