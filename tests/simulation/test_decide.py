"""Decisions: who decides, in which order, how often, and the same every time."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Session
from mailpit_py.simulation import chaos
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decide import decide, decide_each
from mailpit_py.simulation.decision import UNDECIDED, Decision, Trigger, Verdict
from mailpit_py.simulation.facts import Facts, client_of
from mailpit_py.simulation.outcome import (
    Accept,
    Answer,
    Discard,
    Drop,
    HideKeywords,
    Later,
    Moment,
    Raw,
    Silence,
    Throttle,
)
from mailpit_py.simulation.profile import Profile, ProfileIndex
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import IDLE, SECOND, after_deletion

from .building import Run, configured, facts

R, C, D = Stage.RCPT, Stage.CONTENT, Stage.DATA
MID = (("Message-ID", "<1@app.example>"), ("Subject", "Invoice 17"))


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


# Rules.


def codes(rule, recipients, **more):
    run = Run(configured(rule))
    return [run.send(recipient, **more) for recipient in recipients]


A, B = "a@x.example", "b@x.example"


@pytest.mark.parametrize(
    ("rule", "recipients", "expected"),
    [
        ({"outcome": "unknown_user", "first": 1}, [A, A, A], [550, 250, 250]),
        ({"outcome": "defer", "first": 2, "scope": "recipient"}, [A, B, A, B, A, B], [451, 451, 451, 451, 250, 250]),
        ({"outcome": "defer", "first": 1, "scope": "domain"}, [A, B, "a@y.example"], [451, 250, 451]),
        ({"outcome": "defer", "first": 1, "scope": "client"}, [A, B], [451, 250]),
        ({"outcome": "defer", "first": 1, "scope": "inbox"}, [A, B], [451, 250]),
        ({"outcome": "defer", "every": 3}, [A] * 7, [250, 250, 451, 250, 250, 451, 250]),
        ({"outcome": "defer", "after": 2}, [A] * 4, [250, 250, 451, 451]),
        ({"outcome": "defer", "after": 1, "first": 1}, [A] * 3, [250, 451, 250]),
        ({"outcome": "defer", "every": 2, "max": 1}, [A] * 5, [250, 451, 250, 250, 250]),
        ({"outcome": "defer", "probability": 0}, [A] * 3, [250, 250, 250]),
        ({"outcome": "defer", "enabled": False}, [A], [250]),
        ({"outcome": "defer", "expires_at": 1}, [A], [250]),
        ({"outcome": "full+2msgs+x9"}, [A, A, B, A], [250, 250, 250, 452]),
        ({"outcome": {"kind": "quota", "messages": 1}}, [A] * 4, [250, 452, 452, 452]),
        ({"outcome": {"kind": "quota", "messages": 1}, "scope": "global"}, [A, B], [250, 452]),
        ({"outcome": "greylist"}, [A, B, A, B, A], [451, 451, 250, 250, 451]),
        ({"outcome": "rate+1msgs+60s"}, [A, B, A], [250, 250, 450]),
        ({"outcome": "limit+1kb"}, [A], [250]),
        ({"outcome": "limit+900b"}, [A], [552]),
        ({"outcome": "drop+data", "first": 1}, [A, A], ["drop", 250]),
        ({"outcome": "ndr+5.1.1"}, [A], [250]),
        ({"outcome": {"kind": "accept"}}, [A], [250]),
    ],
)
def test_rules_count_as_they_say(rule, recipients, expected):
    assert codes(rule, recipients) == expected


def test_where_no_reports_can_be_made_a_failure_is_told_at_once():
    run = Run(Configuration(reports=False))
    assert run.codes("ndr+5.1.1@bounce.test", 2) == [550, 550]
    assert run.codes("bounce@simulator.amazonses.com", 1) == [550]
    assert run.codes("ooo@bounce.test", 1) == [250]
    assert run.codes("ann@acme.example", 2, fields=(*MID, ("X-Sandbox-Bounce", "ndr 5.1.1"))) == [550, 550]


def test_a_rule_for_what_follows_waits_until_reports_can_be_made():
    rule = {"outcome": "ndr+5.1.1+5s"}
    without, having = Run(configured(rule, reports=False)), Run(configured(rule))
    assert without.decide_each(Stage.AFTER, facts(A)).decisions == (UNDECIDED,)
    assert having.decide_each(Stage.AFTER, facts(A)).decisions[0].outcome.delay == 5


def test_a_size_is_measured_at_the_end_if_it_was_not_declared():
    run = Run(configured({"outcome": "limit+900b", "match": {"recipient": "*"}}))
    assert run.decide(R, facts(A)).outcome is None
    assert run.decide(C, facts(A, size_bytes=901)).reply.code == 552


def test_a_greylist_of_a_rule_is_by_triplet():
    run = Run(configured({"outcome": "greylist"}))
    tries = [("10.0.0.1", "s@a.example"), ("10.0.0.2", "s@a.example"), ("10.0.0.1", "t@a.example")]
    assert [run.decide(R, facts(A, sender, client=client)).reply.code for client, sender in tries] == [451] * 3


def test_a_connection_limit():
    run = Run(configured({"outcome": {"kind": "connection_limit", "connections": 2}}))
    outcomes = [run.decide(Stage.CONNECT, Facts(connections=count)).outcome for count in (2, 3)]
    assert outcomes[0] is None
    assert (outcomes[1].reply.code, outcomes[1].closes) == (421, True)


def test_the_first_rule_that_acts_wins_and_the_ones_before_have_counted():
    run = Run(
        configured({"name": "one", "outcome": "policy", "stage": "RCPT", "first": 1}, {"outcome": "unknown_user"})
    )
    assert [run.decide(R, facts(A)).rule for _ in range(2)] == ["one", run.configuration.rules.rules[1].key]


def test_a_message_counts_once_for_a_rule_about_messages():
    run = Run(configured({"outcome": "spam", "every": 2, "match": {"subject": "invoice*"}}))
    several = [facts(address, fields=MID) for address in (A, B)]
    codes = [run.decide_each(C, *several).single.reply for _ in range(4)]
    assert [reply and reply.code for reply in codes] == [None, 550, None, 550]


def test_a_rule_about_recipients_counts_each_of_them():
    run = Run(configured({"outcome": "spam", "every": 2, "match": {"recipient": "*"}}))
    decisions = run.decide_each(C, facts(A, fields=MID), facts(B, fields=MID)).decisions
    assert [decision.reply and decision.reply.code for decision in decisions] == [None, 550]


def test_a_rule_by_message_id_counts_each_message():
    run = Run(configured({"outcome": "spam", "first": 1, "scope": "message-id"}))
    other = (("Message-ID", "<2@app.example>"),)
    assert [run.send(A, fields=fields) for fields in (MID, MID, other)] == [550, 250, 550]


def test_a_rule_speaks_like_its_provider_or_the_domains():
    rules = configured({"outcome": "unknown_user", "match": {"sender": "*@yahoo.example"}, "provider": "exim"},
                       {"outcome": "unknown_user"})  # fmt: skip
    run = Run(rules)
    assert run.decide(R, facts("a@x.gmail.test", "s@yahoo.example")).reply.text == "No Such User Here"
    assert "gsmtp" in run.decide(R, facts("a@x.gmail.test")).reply.text


# Profiles, suppression, chaos.


def test_a_profile_answers_like_its_provider():
    assert "prod.outlook.com" in Run().decide(R, facts("bounce+unknown_user@x.m365.test")).reply.text
    assert "prod.outlook.com" in Run().decide(R, facts("bounce+unknown_user@m365.example.com")).reply.text


def test_a_recipient_that_bounces_bounces_always():
    profiles = ProfileIndex([Profile("*.x.example", "gmail", bounce=0.3)])
    run = Run(Configuration(profiles=profiles))
    first = {f"u{n}@a.x.example": run.send(f"u{n}@a.x.example") for n in range(1000)}
    assert {address: run.send(address) for address in first} == first
    assert 242 < sum(code != 250 for code in first.values()) < 358  # four standard deviations around 300


def test_deferrals_are_drawn_at_each_try():
    run = Run(Configuration(profiles=ProfileIndex([Profile("x.example", defer=0.5)])))
    codes = run.codes("ann@x.example", 400)
    assert all(code == 250 or 400 <= code < 500 for code in codes)
    assert 160 < sum(code != 250 for code in codes) < 240


def test_a_hard_bounce_suppresses_if_that_is_on():
    rule = {"outcome": "unknown_user", "first": 1, "match": {"recipient": "gone@*"}}
    on, off = Run(configured(rule, suppression=True)), Run(configured(rule))
    assert [on.codes("gone@x.example", 3), off.codes("gone@x.example", 3)] == [[550, 550, 550], [550, 250, 250]]
    assert on.decide(R, facts("gone@x.example")).trigger is Trigger.SUPPRESSION
    assert [record.note for record in on.state.values() if record.kind == "suppression"]
    assert on.codes("ann@x.example", 1) == [250]


@pytest.mark.parametrize("recipient", ["bounce+policy+rcpt@bounce.test", "defer@bounce.test", "nonsense@bounce.test"])
def test_refusals_of_policy_and_delays_do_not_suppress(recipient):
    run = Run(Configuration(suppression=True))
    run.send(recipient)
    assert not [record for record in run.state.values() if record.kind == "suppression"]


@pytest.mark.parametrize("probability", [0, 10, 50, 100])
def test_chaos_fires_as_often_as_it_says(probability):
    run = Run(Configuration(chaos=chaos.parse(f"Recipient:421:{probability}")))
    decisions = [run.decide(R, facts(f"u{n}@x.example")) for n in range(1000)]
    fired = [decision for decision in decisions if decision.reply]
    assert abs(len(fired) - 10 * probability) <= (64 if 0 < probability < 100 else 0)
    assert all(one.reply.lines == ("421 Chaos recipient error",) and one.outcome.closes for one in fired)


# Repeatable.


def test_a_probability_is_kept():
    run = Run()
    codes = [run.send(f"bounce+unknown_user+p30+s42--n{n}@bounce.test") for n in range(1000)]
    assert 242 < codes.count(550) < 358


def test_a_cycle_begins_by_chance_and_then_fails_so_many_times():
    run = Run()
    codes = run.codes("bounce+unknown_user+p50+x2@bounce.test", 300)
    text = "".join("F" if code == 550 else "." for code in codes)
    assert set(text.rstrip("F").replace("FF.", "").replace(".", "")) == set()
    assert 30 < text.count("FF.") < 90


def test_seeds_differ_and_are_told():
    one, two = (Run(Configuration(seed=seed)) for seed in (1, 2))
    address = "bounce+unknown_user+p50@bounce.test"
    assert one.codes(address, 50) != two.codes(address, 50)
    own = "bounce+unknown_user+p50+s0@bounce.test"
    assert one.codes(own, 50) == two.codes(own, 50)
    decision = one.decide(R, facts(own))
    assert (decision.seed, decision.count) == (0, 51)
    assert decision.log == f"trigger=address rule='{own}' count=51 seed=0"
    assert Decision().log == "trigger=none rule='' count=0 seed=None"


@pytest.mark.parametrize(
    ("recipient", "counts"),
    [
        ("greylist+x2@bounce.test", [1, 2, 3, 1]),
        ("full+2msgs@bounce.test", [1, 2, 3, 1]),
        ("full+1msgs+x2@bounce.test", [1, 2, 3, 1]),
        ("rate+2msgs+60s@bounce.test", [1, 2, 3, 4]),
        ("bounce+x2@bounce.test", [1, 2, 3, 1]),
        ("bounce@bounce.test", [0, 0]),
    ],
)
def test_what_is_remembered_of_an_address_gives_its_tries_their_numbers(recipient, counts):
    run, told = Run(), []
    for _ in counts:
        told.append((decision := run.decide(R, facts(recipient, size_bytes=1))).count)
        if recipient.startswith("full") and decision.reply is None:
            run.decide_each(C, facts(recipient, size_bytes=1))
    assert told == counts


@pytest.mark.parametrize("outcome", ["greylist+x3", "rate+1msgs+60s"])
def test_what_is_remembered_of_a_rule_gives_its_tries_their_numbers(outcome):
    run = Run(configured({"outcome": outcome}))
    told = [run.decide(R, facts("ann@acme.example")) for _ in range(3)]
    assert [one.count for one in told if one.trigger] == ([1, 2, 3] if "greylist" in outcome else [2, 3])


CLIENTS = [
    ("a@app.example", "bounce+unknown_user+p50@bounce.test"),
    ("b@app.example", "greylist+x2@bounce.test"),
    ("c@app.example", "full+2msgs@bounce.test"),
    ("d@app.example", "ann@ruled.example"),
    ("e@app.example", "ann@profiled.example"),
    ("f@app.example", "ann@other.example"),
]


def outcomes(order, seed=7):
    """What each client met, try by try, when the clients came in this order."""
    run = Run(
        configured(
            {"outcome": "defer", "probability": 0.5, "scope": "recipient", "match": {"recipient": "*@ruled.example"}},
            chaos=chaos.parse("Recipient:451:50,Sender:451:20"),
            profiles=ProfileIndex([Profile("profiled.example", defer=0.5)]),
            seed=seed,
        )
    )
    met = {client: [] for client in CLIENTS}
    for client in order:
        met[client].append(run.send(client[1], sender=client[0]))
    return met


@settings(max_examples=30, deadline=None)
@given(st.permutations(CLIENTS * 6))
def test_the_order_of_clients_changes_nothing(order):
    assert outcomes(order) == EXPECTED


EXPECTED = outcomes(CLIENTS * 6)


def test_decisions_may_be_made_from_many_threads():
    configuration = configured({"outcome": "spam", "match": {"subject": "/(a+)+in/i"}})
    about = facts(A, fields=MID)
    results = []

    def work():
        results.extend(decide(C, about, configuration, {}, 0) for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(repr, results))) == 1


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(list(Stage)), st.text(max_size=80))
def test_no_facts_make_a_decision_fail(recipient, sender, stage, value):
    about = Facts(recipient=recipient, reverse_path=sender, helo=recipient, fields=(("X-Sandbox-Bounce", value),))
    configuration = Configuration(chaos=chaos.parse("Sender:451:50,Recipient:451:50"), suppression=True)
    assert isinstance(decide(stage, about, configuration, {}, 0), Decision)


# The single answer for several recipients, and facts.


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
