"""The index of rules: it leaves out nothing that matches, and knows when all are silent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.rule_mapping import load
from mailpit_py.simulation.stage import Stage

from .building import facts

SOURCES = st.one_of(
    st.text("abx@.*?", min_size=1, max_size=12),
    st.sampled_from(["*@a.example", "ann@a.example", "/a.b/", "/ann|bob/i", "/^x/", "*ann*", "*@*.example"]),
)
MATCHES = st.fixed_dictionaries(
    {},
    optional={
        "recipient": SOURCES,
        "sender": SOURCES,
        "subject": SOURCES,
        "header": st.fixed_dictionaries({"X": SOURCES}),
    },
)


@settings(deadline=None)
@given(
    st.lists(MATCHES, max_size=12),
    st.text("abx@.nexmplo", max_size=15),
    st.sampled_from(["ann@a.example", "x@b.example", ""]),
    st.lists(st.tuples(st.sampled_from(["Subject", "X", "x"]), st.text("abxANN b", max_size=8)), max_size=3),
)
def test_the_index_leaves_out_nothing_that_matches(matches, recipient, sender, fields):
    rules = [load({"outcome": "spam", "match": match}) for match in matches]
    about = Facts(recipient=recipient, reverse_path=sender, fields=tuple(fields))
    found = [
        placed.rule for placed in RuleIndex(rules).candidates(Stage.CONTENT, about) if placed.rule.match.holds(about)
    ]
    assert found == [rule for rule in rules if rule.match.holds(about)]
    if found:
        index = RuleIndex(rules)
        asked = [(name.lower(), text) for name, text in fields if name.lower() in index.fields_at(Stage.CONTENT)]
        is_silent = index.is_silent(Stage.CONTENT, sender, recipient)
        assert not (is_silent and index.is_silent_about(Stage.CONTENT, asked))


@pytest.mark.parametrize(
    ("match", "silent"),
    [
        ({}, False),
        ({"recipient": "*@a.example"}, False),
        ({"recipient": "*@b.example"}, True),
        ({"recipient": "*ANN*", "sender": "/^app/"}, False),
        ({"recipient": "*ann*", "sender": "/^shop/"}, True),
        ({"subject": "*"}, False),
        ({"subject": "*", "recipient": "*@b.example"}, True),
        ({"client": "192.0.2.0/24"}, False),
        ({"client": "192.0.2.0/24", "sender": "nobody@*"}, True),
        ({"larger": 5}, False),
        ({"identity": "ann", "recipient": "???@a.example"}, False),
        ({"identity": "ann", "recipient": "??@a.example"}, True),
    ],
)
def test_only_the_envelope_silences_rules_and_only_at_their_stage(match, silent):
    index = RuleIndex([load({"outcome": "spam", "stage": "CONTENT", "match": match})])
    assert index.is_silent(Stage.CONTENT, "app@x.example", "ann@a.example") is silent
    assert index.is_silent(Stage.RCPT, "app@x.example", "ann@a.example")
    assert not index.fields_at(Stage.CONTENT)


@pytest.mark.parametrize(
    ("match", "fields", "silent"),
    [
        ({"subject": "*sale*"}, [], True),
        ({"subject": "*sale*"}, [("subject", "Winter")], True),
        ({"subject": "*sale*"}, [("subject", "Winter SALE")], False),
        ({"subject": "*sale*"}, [("subject", "Winter"), ("subject", "sale")], False),
        ({"subject": "*sale*"}, [("subject", "x" * 1_000 + "sale")], True),
        ({"subject": "/sale [0-9]/"}, [("subject", "sale of nothing")], False),  # only the rule itself can tell
        ({"header": {"X-Campaign": "spring"}}, [("x-campaign", "springs")], True),
        ({"header": {"X-Campaign": "spring"}}, [("x-campaign", "Spring")], False),
    ],
)
def test_rules_about_fields_are_silent_until_one_has_what_they_hang_on(match, fields, silent):
    index = RuleIndex([load({"outcome": "spam", "stage": "CONTENT", "match": match})])
    assert index.is_silent(Stage.CONTENT, "app@x.example", "ann@a.example")
    assert {name for name, _ in fields} <= index.fields_at(Stage.CONTENT)
    assert index.is_silent_about(Stage.CONTENT, fields) is silent
    assert index.is_silent_about(Stage.RCPT, ())


def test_rules_of_other_stages_are_not_asked():
    assert RuleIndex([load({"outcome": "spam"})]).candidates(Stage.RCPT, facts("a@b.c")) == ()


def test_rules_that_cannot_match_are_not_looked_at():
    rules = [load({"outcome": "unknown_user", "match": {"recipient": f"*@customer{n}.example"}}) for n in range(500)]
    rules += [load({"outcome": "unknown_user", "match": {"recipient": f"/^user{n}-.*gone/"}}) for n in range(500)]
    index = RuleIndex(rules)
    assert len(index.candidates(Stage.RCPT, facts("ann@acme.example"))) == 0
    assert [placed.place for placed in index.candidates(Stage.RCPT, facts("x@customer7.example"))] == [7]
