"""Files of rules and domain profiles: three languages, one reader, and nothing that can hurt it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpit_py.application.rule_file import load, read_file
from mailpit_py.assembly.wiring import simulation
from mailpit_py.config import Config
from mailpit_py.errors import ConfigError
from mailpit_py.simulation.outcome import Discard

TOML = """
[[rules]]
name = "twice"
outcome = "mailbox_full"
stage = "CONTENT"
first = 2
expires_at = 2030-01-01T00:00:00Z
match = { header = { "X-Campaign" = "winter*" } }

[[profiles]]
domain = "*.shop.test"
provider = "outlook"
bounce = 0.5
deferrals = ["greylisted"]
"""
YAML = """
rules:
  - name: twice
    outcome: mailbox_full
    stage: CONTENT
    first: 2
    expires_at: 2030-01-01T00:00:00Z
    match: {header: {X-Campaign: winter*}}
profiles:
  - {domain: "*.shop.test", provider: outlook, bounce: 0.5, deferrals: [greylisted]}
"""
AS_JSON = json.dumps(
    {
        "rules": [
            {
                "name": "twice",
                "outcome": "mailbox_full",
                "stage": "CONTENT",
                "first": 2,
                "expires_at": "2030-01-01T00:00:00Z",
                "match": {"header": {"X-Campaign": "winter*"}},
            }
        ],
        "profiles": [{"domain": "*.shop.test", "provider": "outlook", "bounce": 0.5, "deferrals": ["greylisted"]}],
    }
)


def written(folder: Path, text: str, name: str = "rules.toml") -> Path:
    """A file with this text."""
    file = folder / name
    file.write_text(text)
    return file


@pytest.mark.parametrize("name", ["rules.yaml", "RULES.YML"])
def test_the_same_is_read_from_each_language(tmp_path: Path, name: str) -> None:
    from_toml = read_file(written(tmp_path, TOML))
    assert (from_toml.rules[0].first, from_toml.profiles[0].deferrals) == (2, ("greylisted",))
    assert read_file(written(tmp_path, YAML, name)) == from_toml
    assert read_file(written(tmp_path, AS_JSON, "rules.json")) == from_toml


@pytest.mark.parametrize("language", ["toml", "yaml"])
@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"rules": 3}, "rules: is a list of tables"),
        ({"rule": []}, "rule: is not known here"),
        ({"rules": [{"outcome": "nothing"}]}, r"rules\.0\.outcome"),
        ({"rules": [{"outcome": "discard", "probability": 2}]}, r"rules\.0\.probability"),
        ({"rules": [{"outcome": "discard", "match": {"subject": "/(/"}}]}, r"rules\.0\.match\.subject"),
        ({"rules": [{"outcome": "discard", "match": {"lunch": "x"}}]}, r"rules\.0\.match\.lunch"),
        ({"profiles": [{"provider": "outlook"}]}, r"profiles\.0\.domain"),
        ({"profiles": [{"provider": "outlook"}, {"domain": "a.test", "bounce": 2}]}, r"profiles\.1\.bounce"),
        ({"rules": [{"outcome": "nothing"}], "profiles": [{"provider": "outlook"}]}, r"rules\.0.*profiles\.0\.domain"),
    ],
)
def test_a_bad_file_is_refused_with_its_field(
    tmp_path: Path, language: str, tables: dict[str, object], words: str
) -> None:
    text = (
        json.dumps(tables) if language == "yaml" else "\n".join(f"{key} = {_toml(one)}" for key, one in tables.items())
    )
    with pytest.raises(ConfigError, match=words):
        read_file(written(tmp_path, text, f"rules.{language}"))


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(map(_toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c", r"is not YAML: mapping values are not allowed here \(line 1\)"),
        ("a: 1\na: 2", "found duplicate key"),
        ("a: 1\n---\nb: 2", "but found another document"),
        ("- rules", "has no tables"),
        ("", "has no tables"),
        ("a: !!python/object/apply:os.system [ls]", "is not YAML: could not determine a constructor"),
        ("a: !!binary aGk=", "a: bytes has no place here"),
        ("a: [x, !!set {b}]", r"a\.1: set has no place here"),
        ("1: 2", "1 is no text"),
        ("{[a]: 1}", r"\('a',\) is no text"),
        ("a: &a [*a]", "an alias stands inside of what it names"),
        ("a: &a {b: *a}", "an alias stands inside of what it names"),
        ("[" * 5_000, "is nested too deeply"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load(written(tmp_path, text, "rules.yaml"))


@pytest.mark.parametrize("form", ["[{}]", "{{<<: [{}]}}"], ids=["of lists", "of merge keys"])
def test_an_alias_bomb_does_not_go_off(tmp_path: Path, form: str) -> None:
    def lines() -> Iterator[str]:
        yield "a0: &a0 {x: 1, y: 2}"
        for number in range(1, 12):
            yield f"a{number}: &a{number} " + form.format(", ".join([f"*a{number - 1}"] * 9))

    with pytest.raises(ConfigError, match="its aliases stand for more than 500_000 values"):
        load(written(tmp_path, "\n".join(lines()), "rules.yaml"))


def test_aliases_that_are_few_are_what_they_name(tmp_path: Path) -> None:
    text = "rules:\n- &full {name: one, outcome: mailbox_full, first: 2}\n- <<: *full\n  name: two\n"
    file = read_file(written(tmp_path, text, "rules.yaml"))
    assert [(rule.name, rule.first) for rule in file.rules] == [("one", 2), ("two", 2)]


def test_words_stay_texts(tmp_path: Path) -> None:
    assert load(written(tmp_path, "a: no\nb: on\nc: 12:30\nd: 017\n", "rules.yaml")) == {
        "a": "no",
        "b": "on",
        "c": "12:30",
        "d": 17,
    }


@pytest.mark.parametrize(
    ("name", "octets", "words"),
    [
        ("rules.toml", b"[[rules", "is not TOML"),
        ("rules.toml", b"a = '\xff'", "is not TOML"),
        ("rules.yaml", b"a: \xff", "is not YAML"),
        ("rules.json", b"[1", "is not JSON"),
        ("rules.json", b"[1]", "has no tables"),
        ("rules", b"a: b", "is not TOML"),
    ],
)
def test_a_file_that_is_not_its_language_is_refused(tmp_path: Path, name: str, octets: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(octets)
    with pytest.raises(ConfigError, match=words):
        load(file)


@pytest.mark.parametrize(
    "text",
    [
        '[[rules]]\noutcome = "discard"\n',
        '\n# all of it\n[[rules]]\noutcome = "discard"\n',
        '{"rules": [{"outcome": "discard"}]}',
        "rules:\n  - outcome: discard\n",
    ],
)
def test_rules_may_stand_in_the_option_itself(text: str) -> None:
    _, (rule,) = simulation(Config(rules=text))
    assert rule.outcome == Discard()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[rules]]\noutcome =", "--rules is not TOML"),
        ("{", "--rules is not JSON"),
        ('[[rules]]\noutcome = "no such thing"', "--rules: .*outcome"),
        ("/nowhere/rules.toml", "cannot read /nowhere/rules.toml"),
    ],
)
def test_what_stands_there_wrongly_is_named(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        simulation(Config(rules=text))
