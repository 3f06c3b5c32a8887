"""The documents say what the code does: options, commands, links, addresses and examples."""

from __future__ import annotations

import ast
import itertools
import re
import tomllib
from pathlib import Path

import click
import pytest

from mailpit_py import __version__
from mailpit_py.cli import COMMANDS, main
from mailpit_py.cli.serve import VARIABLES_OF_COMMANDS
from mailpit_py.config import from_values, options
from mailpit_py.config.option import Option
from mailpit_py.storage.query import parse

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
# Flags of other programs that a sentence names.
FLAGS_OF_OTHERS = {"--read-only", "--add-host", "--only", "--mailpit-url", "--full-trace", "--python", "--shared"}
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[tuple[str, str]]:
    """The fenced blocks of one language in all documents, each with a name for the test."""
    found = []
    for name, path in zip(NAMES, DOCUMENTS, strict=True):
        texts = re.findall(rf"^ *```{language}\n(.*?)^ *```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        found += [(f"{name}#{number}", text) for number, text in enumerate(texts, 1)]
    return found


def options_table() -> str:
    """The README's rows for config.py, theme by theme."""
    lines = []
    for group, members in itertools.groupby(options(), key=lambda option: option.group):
        lines += ["", f"**{group}**", "", "| option | variable | default | what it does |", "| --- | --- | --- | --- |"]
        lines += [row(option) for option in members]
    return "\n".join(lines).strip()


def row(option: Option) -> str:
    flag = f"`{option.flag}`" if option.flag else ""
    flags = f"{flag} `{option.short}`" if option.short else flag
    words = {"True": "on", "False": "off", "": ""}
    default = words.get(str(option.default), f"`{option.default}`")
    choices = f" One of {', '.join(f'`{choice}`' for choice in option.choices)}." if option.choices else ""
    return f"| {flags} | `{option.variable}` | {default} | {option.help.replace('|', chr(92) + '|')}{choices} |"


def test_the_readme_has_every_option():
    written = README.partition("<!-- options -->")[2].partition("<!-- end of options -->")[0].strip()
    assert written == options_table(), f"write this between the marks in README.md:\n{options_table()}"


def commands() -> dict[str, click.Command]:
    """Every command, loaded."""
    context = click.Context(main)
    loaded = {name: main.get_command(context, name) for name in main.list_commands(context)}
    return {name: command for name, command in loaded.items() if command}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command):
    assert f"`mailpit-py {command}" in README


def test_the_changelog_has_this_version():
    assert re.search(rf"^## {re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_the_readme_leads_to_every_document():
    for path in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{path.name}" in README, path.name


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_links_lead_somewhere(path):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        file, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", file):
            continue
        linked = (path.parent / file).resolve() if file else path
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            broken.append(target)
    assert not broken


def anchors(path: Path) -> set[str]:
    """The headings of a document as links name them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def variables() -> list[str]:
    return sorted({name for path in DOCUMENTS for name in re.findall(r"\bMP_[A-Z0-9_]+\b", path.read_text("utf-8"))})


@pytest.mark.parametrize("variable", variables())
def test_every_variable_that_is_named_exists(variable):
    assert variable in {name for option in options() for name in option.variables} | VARIABLES_OF_COMMANDS


def flags() -> list[str]:
    """Every flag that stands by itself in code, or behind the command."""
    texts = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    commands = re.findall(r"^(?:mailpit-py|\./run) .*|`(?:mailpit-py|\./run) [^`]*`", texts, re.MULTILINE)
    return sorted({*re.findall(r"`--([a-z0-9-]+)", texts), *re.findall(r" --([a-z0-9-]+)", "\n".join(commands))})


@pytest.mark.parametrize("flag", flags())
def test_every_flag_that_is_named_exists(flag):
    known_commands = [main, *commands().values()]
    known_commands += [one for group in commands().values() for one in getattr(group, "commands", {}).values()]
    known = {name for command in known_commands for one in command.params for name in one.opts}
    known |= {name for option in options() for name in option.old_flags}
    assert f"--{flag}" in known | {"--help", "--version", *FLAGS_OF_OTHERS}


EXAMPLES = blocks("python")


@pytest.mark.parametrize("text", [text for _, text in EXAMPLES], ids=[name for name, _ in EXAMPLES])
def test_python_examples_can_be_parsed(text):
    ast.parse(text)


SETTINGS = blocks("toml")


@pytest.mark.parametrize("text", [text for _, text in SETTINGS], ids=[name for name, _ in SETTINGS])
def test_toml_examples_are_valid_settings(text, tmp_path):
    file = tmp_path / "file"
    file.touch()
    values = tomllib.loads(text)
    from_values(values | {name: str(file) for name in values if name.endswith("-file")})


def searches() -> list[str]:
    rows = re.findall(r"^\| `([^|]+)` \|", (ROOT / "docs" / "search.md").read_text("utf-8"), re.MULTILINE)
    return [example for row in rows for example in row.split("`, `")]


@pytest.mark.parametrize("text", searches())
def test_searches_in_the_documents_are_understood(text):
    assert parse(text, now=0).node.nodes
