"""`version`, `completion` and `readyz`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailpit_py import __version__
from mailpit_py.node import Node
from tests.cli.conftest import invoke
from tests.process import ROOT


def test_the_version_is_said_with_what_it_runs_on() -> None:
    said = invoke("version", "--no-release-check").output
    assert said.startswith(f"mailpit-py {__version__} on ")
    assert sys.version.split()[0] in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell: str) -> None:
    script = invoke("completion", shell).output
    assert "_MAILPIT_PY_COMPLETE" in script
    assert "mailpit-py" in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("sen", {"sendmail"}),
        ("dump --f", {"--format"}),
        ("dump --format m", {"mbox", "maildir"}),
        ("--smtp-req", {"--smtp-require-starttls", "--smtp-require-tls", "--smtp-require-auth"}),
    ],
)
def test_bash_completes(tmp_path: Path, typed: str, completed: set[str]) -> None:
    program = tmp_path / "mailpit-py"
    program.write_text(f"#!{sys.executable}\nfrom mailpit_py.cli.program import run\nrun()\n")
    program.chmod(0o755)
    words = ["mailpit-py", *typed.split(" ")]
    asked = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; COMP_TYPE=9"
    shown = "printf '%s\\n' \"${COMPREPLY[@]}\""
    script = "\n".join([invoke("completion", "bash").output, asked, "_mailpit_py_completion mailpit-py", shown])
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) == completed, done.stderr


@pytest.mark.parametrize("text", ["30", "0.5", "500ms", "1m30s", "2h"])
def test_readyz_takes_times_as_mailpit_does(node: Node, text: str) -> None:
    where = f"127.0.0.1:{node.ports['listen']}"
    assert invoke("readyz", "--listen", where, "--wait", "--timeout", text).exit_code == 0


@pytest.mark.parametrize("text", ["", "s", "1x", "1m 30s", "-1"])
def test_readyz_says_how_a_time_is_written(text: str) -> None:
    result = invoke("readyz", "--timeout", text)
    assert (result.exit_code, "write it as 30, 30s or 1m30s" in result.output) == (2, True)


def test_readyz_gives_up_when_its_time_is_over() -> None:
    result = invoke("readyz", "--listen", "127.0.0.1:9", "--wait", "--timeout", "20ms")
    assert (result.exit_code, "http://127.0.0.1:9/readyz is not ready" in result.output) == (1, True)
