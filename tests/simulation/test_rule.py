"""Rules: what they may say, what is wrong with them in words, and what they match."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.mapping import KINDS
from mailpit_py.simulation.problem import RuleError
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.rule import Match, Rule
from mailpit_py.simulation.rule_mapping import as_mapping, load, load_all
from mailpit_py.simulation.stage import Stage

from .building import facts

FIELDS = [part.name for kind in (Rule, Match) for part in fields(kind)]
NAMES = st.text(max_size=4) | st.sampled_from(
    [*FIELDS, *(part.name for kind in (*KINDS.values(), Refusal) for part in fields(kind)), "kind"]
)


@pytest.mark.parametrize(
    ("rule", "field", "reason"),
    [
        ([], "rule", "a table"),
        ({}, "outcome", "a text such as"),
        ({"outcome": 5}, "outcome", "a text such as"),
        ({"outcome": ""}, "outcome", "is empty"),
        ({"outcome": "nonsense"}, "outcome", "nonsense"),
        ({"outcome": "mailbox_fulll"}, "outcome", "is not understood; did you mean mailbox_full?"),
        ({"outcome": "mailbox_full+gmial"}, "outcome", "gmial is not understood; did you mean gmail?"),
        ({"outcome": "rate+gmial"}, "outcome", "gmial is not understood; did you mean gmail?"),
        ({"outcome": "drops+data"}, "outcome", "drops is not understood; did you mean drop?"),
        ({"outcome": "bounce+spam+x2"}, "outcome", "a rule has probability"),
        ({"outcome": "spam+p30"}, "outcome", "a rule has probability"),
        ({"outcome": {"kind": "nonsense"}}, "outcome.kind", "one of accept"),
        ({"outcome": {}}, "outcome.kind", "one of accept"),
        ({"outcome": {"kind": "throttle"}}, "outcome.bytes_per_second", "is missing"),
        ({"outcome": {"kind": "throttle", "bytes_per_second": 0}}, "outcome", "from 1"),
        ({"outcome": {"kind": "throttle", "bytes_per_second": 1.5}}, "outcome.bytes_per_second", "a whole number"),
        ({"outcome": {"kind": "throttle", "bytes_per_second": 1, "x": 1}}, "outcome.x", "not known here"),
        ({"outcome": {"kind": "silence", "seconds": True}}, "outcome.seconds", "a number"),
        ({"outcome": {"kind": "silence", "seconds": 301}}, "outcome", "from 0 to 300"),
        ({"outcome": {"kind": "silence", "seconds": 1, "then": "greylist"}}, "outcome.then", "only accept, drop"),
        ({"outcome": {"kind": "drop", "moment": "never"}}, "outcome.moment", "one of before-reply"),
        ({"outcome": {"kind": "drop", "keeps": 1}}, "outcome.keeps", "true or false"),
        ({"outcome": {"kind": "drop", "keeps": True}}, "outcome", "after-content"),
        ({"outcome": {"kind": "raw", "octets": "\u20ac"}}, "outcome.octets", "U+00FF"),
        ({"outcome": {"kind": "raw", "octets": ""}}, "outcome", "octets must be"),
        ({"outcome": {"kind": "hide_keywords", "keywords": "SIZE"}}, "outcome.keywords", "a list"),
        ({"outcome": {"kind": "hide_keywords", "keywords": ["size"]}}, "outcome", "in capitals"),
        ({"outcome": {"kind": "hide_keywords", "keywords": ["SIZE", "STARTTSL"]}}, "outcome", "SMTPUTF8, STARTTLS"),
        ({"outcome": {"kind": "later", "report": "party"}}, "outcome.report", "one of failure"),
        ({"outcome": {"kind": "quota"}}, "outcome", "needs messages or size_bytes"),
        ({"outcome": {"kind": "greylist", "wait": 60, "window": 60}}, "outcome", "shorter than window"),
        ({"outcome": {"kind": "refuse", "refusal": 5}}, "outcome.refusal", "a scenario"),
        ({"outcome": {"kind": "refuse", "refusal": "nonsense"}}, "outcome.refusal", "no scenario is called"),
        ({"outcome": {"kind": "refuse", "refusal": "mailbx_full"}}, "outcome.refusal", "did you mean mailbox_full?"),
        ({"outcome": {"kind": "refuse", "refusal": {"code": "550"}}}, "outcome.refusal.code", "wrong type"),
        ({"outcome": {"kind": "refuse", "refusal": {"colour": "red"}}}, "outcome.refusal.colour", "not known here"),
        ({"outcome": "spam", "colour": "red"}, "colour", "not known here"),
        ({"outcome": "spam", "name": 5}, "name", "a text"),
        ({"outcome": "spam", "name": "#1"}, "name", "has no # first"),
        ({"outcome": "spam", "stage": "lunch"}, "stage", "one of CONNECT"),
        ({"outcome": "spam", "provider": "lunch"}, "provider", "one of generic"),
        ({"outcome": "spam", "probability": 1.1}, "probability", "from 0 to 1"),
        ({"outcome": "spam", "probability": True}, "probability", "from 0 to 1"),
        ({"outcome": "spam", "every": -1}, "every", "whole number"),
        ({"outcome": "spam", "first": 1.5}, "first", "whole number"),
        ({"outcome": "spam", "scope": "lunch"}, "scope", "one of global"),
        ({"outcome": "spam", "expires_at": "soon"}, "expires_at", "microseconds"),
        ({"outcome": "spam", "enabled": 1}, "enabled", "true or false"),
        ({"outcome": "spam", "match": 5}, "match", "a table"),
        ({"outcome": "spam", "match": {"colour": "red"}}, "match.colour", "not known here: client, header, identity"),
        ({"outcome": "spam", "match": {"recipient": 5}}, "match.recipient", "a text such as"),
        ({"outcome": "spam", "match": {"recipient": ""}}, "match.recipient", "a text such as"),
        ({"outcome": "spam", "match": {"subject": "/(/"}}, "match.subject", "not closed"),
        ({"outcome": "spam", "match": {"header": "X"}}, "match.header", "a table of field names"),
        ({"outcome": "spam", "match": {"header": {"X": 5}}}, "match.header.X", "a text such as"),
        ({"outcome": "spam", "match": {"client": "lunch"}}, "match.client", "an address or a network"),
        ({"outcome": "spam", "match": {"notify": "LUNCH"}}, "match.notify", "one of DELAY"),
        ({"outcome": "spam", "match": {"larger": "1"}}, "match.larger", "whole number"),
        # what is not known yet, and what cannot happen then
        ({"outcome": "unknown_user", "scope": "message-id"}, "scope", "message-id is not known at RCPT"),
        ({"outcome": "unknown_user", "stage": "MAIL", "scope": "recipient"}, "scope", "not known at MAIL"),
        ({"outcome": "policy", "stage": "MAIL", "match": {"recipient": "*@a"}}, "match.recipient", "not known at MAIL"),
        ({"outcome": "policy", "stage": "HELO", "match": {"sender": "*@a"}}, "match.sender", "not known at HELO"),
        ({"outcome": "policy", "stage": "HELO", "match": {"larger": 1}}, "match.larger", "not known at HELO"),
        ({"outcome": "policy", "stage": "RCPT", "match": {"subject": "a"}}, "match.subject", "not known at RCPT"),
        ({"outcome": "policy", "stage": "RCPT", "match": {"header": {"A": "a"}}}, "match.header", "not known at RCPT"),
        ({"outcome": "policy", "stage": "MAIL", "match": {"notify": "NEVER"}}, "match.notify", "not known at MAIL"),
        ({"outcome": "drop+data", "stage": "RCPT"}, "stage", "happens at DATA"),
        ({"outcome": "discard", "stage": "RCPT"}, "stage", "happens at CONTENT"),
        ({"outcome": {"kind": "tls_failure"}, "stage": "RCPT"}, "stage", "STARTTLS or CONNECT"),
        ({"outcome": {"kind": "connection_limit", "connections": 2}, "stage": "RCPT"}, "stage", "happens at CONNECT"),
        ({"outcome": "policy", "stage": "AFTER"}, "stage", "only what follows a message"),
        ({"outcome": "full+3msgs", "every": 2}, "outcome", "looks at each message twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_field(rule, field, reason):
    with pytest.raises(RuleError) as caught:
        load(rule)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert reason in caught.value.problems[0].reason
    assert field in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["spam", "refuse"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_anything_that_json_can_hold_is_a_rule_or_a_rule_error(value):
    for given_rule in (value, {"outcome": "spam"} | value, {"outcome": value}, {"outcome": "spam", "match": value}):
        with suppress(RuleError):
            rule = load(given_rule)
            assert load(json.loads(json.dumps(as_mapping(rule)))) == rule


def test_nesting_has_an_end():
    outcome = {"kind": "silence", "seconds": 1}
    for _ in range(5_000):
        outcome = {"kind": "silence", "seconds": 1, "then": outcome}
    with pytest.raises(RuleError, match="can follow a pause"):
        load({"outcome": outcome})


def test_all_mistakes_are_told_at_once():
    with pytest.raises(RuleError) as caught:
        load_all([{"outcome": "spam"}, {"outcome": "x", "every": -1, "match": {"client": "?", "notify": "?"}}])
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"rules.1.outcome", "rules.1.every", "rules.1.match.client", "rules.1.match.notify"}


def test_two_rules_of_one_name_are_refused():
    with pytest.raises(RuleError, match=r"rules\.1\.name: another rule is called a"):
        load_all([{"name": "a", "outcome": "spam"}, {"name": "a", "outcome": "policy"}])


FULL = {
    "name": "flaky-gmail",
    "match": {
        "recipient": "*@gmail.com",
        "sender": "*@app.example",
        "subject": "/invoice/i",
        "header": {"X-Campaign": "spring*", "X-Other": "*"},
        "larger": 10,
        "smaller": 10_000,
        "client": "127.0.0.0/8",
        "identity": "joe",
        "inbox": "default",
        "notify": "failure",
    },
    "stage": "content",
    "outcome": "mailbox_full",
    "provider": "gmail",
    "probability": 0.1,
    "every": 5,
    "first": 10,
    "after": 3,
    "max": 2,
    "scope": "recipient",
    "expires_at": 9,
    "enabled": True,
}


def test_a_rule_survives_being_written_down():
    rule = load(FULL)
    assert load(json.loads(json.dumps(as_mapping(rule)))) == rule
    assert load(as_mapping(load({"outcome": "spam"}))) == load({"outcome": "spam"})


HIT = Facts(
    inbox="Default",
    client="127.0.0.9",
    identity="Joe",
    reverse_path="s@app.example",
    recipient="Ann@GMAIL.com",
    notify="DELAY,FAILURE",
    size_bytes=500,
    fields=(("subject", "Your Invoice"), ("X-campaign", "Autumn"), ("x-campaign", "Spring 26"), ("X-Other", "")),
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"inbox": "ci"}, False),
        ({"client": "10.0.0.1"}, False),
        ({"client": "unix"}, False),
        ({"client": "::1"}, False),
        ({"identity": ""}, False),
        ({"reverse_path": "s@other.example"}, False),
        ({"reverse_path": None}, False),
        ({"recipient": "ann@gmail.com.example"}, False),
        ({"notify": ""}, False),
        ({"notify": "NEVER"}, False),
        ({"size_bytes": 10}, False),
        ({"size_bytes": 10_000}, False),
        ({"size_bytes": None}, False),
        ({"fields": ()}, False),
        ({"fields": HIT.fields[:1]}, False),
    ],
)
def test_a_rule_matches_if_everything_fits(change, expected):
    changed = Facts(**{name: getattr(HIT, name) for name in HIT.__slots__} | change)
    rule = load(FULL)
    assert rule.match.holds(changed) is expected
    assert not expected or RuleIndex([rule]).candidates(Stage.CONTENT, changed)


@pytest.mark.parametrize(
    ("network", "client", "expected"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("0.0.0.0/0", "10.1.2.3", True),
        ("0.0.0.0/0", "::1", False),
        ("2001:db8::/32", "2001:db8::7", True),
        ("2001:db8::/64", "10.0.0.1", False),
        ("::/0", "unix", False),
    ],
)
def test_a_client_lies_in_a_network(network, client, expected):
    rule = load({"outcome": "spam", "match": {"client": network}})
    about = Facts(client=client)
    assert bool(RuleIndex([rule]).candidates(Stage.CONTENT, about)) is expected
    assert rule.match.holds(about) is expected


@pytest.mark.parametrize("source", ["*@a@b.example", "*@b.example", "?@b.example", "a*@b.example"])
def test_a_domain_is_what_follows_the_last_at(source):
    rule = load({"outcome": "unknown_user", "match": {"recipient": source}})
    about = facts("a@a@b.example" if source.count("@") == 2 else "a@b.example")
    assert rule.match.holds(about)
    assert RuleIndex([rule]).candidates(Stage.RCPT, about)


def test_a_smaller_bound_alone_needs_a_size():
    rule = load({"outcome": "spam", "match": {"smaller": 10}})
    assert [rule.match.holds(facts("a@b.c", size_bytes=size)) for size in (None, 9, 10)] == [False, True, False]


def test_the_key_is_the_name_or_the_content():
    one, same = load({"outcome": "spam"}), load({"outcome": "spam", "expires_at": 5})
    assert load({"name": "a", "outcome": "spam"}).key == "a"
    assert one.key == same.key == "#" + one.key[1:]
    assert one.key != load({"outcome": "spam", "every": 2}).key
    assert one.key != load({"outcome": "policy"}).key
