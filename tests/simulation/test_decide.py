"""Decisions: what an address, a header field or a client's own wish asks for, and which of them decides."""

from __future__ import annotations

import pytest

from mailpit_py.quantity import SECOND
from mailpit_py.simulation import chaos
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decision import UNDECIDED, Trigger
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.outcome import Accept, Drop, HideKeywords, Later, Moment, Raw, Silence, Throttle
from mailpit_py.simulation.profile import Profile, ProfileIndex
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import IDLE, after_deletion

from .building import MID, Run, configured, facts

R, C, D = Stage.RCPT, Stage.CONTENT, Stage.DATA


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("ann@acme.example", [250, 250, 250]),
        ("bounce+5.1.1@bounce.test", [550, 550, 550]),
        ("bounce+mailbox_full+gmail@bounce.test", [452, 452]),
        ("bounce+unknown_user+x2@bounce.test", [550, 550, 250, 550, 550, 250]),
        ("bounce+spam+x1@acme.example", [550, 250, 550, 250]),
        ("greylist@bounce.test", [451, 250, 451, 250]),
        ("greylist+x2--run@acme.example", [451, 451, 250, 451, 451, 250]),
        ("full@bounce.test", [452, 452]),
        ("full+3msgs@bounce.test", [250, 250, 250, 452, 250, 250, 250, 452]),
        ("full+2msgs+x3@bounce.test", [250, 250, 452, 452, 452, 250]),
        ("full+1500b@bounce.test", [250, 452, 250]),
        ("limit+999b@bounce.test", [552, 552]),
        ("limit+1000b@bounce.test", [250]),
        ("rate+2msgs+1m@bounce.test", [250, 250, 450, 450]),
        ("drop+data@bounce.test", ["drop", "drop"]),
        ("drop+content+x1@bounce.test", ["drop", 250, "drop"]),
        ("garble+lf@bounce.test", ["raw"]),
        ("discard@bounce.test", ["discard"]),
        ("success@bounce.test", [250]),
        ("slow+1s@bounce.test", [250]),
        ("slow+10bps@bounce.test", [250]),
        ("bounce+421+bye@bounce.test", [421]),
        ("ndr+5.1.1@bounce.test", [250, 250]),  # the failure is told in a report
        ("complaint@bounce.test", [250]),
        ("nonsense@bounce.test", [501]),
        ("bounce+spma@acme.example", [250]),
        ("bounce@simulator.amazonses.com", [250]),
        ("suppressed+a1@resend.dev", [250]),
        ("success+a1@simulator.amazonses.com", [250]),
        ("x@sink.sendgrid.net", ["discard"]),
        ("rcpt552_5.2.2@example.com", [552]),
    ],
)
def test_what_a_client_meets_at_an_address_try_after_try(recipient, expected):
    assert Run().codes(recipient, len(expected)) == expected


@pytest.mark.parametrize(
    "recipient", ["greylist+x2@bounce.test", "bounce+unknown_user+x2@bounce.test", "full+2msgs@bounce.test"]
)
def test_a_second_run_is_like_the_first(recipient):
    run = Run()
    first = run.codes(recipient, 3)
    assert run.state == {}
    assert run.codes(recipient, 3) == first


def test_an_unfinished_cycle_is_forgotten_after_ten_idle_minutes():
    run = Run()
    assert run.codes("greylist+x3@bounce.test", 2) == [451, 451]
    run.now += IDLE
    assert run.codes("greylist+x3@bounce.test", 4) == [451, 451, 451, 250]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"recipient": "greylist--a@bounce.test"}, {"recipient": "greylist--b@bounce.test"}),
        ({"sender": "a@app.example"}, {"sender": "b@app.example"}),
    ],
)
def test_labels_and_senders_have_their_own_state(first, second):
    run = Run()
    base = {"recipient": "greylist@bounce.test"}
    assert [run.send(**base | first), run.send(**base | second)] == [451, 451]


def test_inboxes_have_their_own_state():
    run = Run()
    greylisted = [run.decide(R, facts("greylist@bounce.test", inbox=inbox)).reply for inbox in ("a", "b", "a")]
    assert [reply and reply.code for reply in greylisted] == [451, 451, None]


def test_a_retry_from_another_client_is_a_retry_all_the_same():
    run = Run()
    run.decide(R, facts("greylist@bounce.test", client="10.0.0.1"))
    assert run.decide(R, facts("greylist@bounce.test", client="10.0.0.2")).reply is None


