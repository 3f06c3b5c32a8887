"""What the simulator is told: rules that are edited, in a file or by options, and when they hold."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.assembly.wiring import simulator as simulator_of
from mailpit_py.config import Config
from mailpit_py.errors import ConfigError, NotFound
from mailpit_py.mail.envelope import Envelope, Recipient
from mailpit_py.simulation.decision import Trigger
from mailpit_py.simulation.problem import RuleError
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Store
from tests.application.simulator.building import SESSION, TWICE, code


def test_rules_are_edited_while_mail_is_decided_about(sandbox: Sandbox) -> None:
    simulator, ended = sandbox.simulator, threading.Event()

    def ask() -> int:
        tries = 0
        while not ended.is_set():
            assert code(simulator, "ann@example.com") in (250, 452)
            tries += 1
        return tries

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask) for _ in range(2)]
        for number in range(20):
            simulator.book.add({**TWICE, "name": f"rule{number}"})
        simulator.book.clear()
        ended.set()
        assert all(one.result(10) for one in asked)


def test_a_bad_rule_changes_nothing(sandbox: Sandbox) -> None:
    book = sandbox.simulator.book
    book.add(TWICE)
    for bad in ({"outcome": "nothing"}, TWICE, "mailbox_full", {**TWICE, "name": "other", "position": 1}):
        with pytest.raises(RuleError):
            book.add(bad)
    with pytest.raises(NotFound):
        book.change("other", {"first": 1})
    assert [one.rule.first for one in book.rules] == [2]


def test_the_journal_tells_that_rules_have_changed(store: Store, sandbox: Sandbox) -> None:
    cursor = store.head()
    sandbox.simulator.book.add(TWICE)
    assert [change.kind for change in store.changes(cursor).items] == ["rules"]


FILE = """
[[rules]]
name = "twice"
outcome = "mailbox_full"
first = 2

[[profiles]]
domain = "*.shop.test"
provider = "postfix"
bounce = 1.0
"""


def test_rules_of_a_file_stand_first_and_are_read_anew_at_each_start(tmp_path: Path) -> None:
    file, path = tmp_path / "rules.toml", tmp_path / "mail.db"
    file.write_text(FILE)
    config = Config(rules=str(file))
    with Store.open(path) as store:
        simulator = simulator_of(config, store, Clock())
        simulator.book.add({"name": "mine", "outcome": "discard"})
        known = [one.id for one in simulator.rules]
        assert code(simulator, "ann@a.shop.test") == 452  # the rule comes before the profile
        assert [code(simulator, "ann@a.shop.test") for _ in range(2)][-1] >= 450
    file.write_text(FILE.replace("first = 2", "first = 1"))
    with Store.open(path) as store:
        simulator = simulator_of(config, store, Clock())
        assert [(one.id, one.key, one.origin) for one in simulator.rules] == [
            (known[0], "twice", "file"),
            (known[1], "mine", "api"),
        ]
        assert simulator.rules[0].rule.first == 1
    with Store.open(path) as store:
        assert [one.key for one in simulator_of(Config(), store, Clock()).rules] == ["mine"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rules": "/nowhere/rules.toml"}, "cannot read"),
        ({"domain_profiles": "gmail.com=nobody"}, "--domain-profiles"),
        ({"chaos_triggers": "Sender:200:10"}, "error code must be between 400 and 599"),
        ({"chaos_triggers": "Lunch:451:10"}, "--chaos-triggers"),
    ],
)
def test_options_that_cannot_be_used_are_refused(store: Store, options: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        simulator_of(Config(**options), store, Clock())


def test_options_switch_what_they_say(store: Store) -> None:
    options = {"magic_domains": "@Fail.Example, other.example", "domain_profiles": "gmail.com=gmail"}
    simulator = simulator_of(Config(seed=9, chaos_triggers="Sender:451:100", **options), store, Clock())
    assert simulator.announcement() == "[simulate] seed 9; 0 rules"
    assert code(simulator, "bounce@fail.example") == 550
    reply = simulator.decide(
        Stage.RCPT, SESSION, Envelope("a@b.test"), Recipient("bounce+unknown_user@gmail.com")
    ).reply
    assert "gsmtp" in reply.text
    assert simulator.decide(Stage.MAIL, SESSION, Envelope("a@b.test")).trigger is Trigger.CHAOS
    off = simulator_of(Config(disable_simulation=True), store, Clock())
    assert code(off, "bounce@bounce.test") == 250
    assert off.announcement().endswith("simulation addresses are off")
