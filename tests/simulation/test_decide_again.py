"""Decisions that are made again: the same chance from the same seed, in any order and from any thread."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation import chaos
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decide import decide
from mailpit_py.simulation.decision import Decision
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.profile import Profile, ProfileIndex
from mailpit_py.simulation.stage import Stage

from .building import MID, Run, configured, facts

R, C = Stage.RCPT, Stage.CONTENT


A = "a@x.example"


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
