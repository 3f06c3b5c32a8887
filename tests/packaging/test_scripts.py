"""The two commands: shell that every sh can read, and words that help when something is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, run

SCRIPTS = ("run", "test", "scripts/venv.sh", ".ci/run")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A folder with the scripts alone, and an empty folder `programs` for the search path."""
    for name in SCRIPTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / "programs").mkdir()
    return tmp_path


def provide(checkout: Path, *names: str) -> None:
    for name in names:
        (checkout / "programs" / name).symlink_to(str(shutil.which(name)))


def write_program(checkout: Path, name: str, text: str) -> None:
    program = checkout / "programs" / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


def start(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(checkout / "programs"), "HOME": str(checkout)}
    return subprocess.run(
        ["/bin/sh", *arguments], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck")
def test_shellcheck_finds_nothing():
    run("shellcheck", "-x", *SCRIPTS, cwd=ROOT)


@pytest.mark.parametrize("name", ["run", "test", ".ci/run"])
def test_the_commands_are_executable(name):
    assert os.access(ROOT / name, os.X_OK)


def test_ci_runs_the_readmes_command_and_nothing_else():
    lines = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ['exec "$(dirname "${BASH_SOURCE[0]}")/../test"']


@pytest.mark.parametrize("name", ["run", "test"])
def test_without_python_the_message_says_what_to_install(checkout, name):
    provide(checkout, "dirname")
    done = start(checkout, name)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "apt install python3 python3-venv" in done.stderr


def test_an_old_python_is_passed_over(checkout):
    provide(checkout, "dirname")
    write_program(checkout, "python3", "exit 1")
    assert "needs Python 3.11 or newer" in start(checkout, "run").stderr


def test_a_python_without_ensurepip_is_named(checkout):
    """As Debian's, without python3-venv: the environment is made, but pip does not get into it."""
    provide(checkout, "dirname", "mkdir", "id")
    inside = checkout / ".venv" / "bin" / "python"
    make_venv = f'test "$2" != venv || {{ mkdir -p "{inside.parent}"; : >"{inside}"; }}'
    write_program(checkout, "python3", make_venv)
    done = start(checkout, "run")
    assert done.returncode == 1
    assert "comes without ensurepip" in done.stderr


def test_what_is_installed_is_not_installed_again(checkout):
    provide(checkout, "dirname", "find", "head", "mv")
    inside = checkout / ".venv" / "bin"
    inside.mkdir(parents=True)
    for name, text in {"python": f'echo "$@" >>"{checkout}/calls"', "mailpit-py": 'echo "started $*"'}.items():
        write_program(checkout, name, text)
        shutil.move(checkout / "programs" / name, inside / name)
    (checkout / "pyproject.toml").touch()
    for _ in range(2):
        assert start(checkout, "run", "--max", "3").stdout == "started --max 3\n"
    assert (checkout / "calls").read_text().count("pip install") == 1
