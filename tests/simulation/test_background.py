"""Domain profiles and Mailpit's chaos: how they are written and checked."""

from __future__ import annotations

import pytest

from mailpit_py.simulation.chaos import Chaos, parse
from mailpit_py.simulation.problem import RuleError
from mailpit_py.simulation.profile import Profile, ProfileIndex, default_profiles, load
from mailpit_py.simulation.stage import Stage

DEFAULTS = {
    "Sender": {"ErrorCode": 451, "Probability": 0},
    "Recipient": {"ErrorCode": 451, "Probability": 0},
    "Authentication": {"ErrorCode": 535, "Probability": 0},
}


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("a@gmail.test", "gmail"),
        ("a@Customer.GMAIL.test.", "gmail"),
        ("a@x.m365.example.com", "m365"),
        ("a@special.gmail.test", "exim"),
        ("a@below.special.gmail.test", "gmail"),
        ("a@xgmail.test", None),
        ("a@acme.example", None),
        ("", None),
    ],
)
def test_the_most_particular_profile_counts(address, provider):
    profiles = ProfileIndex([*default_profiles(), Profile("special.gmail.test", "exim")])
    found = profiles.of(address)
    assert (found and found.provider) == provider


def test_every_provider_has_its_domains():
    assert len(default_profiles()) == 28


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"domain": "*"}, "domain"),
        ({"domain": ""}, "domain"),
        ({"domain": "a.*.test"}, "domain"),
        ({"provider": "nonsense"}, "provider"),
        ({"bounce": 1.1}, "bounce"),
        ({"defer": -0.1}, "defer"),
        ({"bounces": ()}, "bounces"),
        ({"deferrals": ("nonsense",)}, "deferrals"),
    ],
)
def test_a_profile_that_cannot_be(wrong, field):
    with pytest.raises(RuleError) as caught:
        Profile(**{"domain": "x.test"} | wrong)
    assert [problem.field for problem in caught.value.problems] == [field]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ([], "profile"),
        ({}, "profile.domain"),
        ({"domain": 5}, "profile.domain"),
        ({"domain": "*"}, "profile.domain"),
        ({"domain": "a.test", "provider": []}, "profile.provider"),
        ({"domain": "a.test", "bounce": "1"}, "profile.bounce"),
        ({"domain": "a.test", "defer": True}, "profile.defer"),
        ({"domain": "a.test", "bounces": "unknown_user"}, "profile.bounces"),
        ({"domain": "a.test", "deferrals": [5]}, "profile.deferrals"),
        ({"domain": "a.test", "colour": "red"}, "profile.colour"),
    ],
)
def test_a_profile_that_is_written_wrong(value, field):
    with pytest.raises(RuleError) as caught:
        load(value)
    assert [problem.field for problem in caught.value.problems] == [field]


def test_a_profile_is_read_from_a_table():
    value = {"domain": "*.a.test", "provider": "gmail", "bounce": 0.1, "defer": 1, "bounces": ["disabled"]}
    assert load(value) == Profile("*.a.test", "gmail", 0.1, 1, ("disabled",))


def test_chaos_is_off_by_default():
    assert Chaos().as_mapping() == DEFAULTS
    assert all(Chaos(enabled=True).trigger_at(stage) is None for stage in Stage)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("Sender:451:10", {"Sender": {"ErrorCode": 451, "Probability": 10}}),
        ("sender:421:1, RECIPIENTS:550:50,auth:535:100",
         {"Sender": {"ErrorCode": 421, "Probability": 1}, "Recipient": {"ErrorCode": 550, "Probability": 50},
          "Authentication": {"ErrorCode": 535, "Probability": 100}}),
        ("Authentication:500:0", {"Authentication": {"ErrorCode": 500, "Probability": 0}}),
    ],
)  # fmt: skip
def test_the_option_is_read_as_mailpit_reads_it(option, expected):
    chaos = parse(option)
    assert (chaos.enabled, chaos.as_mapping()) == (True, DEFAULTS | expected)


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("Lunch:451:10", "write Sender"),
        ("Sender", "write Sender"),
        ("Sender:45:10", "write Sender"),
        ("Sender:451:5.5", "write Sender"),
        ("Sender:451:5,", "write Sender"),
        ("Sender:399:10", "error code must be between 400 and 599"),
        ("Sender:451:101", "probability must be between 0 and 100"),
    ],
)
def test_an_option_that_cannot_be_used(option, reason):
    with pytest.raises(RuleError, match=reason):
        parse(option)


STOOD = {name: {"ErrorCode": 500, "Probability": 50} for name in DEFAULTS}


@pytest.mark.parametrize(
    ("value", "expected", "error"),
    [
        ({}, {}, ""),
        ({"Sender": {"ErrorCode": 421, "Probability": 5}}, {"Sender": {"ErrorCode": 421, "Probability": 5}}, ""),
        ({"sender": {"probability": 5}}, {"Sender": {"ErrorCode": 451, "Probability": 5}}, ""),
        ({"Sender": {"ErrorCode": 0, "Probability": 5}}, {"Sender": {"ErrorCode": 451, "Probability": 5}}, ""),
        ({"Lunch": {"ErrorCode": 1}}, {}, ""),
        ({"Sender": {"Probability": 5}, "Recipient": {"ErrorCode": 399}},
         STOOD | {"Sender": {"ErrorCode": 451, "Probability": 5}}, "error code must be between 400 and 599"),
        ({"Sender": {"Probability": 101}, "Recipient": {"Probability": 5}}, STOOD,
         "probability must be between 0 and 100"),
        ({"Sender": {"Probability": 5.5}}, STOOD, "cannot read Sender: ErrorCode and Probability are whole numbers"),
        ({"Sender": 5}, STOOD, "cannot read Sender: a JSON object is needed"),
        ({"Sender": None, "Recipient": {"Probability": 7}}, {"Recipient": {"ErrorCode": 451, "Probability": 7}}, ""),
    ],
)  # fmt: skip
def test_a_put_replaces_everything_up_to_its_first_mistake(value, expected, error):
    chaos, said = parse("Sender:500:50,Recipient:500:50,auth:500:50").replaced(value)
    assert (chaos.enabled, chaos.as_mapping(), said) == (True, DEFAULTS | expected, error)


def test_a_put_that_is_no_object_changes_nothing():
    chaos = parse("Sender:500:50")
    assert chaos.replaced([])[0] is chaos
    assert "JSON object" in chaos.replaced([])[1]
