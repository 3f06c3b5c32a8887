"""`mailpit-py check` in CI: exit codes and reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from mailpit_py.cli import main
from mailpit_py.config import Config, options
from mailpit_py.node import Node
from tests.api.conftest import Mail
from tests.checks.test_inspection import HEAD, both

Run = Callable[..., Result]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Messages by what is wrong with them."""
    contents = {
        "good": both(),
        "warned": f"{HEAD}Content-Type: text/html\r\n\r\n<p>Hi</p>\r\n".encode(),
        "noted": both('<a href="http://acme.example/">x</a>'),
        "bad": both("{{ name }}"),
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.eml").write_bytes(content)
    return {name: str(tmp_path / f"{name}.eml") for name in contents}


def run(*words: str, input: bytes | None = None, **env: str) -> Result:
    variables: dict[str, str | None] = {one.variable: None for one in options()} | env
    return CliRunner().invoke(main, ["check", *words], input=input, env=variables, prog_name="mailpit-py")


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("good", (), 0),
        ("warned", (), 1),
        ("warned", ("--fail-on", "error"), 0),
        ("warned", ("--ignore", "no-text"), 0),
        ("warned", ("--only", "size"), 0),
        ("noted", (), 0),
        ("noted", ("--fail-on", "note"), 1),
        ("bad", ("--fail-on", "error"), 1),
        ("good", ("--bulk",), 1),
        ("good", ("--only", "nothing"), 2),
        ("good", ("--fail-on", "nothing"), 2),
    ],
)
def test_the_exit_code_is_the_answer(files: dict[str, str], name: str, words: tuple[str, ...], code: int) -> None:
    assert run(files[name], *words).exit_code == code


def test_it_says_what_is_wrong_and_what_to_change(files: dict[str, str]) -> None:
    assert run(files["bad"]).output == (
        f"{files['bad']}: error: The HTML still has '{{{{ name }}}}'. "
        "Fill the template in, or check the names of its variables. [placeholder]\n"
    )


def test_standard_input_is_read() -> None:
    assert run("-", input=both()).exit_code == 0
    assert run("-", input=both("{{x}}")).exit_code == 1


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none.eml")).exit_code == 2
    assert run("0" * 22, MP_URL="http://127.0.0.1:9/").exit_code == 2


def test_a_message_of_a_running_sandbox_is_named_by_its_id() -> None:
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0")) as node:
        public_id = Mail(node.sandbox).receive(both("{{x}}"))
        done = run(public_id, MP_URL=node.url)
    assert done.exit_code == 1
    assert done.output.startswith(f"{public_id}: error: ")


def test_reports_are_written_for_ci(files: dict[str, str], tmp_path: Path) -> None:
    done = run(
        files["good"], files["warned"], files["bad"], "--json",
        "--junit", str(tmp_path / "junit.xml"), "--sarif", str(tmp_path / "log.sarif"),
    )  # fmt: skip
    assert [one["code"] for one in json.loads(done.output)] == ["no-text", "placeholder"]
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()[0]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("3", "2")
    log = json.loads((tmp_path / "log.sarif").read_text("utf-8"))
    assert log["version"] == "2.1.0"
    (part,) = log["runs"]
    assert [rule["id"] for rule in part["tool"]["driver"]["rules"]] == ["no-text", "placeholder"]
    assert [(one["ruleId"], one["level"]) for one in part["results"]] == [
        ("no-text", "warning"),
        ("placeholder", "error"),
    ]
    place = part["results"][1]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == files["bad"]
