"""Decisions with a memory: what is decided about mail, alone and after other mail."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailpit_py.application.rulebook import read_rules
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.simulator import Simulator, content_facts
from mailpit_py.mail.envelope import Envelope, Recipient
from mailpit_py.simulation.chaos import Chaos
from mailpit_py.simulation.chaos import parse as parse_triggers
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Store
from tests.application.simulator.building import NOW, RAW, SESSION, TWICE, FakeClock, code, codes
from tests.simulation.building import Run


def test_a_greylist_refuses_once_then_accepts_then_begins_anew(sandbox: Sandbox) -> None:
    assert codes(sandbox.simulator, "greylist@bounce.test", 4) == [451, 250, 451, 250]


def test_a_rule_that_fails_twice_lets_the_third_pass(sandbox: Sandbox) -> None:
    sandbox.simulator.book.add(TWICE)
    assert codes(sandbox.simulator, "ann@example.com", 4) == [452, 452, 250, 250]


@pytest.mark.parametrize("name", ["", "twice"])
def test_a_rule_that_is_added_again_begins_anew(sandbox: Sandbox, name: str) -> None:
    book, rule = sandbox.simulator.book, {**TWICE, "name": name, "scope": "recipient"}
    other = book.add({**TWICE, "name": "other", "match": {"recipient": "*@other.example"}})
    assert codes(sandbox.simulator, "bob@other.example", 1) == [452]
    for _ in range(2):
        book.delete(book.add(rule).id)
        book.add(rule)
        assert codes(sandbox.simulator, "ann@example.com", 3) == [452, 452, 250]
        book.delete(book.rules[-1].id)
    assert book.rules == (other,)
    assert codes(sandbox.simulator, "bob@other.example", 2) == [452, 250]


def test_a_rule_that_stays_goes_on_counting_when_others_come(sandbox: Sandbox) -> None:
    book = sandbox.simulator.book
    book.add({**TWICE, "name": "twice"})
    assert codes(sandbox.simulator, "ann@example.com", 1) == [452]
    book.replace_all([{"outcome": "success", "match": {"recipient": "bob@*"}}, {**TWICE, "name": "twice"}])
    assert codes(sandbox.simulator, "ann@example.com", 2) == [452, 250]


def test_what_asked_for_nothing_is_looked_at_again_once_something_is_switched_on(sandbox: Sandbox) -> None:
    simulator = sandbox.simulator
    assert codes(simulator, "ann@example.com", 2) == [250, 250]
    simulator.configure(chaos=parse_triggers("Recipient:451:100"))
    assert code(simulator, "ann@example.com") == 451
    simulator.configure(chaos=Chaos())
    assert codes(simulator, "ann@example.com", 2) == [250, 250]
    simulator.book.add(TWICE)
    assert codes(simulator, "ann@example.com", 3) == [452, 452, 250]


def test_a_rule_about_the_content_still_acts_after_ordinary_mail_of_the_same_envelope(sandbox: Sandbox) -> None:
    simulator = sandbox.simulator
    simulator.book.add({"outcome": "spam", "stage": "CONTENT", "match": {"header": {"X-Campaign": "spring*"}}})
    simulator.book.add({"outcome": "policy", "stage": "CONTENT", "match": {"recipient": "*@nobody.example"}})
    envelope = Envelope("app@example.org").accept(Recipient("ann@example.com"))
    codes = []
    for raw in (RAW, RAW, b"X-Campaign: Spring\r\n sale\r\n" + RAW, RAW):
        assert code(simulator, "ann@example.com") == 250
        single = simulator.decide_content(Stage.CONTENT, SESSION, envelope, raw).single
        codes.append(single.reply.code if single.reply else 250)
    assert codes == [250, 250, 550, 250]


RULES = st.fixed_dictionaries(
    {"outcome": st.sampled_from(["mailbox_full", "spam", "discard", "greylist", "drop+data", "success"])},
    optional={
        "match": st.fixed_dictionaries(
            {},
            optional={
                "recipient": st.sampled_from(["*@a.example", "ann@*", "/^b/"]),
                "sender": st.sampled_from(["app@*", "/shop/"]),
                "client": st.sampled_from(["192.0.2.0/24", "198.51.100.7"]),
            },
        ),
        "first": st.integers(0, 2),
        "every": st.integers(0, 2),
    },
)
FIELD_RULES = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["policy", "virus"]),
        "stage": st.just("CONTENT"),
        "match": st.fixed_dictionaries(
            {},
            optional={
                "subject": st.sampled_from(["offer", "*offer*", "/o.fer/i", "/sp[e\xe9]cial/", "*\xfcber*", "?*"]),
                "header": st.sampled_from([{"X-Campaign": "spring"}, {"x-campaign": "*2*", "X-Team": "/^a/"}]),
                "recipient": st.sampled_from(["*@a.example", "*@b.example"]),
                "larger": st.sampled_from([10, 10_000]),
            },
        ),
    },
)
HEADS = (
    "X-Sandbox-Bounce: spam",
    "Subject: Offer",
    "SUBJECT : a special\r\n offer",
    "Subject: =?utf-8?q?of?= =?utf-8?q?fer?=",
    "Subject: =?utf-8?q?=C3=9CBER_alles?=",
    "X-Campaign: spring",
    "X-Campaign: 12\r\nX-Team: ann\r\nX-campaign: spring",
    "X-Team: bob\nX-Campaign:2",
    "no field",
)
MAILS = st.tuples(
    st.sampled_from(["app@x.example", "shop@x.example", ""]),
    st.sampled_from(["ann@a.example", "bob@a.example", "greylist@bounce.test", "drop+data@bounce.test"]),
    st.sampled_from(["", *(f"{one}\r\n" for one in HEADS)]),
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RULES, max_size=2), st.lists(FIELD_RULES, max_size=2), st.lists(MAILS, max_size=12))
def test_what_is_remembered_of_ordinary_mail_changes_no_decision(
    store: Store, rules: list[dict[str, Any]], of_fields: list[dict[str, Any]], mails: list[tuple[str, str, str]]
) -> None:
    named = [{"name": str(number), **rule} for number, rule in enumerate([*rules, *of_fields])]
    simulator = Simulator(store, FakeClock())
    simulator.reset().result(10)
    simulator.book.replace_all(named)
    oracle: Run = Run(Configuration(rules=RuleIndex(read_rules(named))))
    oracle.now = NOW
    for sender, recipient, field in mails:
        raw = field.encode() + RAW
        about = Facts.of(SESSION, Envelope(sender), Recipient(recipient))
        seen = [simulator.decide(Stage.RCPT, SESSION, Envelope(sender), Recipient(recipient)).outcome]
        expected = [oracle.decide(Stage.RCPT, about).outcome]
        envelope = Envelope(sender).accept(Recipient(recipient))
        for stage in (Stage.DATA, Stage.CONTENT):
            (whole,) = content_facts(SESSION, envelope, raw if stage is Stage.CONTENT else None)
            seen.append(simulator.decide_content(stage, SESSION, envelope, raw).single.outcome)
            expected.append(oracle.decide_each(stage, whole).single.outcome)
        assert seen == expected


def test_an_address_is_suppressed_although_it_asked_for_nothing_before(sandbox: Sandbox) -> None:
    simulator = sandbox.simulator
    simulator.configure(suppression=True)
    assert code(simulator, "ann@example.com") == 250
    assert code(simulator, "ann@example.com", "rcpt550_5.1.1@example.org") == 550
    assert code(simulator, "ann@example.com") == 550


def run(names: list[str], seed: int, workers: int = 1) -> dict[str, list[int]]:
    """What each recipient meets in five tries, with the dice of two rules; connections come as `names` are ordered."""
    with Store.open(None) as store:
        simulator = Simulator(store, FakeClock(), Configuration(seed=seed))
        simulator.book.add({"name": "dice", "outcome": "mailbox_full", "probability": 0.4, "scope": "recipient"})
        with ThreadPoolExecutor(workers) as pool:
            return dict(zip(names, pool.map(lambda name: codes(simulator, name, 5), names), strict=True))


def test_the_same_seed_gives_the_same_in_any_order_of_clients() -> None:
    names = [f"user{number}@example.com" for number in range(40)]
    shuffled = random.Random(5).sample(names, len(names))
    first = run(names, 7)
    assert run(shuffled, 7, workers=8) == first
    assert run(names, 8) != first
    refused = sum(each.count(452) for each in first.values())
    assert 50 <= refused <= 110  # 200 tries at 0.4
