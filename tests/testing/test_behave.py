"""The example for behave, run by behave as it stands in docs/testing.md."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = re.findall(
    r"`(features/[\w./]+)`[^`]*?:\n\n```(?:py|gherkin)\n(.*?)^```",
    (ROOT / "docs/testing.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


def behave(folder: Path) -> subprocess.CompletedProcess[str]:
    for name, text in FILES:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    command = [sys.executable, "-m", "behave", "--no-color", "--format", "plain"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.timeout(300)
def test_the_example_for_behave_passes(tmp_path: Path) -> None:
    assert [name for name, _ in FILES] == [
        "features/environment.py",
        "features/steps/mail.py",
        "features/sign_up.feature",
    ]
    done = behave(tmp_path)
    assert "2 scenarios passed, 0 failed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.timeout(300)
def test_a_scenario_whose_mail_is_another_fails_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [(name, text.replace('mail "Welcome"', 'mail "Goodbye"')) for name, text in FILES]
    monkeypatch.setattr(sys.modules[__name__], "FILES", wrong)
    done = behave(tmp_path)
    assert done.returncode == 1
    assert "'Goodbye' is not in 'Welcome'" in done.stdout
