"""Outcomes and stages as JSON has them, and as people write them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mailpit_py.simulation import mapping
from mailpit_py.simulation.mapping import KINDS
from mailpit_py.simulation.outcome import (
    Accept,
    ConnectionLimit,
    Discard,
    Drop,
    Greylist,
    HideKeywords,
    Later,
    Moment,
    Quota,
    Rate,
    Raw,
    Refuse,
    Report,
    Silence,
    SizeLimit,
    Throttle,
    TlsFailure,
)
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.rule_mapping import as_mapping, load
from mailpit_py.simulation.stage import Stage

DOCUMENT = Path(__file__).parents[2] / "docs" / "failures.md"
OUTCOMES = [
    Accept(),
    Discard(),
    Refuse(Refusal("spam", "gmail")),
    Refuse(Refusal(code=550, status="5.1.1", text="Gone", is_temporary=True)),
    Raw(b"\xff\x00 no\n"),
    Throttle(10),
    Drop(Moment.AFTER_CONTENT, keeps=True),
    Drop(),
    TlsFailure(),
    HideKeywords(frozenset({"STARTTLS", "SIZE"})),
    Later(Report.COMPLAINT, None, 5),
    Later(Report.FAILURE, Refusal(status="5.1.1")),
    Silence(5, Refuse(Refusal("spam"))),
    Silence(5, Drop()),
    Silence(0.5),
    Greylist(times=2, wait=30, window=60),
    Quota(messages=3),
    Quota(size_bytes=10, times=2),
    Rate(2, 0.5, Refusal("deferred")),
    SizeLimit(10),
    ConnectionLimit(3),
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: type(outcome).__name__)
def test_an_outcome_survives_json(outcome):
    assert mapping.load(json.loads(json.dumps(mapping.as_mapping(outcome)))) == outcome


def test_every_kind_of_outcome_is_tried():
    assert {type(outcome) for outcome in OUTCOMES} == set(KINDS.values())


@pytest.mark.parametrize(
    ("text", "outcome", "stage"),
    [
        ("mailbox_full", Refuse(Refusal("mailbox_full")), Stage.RCPT),
        ("mailbox_full gmail", Refuse(Refusal("mailbox_full", "gmail")), Stage.RCPT),
        ("spam", Refuse(Refusal("spam")), Stage.CONTENT),
        ("550 5.1.1 Gone for good", Refuse(Refusal(code=550, status="5.1.1", text="Gone for good")), Stage.RCPT),
        ("bounce+5.1.1", Refuse(Refusal(status="5.1.1")), Stage.RCPT),
        ("greylist+30s", Greylist(wait=30), Stage.RCPT),
        ("drop", Drop(Moment.MID_DATA), Stage.DATA),
        ("discard", Discard(), Stage.CONTENT),
        ("ndr+5.1.1+5s", Later(Report.FAILURE, Refusal(status="5.1.1"), 5), Stage.AFTER),
    ],
)
def test_an_outcome_may_be_written_with_the_words_of_an_address(text, outcome, stage):
    rule = load({"outcome": text})
    assert (rule.outcome, rule.stage) == (outcome, stage)


@pytest.mark.parametrize(
    ("stage", "moment"),
    [
        ("connect", Moment.BEFORE_REPLY),
        ("ehlo", Moment.BEFORE_REPLY),
        ("starttls", Moment.BEFORE_REPLY),
        ("auth", Moment.BEFORE_REPLY),
        ("mail", Moment.BEFORE_REPLY),
        ("rcpt", Moment.BEFORE_REPLY),
        ("data", Moment.MID_DATA),
        ("content", Moment.AFTER_CONTENT),
    ],
)
def test_a_drop_happens_at_the_stage_that_the_rule_names(stage, moment):
    rule = load({"outcome": "Drop ", "stage": stage})
    assert rule.outcome == Drop(moment)
    assert load(as_mapping(rule)) == rule


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        ({"kind": "tls_failure"}, Stage.STARTTLS),
        ({"kind": "hide_keywords", "keywords": ["SIZE"]}, Stage.HELO),
        ({"kind": "throttle", "bytes_per_second": 5}, Stage.DATA),
        ({"kind": "refuse", "refusal": "spam"}, Stage.RCPT),
        ({"kind": "refuse", "refusal": "5.1.1"}, Stage.RCPT),
        ({"kind": "size_limit", "size_bytes": 5}, Stage.RCPT),
        ({"kind": "later", "report": "complaint"}, Stage.AFTER),
    ],
)
def test_an_outcome_knows_its_stage(outcome, stage):
    assert load({"outcome": outcome}).stage is stage


@pytest.mark.parametrize(
    ("name", "stage"),
    [("ehlo", Stage.HELO), ("End_Of_Data", Stage.CONTENT), ("auth", Stage.AUTH), ("MAIL", Stage.MAIL)],
)
def test_stages_have_the_names_that_people_use(name, stage):
    assert load({"outcome": "policy", "stage": name}).stage is stage


def test_every_kind_of_outcome_is_documented_by_a_rule_that_can_be_used():
    rows = re.findall(r"^\| `(\{\"outcome.*?)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    rules = [load(json.loads(row)) for row in rows]
    assert {type(rule.outcome) for rule in rules} == set(KINDS.values())