def test_greylisting_waits_if_told_so():
    run = Run()
    codes = []
    for wait in (0, 29, 1, 0):
        run.now += wait * SECOND
        codes.append(run.send("greylist+30s@bounce.test"))
    assert codes == [451, 451, 250, 451]


def test_the_effects_of_addresses_at_their_stages():
    run = Run()
    assert run.decide(R, facts("slow+7s@bounce.test")).outcome == Silence(7)
    silent = run.decide(R, facts("bounce+unknown_user+7s@bounce.test")).outcome
    assert (silent.seconds, silent.then.reply.code) == (7, 550)
    assert run.decide(D, facts("slow+9bps@bounce.test")).outcome == Throttle(9)
    assert run.decide(D, facts("drop@bounce.test")).outcome == Drop(Moment.MID_DATA)
    assert isinstance(run.decide(R, facts("garble@bounce.test")).outcome, Raw)
    assert run.decide(R, facts("bounce+421@bounce.test")).outcome.closes
    assert run.decide(R, facts("drop@bounce.test")).outcome == Accept()


def test_a_reply_names_the_particulars_of_the_dialogue():
    about = facts("bounce+rbl+postfix@bounce.test", client="203.0.113.9")
    assert "[203.0.113.9]" in Run().decide(R, about).reply.text


def test_what_follows_is_left_for_after():
    run = Run()
    about = facts("bounce+unknown_user+ndr+5s@mx.gmail.test")
    assert [run.decide(stage, about).outcome for stage in (R, D, C)] == [Accept()] * 3
    later = run.decide_each(Stage.AFTER, about).decisions[0].outcome
    assert isinstance(later, Later)
    assert (later.delay, later.refusal.provider) == (5, "gmail")
    assert run.decide(Stage.AFTER, facts("complaint@bounce.test")).outcome.refusal is None


@pytest.mark.parametrize(
    ("stage", "about", "trigger"),
    [
        (C, facts("bounce+spam@bounce.test", fields=(("X-Sandbox-Bounce", "policy"),)), Trigger.HEADER),
        (R, facts("bounce+5.1.1@bounce.test"), Trigger.ADDRESS),
        (R, facts("ann@ruled.example"), Trigger.RULE),
        (R, facts("ann@profiled.example"), Trigger.PROFILE),
        (R, facts("ann@other.example"), Trigger.CHAOS),
        (Stage.MAIL, facts(), Trigger.CHAOS),
        (Stage.AUTH, Facts(client="127.0.0.1"), Trigger.CHAOS),
        (Stage.CONNECT, Facts(client="127.0.0.1"), None),
        (Stage.HELO, Facts(helo="helo500.example.com"), Trigger.ADDRESS),
        (Stage.STARTTLS, Facts(), None),
        (R, facts("success@bounce.test"), Trigger.ADDRESS),
    ],
)
def test_the_highest_trigger_decides(stage, about, trigger):
    configuration = configured(
        {"outcome": "policy", "stage": "RCPT", "match": {"recipient": "*@ruled.example"}},
        {"outcome": "policy", "stage": "CONTENT"},
        chaos=chaos.parse("Sender:451:100,Recipient:451:100,auth:535:100"),
        profiles=ProfileIndex([Profile("profiled.example", bounce=1)]),
    )
    assert Run(configuration).decide(stage, about).trigger is trigger


@pytest.mark.parametrize(
    ("recipient", "fields", "expected"),
    [
        ("ann@acme.example", (), 250),
        ("bounce+5.1.1@bounce.test", (), 250),
        ("nonsense@bounce.test", (), 250),
        ("ann@acme.example", (("X-Sandbox-Bounce", "spam"),), 250),
        ("hardbounce@bounce-testing.postmarkapp.com", (("X-PM-Bounce-Type", "Blocked"),), 250),
        ("ann@profiled.example", (), 250),
        ("ann@sure.example", (), 550),  # a rule without dice holds
        ("ann@dice.example", (), 250),
    ],
)
def test_with_a_null_reverse_path_grammar_and_dice_are_off(recipient, fields, expected):
    configuration = configured(
        {"outcome": "unknown_user", "match": {"recipient": "*@sure.example"}},
        {"outcome": "unknown_user", "match": {"recipient": "*@dice.example"}, "probability": 0.999999},
        chaos=chaos.parse("Sender:451:100,Recipient:451:100"),
        profiles=ProfileIndex([Profile("profiled.example", bounce=1)]),
        suppression=True,
    )
    assert Run(configuration).send(recipient, sender="", fields=fields) == expected
    assert Run(configuration).send("mail550@example.com", sender="") == 250


