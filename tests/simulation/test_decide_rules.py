"""Decisions by rules, domain profiles, suppression and chaos: when they act, how often, and in whose words."""

from __future__ import annotations

import pytest

from mailpit_py.simulation import chaos
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decision import UNDECIDED, Trigger
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.profile import Profile, ProfileIndex
from mailpit_py.simulation.stage import Stage

from .building import MID, Run, configured, facts

R, C = Stage.RCPT, Stage.CONTENT


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
