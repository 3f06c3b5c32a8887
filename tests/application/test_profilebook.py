"""Domain profiles that are set while the sandbox runs: at once, over the others, and after the next start."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.simulator import Simulator
from mailpit_py.assembly.wiring import simulator as simulator_of
from mailpit_py.config import Config
from mailpit_py.errors import NotFound
from mailpit_py.mail.envelope import Envelope, Recipient, Session
from mailpit_py.simulation.decision import Decision, Trigger
from mailpit_py.simulation.problem import RuleError
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage import Store


@pytest.fixture
def simulator(store: Store) -> Simulator:
    return Simulator(store, Clock())


@pytest.fixture
def store():
    with Store.open(None) as store:
        yield store


def ask(simulator: Simulator, recipient: str) -> Decision:
    return simulator.decide(Stage.RCPT, Session("s", 1), Envelope("a@b.test"), Recipient(recipient))


def words(simulator: Simulator, domain: str) -> str:
    reply = ask(simulator, f"bounce+unknown_user@{domain}").reply
    return reply.text if reply else ""


def test_a_profile_acts_at_once_and_is_gone_when_it_is_deleted(simulator: Simulator):
    assert ask(simulator, "ann@shop.test").reply is None
    kept = simulator.profiles.put("Shop.Test", {"bounce": 1.0, "bounces": ["mailbox_full_hard"], "provider": "gmail"})
    assert (kept.profile.domain, kept.origin) == ("shop.test", "api")
    decision = ask(simulator, "ann@shop.test")
    assert (decision.trigger, decision.rule) == (Trigger.PROFILE, "profile:shop.test")
    assert "gsmtp" in decision.reply.text
    simulator.profiles.delete("SHOP.test")
    assert ask(simulator, "ann@shop.test").reply is None


def test_what_is_set_stands_over_what_the_start_gave_and_lets_it_show_again(store: Store):
    simulator = simulator_of(Config(domain_profiles="corp.example=gmail"), store, Clock())
    assert "gsmtp" in words(simulator, "corp.example")
    simulator.profiles.put("corp.example", {"provider": "generic"})
    assert "gsmtp" not in words(simulator, "corp.example")
    assert simulator.profiles.find("corp.example").origin == "api"
    simulator.profiles.put("*.gmail.test", {"provider": "generic"})
    assert "gsmtp" not in words(simulator, "a.gmail.test")
    simulator.profiles.clear()
    assert "gsmtp" in words(simulator, "corp.example")
    assert "gsmtp" in words(simulator, "a.gmail.test")
    origins = {one.profile.domain: one.origin for one in simulator.profiles.profiles}
    assert (origins["corp.example"], origins["*.gmail.test"]) == ("start", "built-in")


def test_profiles_survive_a_restart(tmp_path: Path):
    with Store.open(tmp_path / "mail.db") as store:
        Simulator(store, Clock()).profiles.put("*.shop.test", {"defer": 1, "deferrals": ["greylisted"]})
    with Store.open(tmp_path / "mail.db") as store:
        simulator = Simulator(store, Clock())
        assert ask(simulator, "ann@a.shop.test").reply.code == 451
        assert simulator.profiles.find("*.shop.test").profile.deferrals == ("greylisted",)


def test_a_change_leaves_the_other_parts_and_null_is_the_default(simulator: Simulator):
    simulator.profiles.put("shop.test", {"bounce": 0.5, "defer": 0.25, "provider": "outlook"})
    changed = simulator.profiles.change("shop.test", {"bounce": None, "provider": "gmail"}).profile
    assert (changed.bounce, changed.defer, changed.provider) == (0, 0.25, "gmail")
    over = simulator.profiles.change("*.gmail.test", {"defer": 0.1})
    assert (over.origin, over.profile.provider, over.profile.defer) == ("api", "gmail", 0.1)


@pytest.mark.parametrize(
    ("domain", "value", "fields"),
    [
        ("shop.test", {"bounce": 2, "defer": -0.1}, ["bounce", "defer"]),
        ("shop.test", {"provider": "nobody"}, ["provider"]),
        ("shop.test", {"bounces": ["no_such"], "deferrals": []}, ["bounces", "deferrals"]),
        ("shop.test", {"bounce": "often", "lunch": 1}, ["bounce", "lunch"]),
        ("shop.test", {"bounce": float("nan")}, ["bounce"]),
        ("*", {}, ["domain"]),
        ("a.*.test", {}, ["domain"]),
        ("ann@shop.test", {}, ["domain"]),
        ("shop test", {}, ["domain"]),
        ("shop..test", {}, ["domain"]),
        (".".join(["a" * 60] * 5), {}, ["domain"]),
        ("shop.test", [], [""]),
    ],
)
def test_a_bad_profile_is_refused_with_its_fields_and_changes_nothing(simulator: Simulator, domain, value, fields):
    before = simulator.profiles.profiles
    with pytest.raises(RuleError) as refused:
        simulator.profiles.put(domain, value)
    assert sorted(one.field for one in refused.value.problems) == sorted(fields)
    assert simulator.profiles.profiles == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ([{"domain": "a.test"}, {"domain": "A.test"}], "profiles.1.domain"),
        ([{"domain": "a.test"}, {"provider": "gmail"}], "profiles.1.domain"),
        ([{"domain": f"d{number}.test"} for number in range(1_001)], "profiles"),
    ],
)
def test_a_bad_list_is_refused_as_a_whole(simulator: Simulator, values, field):
    simulator.profiles.put("old.test", {"provider": "gmail"})
    with pytest.raises(RuleError) as refused:
        simulator.profiles.replace_all(values)
    assert [one.field for one in refused.value.problems] == [field]
    assert simulator.profiles.find("old.test").profile.provider == "gmail"


def test_a_list_takes_the_place_of_all_that_was_set(simulator: Simulator):
    simulator.profiles.put("old.test", {})
    simulator.profiles.replace_all([{"domain": "new.test"}])
    assert [one.profile.domain for one in simulator.profiles.profiles if one.origin == "api"] == ["new.test"]


@pytest.mark.parametrize("domain", ["nowhere.test", "*.gmail.test"])
def test_only_what_was_set_can_be_deleted(simulator: Simulator, domain: str):
    with pytest.raises(NotFound):
        simulator.profiles.delete(domain)


def test_a_change_is_told_live(simulator: Simulator, store: Store):
    head = store.head()
    simulator.profiles.put("shop.test", {})
    assert [one.kind for one in store.changes(head).items] == ["rules"]


def test_whoever_is_told_of_a_change_finds_it(simulator: Simulator, store: Store):
    """The journal tells at the commit, before the one who changed has come to use what is committed."""
    found: list[object] = []
    committed = store.simulation.save_profiles, store.simulation.save_rules

    def told(write, read):
        def save(*given, **named):
            done = write(*given, **named)
            done.result(10)
            readers.append(Thread(target=lambda: found.append(read())))
            readers[-1].start()
            readers[-1].join(0.2)  # reads now, unless it waits as it should
            return done

        return save

    readers: list[Thread] = []
    store.simulation.save_profiles = told(committed[0], lambda: simulator.profiles.find("shop.test").origin)
    store.simulation.save_rules = told(committed[1], lambda: [one.key for one in simulator.book.of()])
    simulator.profiles.put("shop.test", {"provider": "gmail"})
    simulator.book.add({"name": "new", "outcome": "5.1.1"})
    for reader in readers:
        reader.join(10)
    assert found == ["api", ["new"]]
