"""The examples of the documents that send mail, run as they stand but for the port."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import Running

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text("utf-8")
STARTED = (ROOT / "docs" / "getting-started.md").read_text("utf-8")


def block(text: str, language: str, word: str) -> str:
    """The one fenced block of a language with `word` in it."""
    (found,) = [one for one in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) if word in one]
    return found


def run(text: str, *command: str, port: int, folder: Path) -> None:
    """Give `text` to a program's standard input, with the sandbox's port in place of 1025."""
    moved = re.sub(r"\b1025\b", str(port), text)
    done = subprocess.run(command, input=moved, cwd=folder, stdout=-1, stderr=-2, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


def test_the_python_example_arrives_with_text_and_html(running: Running, tmp_path):
    run(block(STARTED, "python", "smtplib"), sys.executable, "-", port=running.smtp_port, folder=tmp_path)
    (found,) = running.find('subject:welcome from:acme to:ann "Hi Ann!"')
    assert found["has_html"]


def test_the_readme_shows_the_lines_of_a_start(running: Running):
    page_port = running.url.rpartition(":")[2].rstrip("/")
    said = running.said.replace(str(running.smtp_port), "1025").replace(page_port, "8025")
    assert said.replace("127.0.0.1", "localhost") == block(README, "text", "accessible via")


def test_the_api_has_the_addresses_of_its_document(running: Running):
    document = (ROOT / "docs" / "api.md").read_text("utf-8").replace("{id}", "{public_id}")
    documented = set(re.findall(r"`(?:GET|POST|PATCH|DELETE) /api/v2(/[^?`\s]*)", document))
    documented |= {f"/messages/{{public_id}}/{name}" for name in re.findall(r"`\.\.\./([^`]+)`", document)}
    served = {name.removeprefix("/api/v2") for name in json.loads(running.get("api/v2/openapi.json"))["paths"]}
    assert documented == served


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_readmes_first_mail_arrives(running: Running, tmp_path):
    example = block(README, "sh", "curl smtp").replace("Subject: Welcome", "Subject: First")
    run(example, "sh", "-es", port=running.smtp_port, folder=tmp_path)
    assert len(running.find("subject:first")) == 1


@pytest.mark.skipif(None in (shutil.which("curl"), shutil.which("swaks")), reason="needs curl and swaks")
def test_the_shell_examples_arrive(running: Running, tmp_path):
    (tmp_path / "mail.eml").write_text("Subject: From a file\n\nIt works.\n")
    before = len(running.find("to:ann"))
    run(block(STARTED, "sh", "swaks"), "sh", "-es", port=running.smtp_port, folder=tmp_path)
    assert len(running.find("to:ann")) == before + 2


@pytest.mark.skipif(shutil.which("msmtp") is None, reason="needs msmtp")
def test_the_command_for_php_takes_addresses_from_the_header(running: Running, tmp_path):
    line = block(STARTED, "ini", "sendmail_path")
    command = re.search(r'"(.+)"', line)[1].replace("1025", str(running.smtp_port)).split()
    mail = "From: php@example.org\nTo: ann@example.com\nSubject: From PHP\n\nIt works.\n"
    run(mail, *command, port=running.smtp_port, folder=tmp_path)
    (found,) = running.find('subject:"From PHP"')
    assert (found["reverse_path"], found["recipients"]) == ("php@example.org", ["ann@example.com"])