def test_the_sandboxs_own_reports_meet_no_grammar():
    assert Run().decide(R, facts("bounce+5.1.1@bounce.test", is_report=True)) == UNDECIDED


def test_the_whole_grammar_can_be_switched_off():
    run = Run(Configuration(grammar=False))
    about = facts("bounce+5.1.1@bounce.test", "mail550@example.com", fields=(("X-Sandbox-Bounce", "spam"),))
    for stage in (Stage.MAIL, R, D, C):
        assert run.decide(stage, about).outcome is None
    assert run.decide(Stage.HELO, Facts(helo="helo500.example.com")).outcome is None


def test_the_drop_ins_alone_can_be_switched_off():
    run = Run(Configuration(drop_ins=False))
    assert run.codes("bounce@simulator.amazonses.com", 1, sender="mail550@example.com") == [250]
    fields = (("X-PM-Bounce-Type", "Blocked"),)
    assert run.codes("x@bounce-testing.postmarkapp.com", 1, fields=fields) == [250]
    assert run.codes("bounce@bounce.test", 1) == [550]


# The header field.


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mailbox_full; provider=gmail", [452, 452]),
        ("bounce+unknown_user+x2", [550, 550, 250, 550]),
        ("550 5.1.1 Nobody here", [550]),
        ("nonsense", [554]),
        ("discard", ["discard"]),
        ("drop+content", ["drop"]),
        ("ndr 5.1.1", [250, 250]),
        ("ooo", [250]),
    ],
)
def test_a_header_field_decides_at_the_end_of_the_content(value, expected):
    run = Run()
    fields = (*MID, ("X-Sandbox-Bounce", value))
    assert run.codes("ann@acme.example", len(expected), fields=fields) == expected


def test_a_header_field_counts_once_for_a_message_of_many():
    run = Run()
    fields = (*MID, ("X-Sandbox-Bounce", "unknown_user x1"))
    several = [facts(f"{name}@acme.example", fields=fields) for name in "abc"]
    first, second = (run.decide_each(C, *several).single.reply for _ in range(2))
    assert (first.code, second, run.state) == (550, None, {})


def test_a_header_field_may_name_one_recipient():
    fields = (("X-Sandbox-Bounce", "unknown_user; rcpt=B+x@acme.example"),)
    several = [facts(f"{name}@acme.example", fields=fields) for name in ("a", "b+x")]
    decisions = Run().decide_each(C, *several).decisions
    assert [decision.reply and decision.reply.code for decision in decisions] == [None, 550]


def test_a_header_field_in_the_words_of_the_domain():
    fields = (("X-Sandbox-Bounce", "unknown_user"),)
    assert "gsmtp" in Run().decide(C, facts("ann@x.gmail.test", fields=fields)).reply.text


def test_postmarks_field_counts_on_postmarks_domain():
    run = Run()
    fields = (("X-PM-Bounce-Type", "SoftBounce"),)
    there = run.decide(Stage.AFTER, facts("x@bounce-testing.postmarkapp.com", fields=fields))
    assert (there.trigger, there.outcome.refusal.scenario) == (Trigger.HEADER, "mailbox_full")
    assert run.decide(Stage.AFTER, facts("x@acme.example", fields=fields)) == UNDECIDED


# What a client or a sender asks for.


@pytest.mark.parametrize(
    ("sender", "recipient", "expected"),
    [
        ("mail452@example.net", "ann@acme.example", 452),
        ("rcpt550_5.1.1@example.org", "ann@acme.example", 550),
        ("data554@example.com", "ann@acme.example", 554),
        ("mail452@acme.example", "ann@acme.example", 250),
    ],
)
def test_a_reverse_path_may_ask_as_badsmtp_has_it(sender, recipient, expected):
    assert Run().send(recipient, sender=sender) == expected


def test_keywords_are_hidden_from_a_client_that_asks():
    decision = Run().decide(Stage.HELO, Facts(helo="no8bit-nostarttls.example.com"))
    assert decision.outcome == HideKeywords(frozenset({"8BITMIME", "STARTTLS"}))


def test_before_ehlo_is_answered_replies_have_no_enhanced_code():
    assert Run().decide(Stage.HELO, Facts(helo="helo500.example.com")).reply.status == ""


def test_deleting_mail_empties_a_mailbox():
    run = Run(configured({"outcome": {"kind": "quota", "messages": 2}}))
    before = run.codes("ann@acme.example", 4)
    run.apply(after_deletion(run.state, "default", "ann@acme.example", 1, 1_000))
    assert (before, run.codes("ann@acme.example", 2)) == ([250, 250, 452, 452], [250, 452])
