"""`mailpit-py config show`: which settings hold, and where they come from."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailpit_py.cli import main
from mailpit_py.config import options


def show(*words: str, before: tuple[str, ...] = (), **variables: str) -> Result:
    environment = {name: None for one in options() for name in one.variables} | variables
    return CliRunner().invoke(main, [*before, "config", "show", *words], env=environment, prog_name="mailpit-py")


def test_what_is_set_is_shown_with_its_origin(tmp_path: Path) -> None:
    file = tmp_path / "mailpit.toml"
    file.write_text('label = "Team \\"Blue\\""\nmax = 1\nseed = 9\n')
    result = show("--origin", before=("--config", str(file), "--max", "3"), MP_SEED="4", MP_DATA_FILE="x.db")
    assert [tuple(re.split(" +# ", line)) for line in result.output.splitlines()] == [
        ('database = "x.db"', "MP_DATA_FILE"),
        ("max = 3", "--max"),
        ("seed = 4", "MP_SEED"),
        ('label = "Team \\"Blue\\""', str(file)),
    ]


def test_what_is_shown_is_a_file_for_the_option_config() -> None:
    shown = tomllib.loads(show("--all", MP_LABEL='a\\b"c\x7f').output)
    assert shown == {one.key: one.default for one in options()} | {"label": 'a\\b"c\x7f'}


@pytest.mark.parametrize("name", ["MP_UI_AUTH", "MP_SMTP_RELAY_PASSWORD", "MP_SMTP_FORWARD_SECRET"])
def test_secrets_are_masked(name: str) -> None:
    for words in ((), ("--origin",), ("--json",)):
        assert "opensesame" not in show(*words, **{name: "ann:opensesame"}).output


def test_json_has_values_and_origins() -> None:
    assert json.loads(show("--json", before=("--quiet",)).output) == {"quiet": {"value": True, "origin": "--quiet"}}


def test_what_cannot_work_is_said() -> None:
    result = show(MP_COMPRESSION="7")
    assert (result.exit_code, "compression = 7" in result.output) == (1, True)
    assert "--compression is 0, 1, 2 or 3" in result.output
