"""The simulator: what it remembers, what it keeps, and that the same always gives the same."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailpit_py.application.clock import Clock
from mailpit_py.application.rulebook import read_rules
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.simulator import Simulator, content_facts
from mailpit_py.assembly.wiring import simulator as simulator_of
from mailpit_py.config import Config
from mailpit_py.errors import ConfigError, NotFound
from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Session, Transaction
from mailpit_py.simulation.chaos import Chaos
from mailpit_py.simulation.chaos import parse as parse_triggers
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decision import UNDECIDED, Decision, Trigger, Verdict
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.outcome import Answer, Discard
from mailpit_py.simulation.problem import RuleError
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Selection, Store
from tests.simulation.building import Run

SECOND = 1_000_000
NOW = 1_764_000_000 * SECOND
RAW = b"Message-ID: <1@app>\r\nSubject: Hello\r\n\r\nbody\r\n"
SESSION = Session("session-1", NOW, peer="192.0.2.1:4000", helo="app")
TWICE = {"name": "twice", "outcome": "mailbox_full", "first": 2}


class FakeClock(Clock):
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW

    def wall(self) -> int:
        return self.now


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as store:
        yield store


@pytest.fixture
def sandbox(store: Store) -> Sandbox:
    return Sandbox(store, FakeClock())


def code(simulator: Simulator, recipient: str, sender: str = "app@example.org") -> int:
    """The code that RCPT is answered with; 250 if nothing is decided."""
    decision = simulator.decide(Stage.RCPT, SESSION, Envelope(sender), Recipient(recipient))
    return decision.reply.code if decision.reply else 250


def codes(simulator: Simulator, recipient: str, tries: int) -> list[int]:
    return [code(simulator, recipient) for _ in range(tries)]


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


def test_what_is_remembered_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    with Store.open(path) as store:
        simulator = Simulator(store, FakeClock())
        simulator.book.add(TWICE)
        assert code(simulator, "greylist@bounce.test") == 451
        assert code(simulator, "ann@example.com") == 452
    with Store.open(path) as store:
        simulator = Simulator(store, FakeClock())
        assert [one.key for one in simulator.rules] == ["twice"]
        assert code(simulator, "greylist@bounce.test") == 250
        assert codes(simulator, "ann@example.com", 2) == [452, 250]


def test_what_was_promised_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from mailpit_py.application.clock import Clock; from mailpit_py.application.simulator import Simulator\n"
        "from mailpit_py.mail.envelope import Envelope, Recipient, Session\n"
        "from mailpit_py.simulation.stage import Stage; from mailpit_py.storage import Store\n"
        "simulator = Simulator(Store.open(Path(sys.argv[1])), Clock())\n"
        f"simulator.book.add({TWICE!r})\n"
        "asked = (Session('s', 1), Envelope('app@example.org'), Recipient('ann@example.com'))\n"
        "assert simulator.decide(Stage.RCPT, *asked).reply.code == 452\n"
        "simulator.pending and simulator.pending.result(10)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    with Store.open(path) as store:
        assert codes(Simulator(store, Clock()), "ann@example.com", 2) == [452, 250]


def test_nothing_is_pending_once_it_is_committed(sandbox: Sandbox) -> None:
    assert sandbox.simulator.pending is None
    assert code(sandbox.simulator, "ann@example.com") == 250
    assert sandbox.simulator.pending is None
    code(sandbox.simulator, "greylist@bounce.test")
    if pending := sandbox.simulator.pending:
        pending.result(10)
    assert sandbox.simulator.pending is None


def test_what_has_expired_is_neither_shown_nor_kept(tmp_path: Path) -> None:
    path, clock = tmp_path / "mail.db", FakeClock()
    with Store.open(path) as store:
        simulator = Simulator(store, clock)
        code(simulator, "greylist@bounce.test")
        clock.now += 600 * SECOND
        assert simulator.state() == {}
    with Store.open(path) as store:
        Simulator(store, clock)
    with Store.open(path) as store:
        assert store.simulation.state() == {}


def test_expired_records_leave_memory_while_others_come(store: Store) -> None:
    clock = FakeClock()
    simulator = Simulator(store, clock)
    for number in range(700):
        code(simulator, f"greylist--{number}@bounce.test")
    clock.now += 601 * SECOND
    for number in range(400):
        code(simulator, f"greylist--later{number}@bounce.test")
    assert len(simulator.state()) == 400
    store.simulation.save_state(tuple).result(10)
    assert len(store.simulation.state()) == 400


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ({}, []),
        ({"recipient": "GREYLIST@bounce.test"}, ["full+1msgs@bounce.test"]),
        ({"recipient": "nobody@bounce.test"}, ["full+1msgs@bounce.test", "greylist@bounce.test"]),
        ({"recipient": "greylist@bounce.test", "rule": "twice"}, ["full+1msgs@bounce.test", "greylist@bounce.test"]),
    ],
)
def test_a_reset_forgets_what_was_named(sandbox: Sandbox, words: dict[str, str], left: list[str]) -> None:
    simulator = sandbox.simulator
    code(simulator, "greylist@bounce.test")
    to = Envelope("app@example.org", (Recipient("full+1msgs@bounce.test"),))
    simulator.decide_content(Stage.CONTENT, SESSION, to, RAW)
    simulator.reset(**words).result(10)
    kept = list(simulator.state())
    assert (
        sorted(one for one in ("full+1msgs@bounce.test", "greylist@bounce.test") if any(one in k for k in kept)) == left
    )


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


GONE = Decision(Discard(), Trigger.ADDRESS, "discard@bounce.test", 0, "discarded", 1)
NO = Decision(Answer(Reply(552, "5.2.2", "full")), Trigger.RULE, "full", 3, "rule full acts", 1)
FINE = Decision(Answer(Reply(250, "2.0.0", "taken")), Trigger.RULE, "fine", 1, "rule fine acts", 1)


@pytest.mark.parametrize(
    ("decisions", "replies", "kept", "attempts"),
    [
        ((UNDECIDED, UNDECIDED), [250, 250], ["a", "b"], []),
        ((GONE, UNDECIDED), [250, 250], ["b"], [["a"]]),
        ((GONE, GONE), [250, 250], None, [["a", "b"]]),
        ((NO, UNDECIDED), [552, 250], ["b"], []),
        ((NO, GONE), [552, 250], None, [["b", "a"]]),
        ((NO, NO), [552, 552], None, [["a", "b"]]),
        ((FINE, UNDECIDED), [250, 250], ["a", "b"], []),
    ],
)
def test_each_recipient_gets_what_was_decided(
    sandbox: Sandbox,
    decisions: tuple[Decision, ...],
    replies: list[int],
    kept: list[str] | None,
    attempts: list[list[str]],
) -> None:
    envelope = Envelope("app@example.org", (Recipient("a"), Recipient("b")))
    receipt = sandbox.receive(Transaction(SESSION, envelope), RAW, verdict=Verdict(decisions)).result(10)
    assert [one.code for one in receipt.replies] == replies
    stored = sandbox.store.message("default", receipt.public_id)
    assert (stored and [one.address for one in stored.envelope.recipients]) == kept
    page = sandbox.store.page(refused=True)
    found = [[one for one, _ in item.recipients] for item in page.items if hasattr(item, "stage")]
    assert found == attempts


@pytest.mark.parametrize(
    ("field", "code_said"),
    [
        (b"", None),
        (b"x-sandbox-bounce: mailbox_full\r\n", 452),
        (b"X-SANDBOX-Bounce: spam\r\n", 550),
        (b"Subject: X-Sandbox\r\n", None),
    ],
)
def test_a_header_field_asks_for_a_failure(sandbox: Sandbox, field: bytes, code_said: int | None) -> None:
    envelope = Envelope("app@example.org", (Recipient("ann@example.com"),))
    reply = sandbox.simulator.decide_content(Stage.CONTENT, SESSION, envelope, field + RAW).single.reply
    assert (reply and reply.code) == code_said


def test_a_discard_answers_as_if_the_message_were_kept(sandbox: Sandbox) -> None:
    envelope = Envelope("app@example.org", (Recipient("discard@bounce.test"),))
    verdict = sandbox.simulator.decide_content(Stage.CONTENT, SESSION, envelope, RAW)
    receipt = sandbox.receive(Transaction(SESSION, envelope), RAW, verdict=verdict).result(10)
    assert receipt.replies == (Reply(250, "2.0.0", f"Ok: queued as {receipt.public_id}"),)
    attempt = sandbox.store.attempt("default", receipt.public_id)
    assert (attempt.summary.cause.trigger, attempt.summary.message_id) == ("address", "1@app")


def test_delivered_messages_keep_what_was_decided_about_each_recipient(sandbox: Sandbox) -> None:
    refused = Recipient("greylist@bounce.test", reply=Reply(451, "4.7.1", "later"))
    envelope = Envelope("app@example.org", (Recipient("a"), Recipient("b")), (refused,))
    decided = {"greylist@bounce.test": NO}
    verdict = Verdict((FINE, UNDECIDED))
    receipt = sandbox.receive(Transaction(SESSION, envelope), RAW, verdict=verdict, decided=decided).result(10)
    causes = sandbox.store.message("default", receipt.public_id).causes
    assert [one and (one.rule, one.count) for one in causes] == [("fine", 1), None, ("full", 3)]


@pytest.mark.parametrize("everything", [True, False])
def test_deleted_mail_makes_room_in_a_full_mailbox(sandbox: Sandbox, everything: bool) -> None:
    simulator, envelope = sandbox.simulator, Envelope("app@example.org", (Recipient("ann@example.com"),))
    simulator.book.add({"name": "small", "outcome": {"kind": "quota", "messages": 1}})
    verdict = simulator.decide_content(Stage.CONTENT, SESSION, envelope, RAW)
    receipt = sandbox.receive(Transaction(SESSION, envelope), RAW, verdict=verdict).result(10)
    assert code(simulator, "ann@example.com") == 452
    chosen = Selection.everything() if everything else Selection.ids([receipt.public_id])
    assert sandbox.store.delete("default", chosen).result(10) == 1
    assert code(simulator, "ann@example.com") == 250


def test_a_message_without_a_verdict_is_kept_for_all(sandbox: Sandbox) -> None:
    receipt = sandbox.receive(Transaction(SESSION, Envelope("", ())), RAW, source="api").result(10)
    assert sandbox.store.message("default", receipt.public_id) is not None
    assert sandbox.store.delete("default", Selection.everything()).result(10) == 1
