"""Domain profiles of a running sandbox from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def as_new(run: Run) -> Iterator[None]:
    yield
    run("profiles", "clear")


def shown(run: Run) -> dict[str, dict[str, object]]:
    return {
        one["domain"]: one
        for one in json.loads(run("profiles", "list", "--json").output)["profiles"]
        if one["origin"] == "api"
    }


def test_a_profile_is_set_listed_and_deleted(run: Run) -> None:
    done = run(
        "profiles",
        "set",
        "*.shop.test",
        "--provider",
        "outlook",
        "--defer",
        "0.1",
        "--deferrals",
        "greylisted, rate_limited",
    )
    assert (done.exit_code, done.output) == (0, "*.shop.test\n")
    assert shown(run)["*.shop.test"]["deferrals"] == ["greylisted", "rate_limited"]
    row = next(line for line in run("profiles", "list").output.splitlines() if line.startswith("*.shop.test "))
    assert row.split() == ["*.shop.test", "outlook", "defer", "0.1", "api"]
    assert run("profiles", "delete", "*.shop.test").exit_code == 0
    assert shown(run) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", '[[profiles]]\ndomain = "new.test"\nbounce = 0.5\n'),
        ("a.yaml", "profiles:\n- domain: new.test\n  bounce: 0.5\n"),
    ],
)
def test_profiles_of_a_file_take_the_place_of_all_that_was_set(run: Run, tmp_path: Path, name: str, text: str) -> None:
    run("profiles", "set", "old.test")
    file = tmp_path / name
    file.write_text(text)
    assert run("profiles", "load", str(file)).output == "1 profiles\n"
    assert {domain: one["bounce"] for domain, one in shown(run).items()} == {"new.test": 0.5}


def test_what_list_prints_can_be_loaded(run: Run, tmp_path: Path) -> None:
    run("profiles", "set", "shop.test", "--bounce", "0.5")
    printed, before = run("profiles", "list", "--json").output, shown(run)
    file = tmp_path / "profiles.json"
    file.write_text(printed)
    run("profiles", "clear")
    assert run("profiles", "load", str(file)).exit_code == 0
    assert shown(run) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "shop.test", "--bounce", "2", "--provider", "nobody"), "\n  provider: "),
        (("delete", "nowhere.test"), "No profile was set for 'nowhere.test'"),
        (("load", "missing.toml"), "cannot read"),
        (("load", "pyproject.toml"), "has no list of profiles"),
    ],
)
def test_what_cannot_be_done_is_told(run: Run, words: tuple[str, ...], told: str) -> None:
    done = run("profiles", *words)
    assert done.exit_code == 1
    assert told in done.output
    assert shown(run) == {}
