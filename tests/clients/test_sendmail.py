"""Programs that call sendmail: PHP by its setting, and a dialogue over the standard streams."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import ROOT, Running

PROGRAM = [sys.executable, "-m", "mailpit_py"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}


@pytest.mark.skipif(shutil.which("php") is None, reason="needs php (Debian: php-cli)")
def test_php_sends_by_its_setting_sendmail_path(running: Running, environment: dict[str, str]) -> None:
    path = f"{sys.executable} -m mailpit_py sendmail -t -i -S 127.0.0.1:{running.smtp_port}"
    code = """
        $headers = ["From" => "Shop <shop@example.org>", "Cc" => "carl@example.com", "Bcc" => "dora@example.com"];
        $text = "Zeile 1\\n.\\nZeile 3\\n";
        exit(mail("ann@example.com", "Grüße von PHP", $text, $headers, "-fbounces@example.org") ? 0 : 1);
    """
    done = subprocess.run(["php", "-n", "-d", f"sendmail_path={path}", "-r", code], env=environment, check=False)
    assert done.returncode == 0
    (found,) = running.find("subject:PHP")
    assert (found["reverse_path"], found["subject"]) == ("bounces@example.org", "Grüße von PHP")
    assert sorted(found["recipients"]) == ["ann@example.com", "carl@example.com", "dora@example.com"]
    raw = running.get(f"api/v2/messages/{found['id']}/raw")
    assert b"\r\nZeile 1\r\n.\r\nZeile 3\r\n" in raw
    assert b"Bcc" not in raw


@pytest.mark.skipif(shutil.which("php") is None, reason="needs php (Debian: php-cli)")
def test_php_learns_that_no_sandbox_is_there(environment: dict[str, str]) -> None:
    path = f"{sys.executable} -m mailpit_py sendmail -t -S 127.0.0.1:9"
    code = 'exit(mail("ann@example.com", "x", "y") ? 0 : 3);'
    command = ["php", "-n", "-d", f"sendmail_path={path}", "-r", code]
    assert subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 3


def test_a_dialogue_over_the_standard_streams(running: Running, environment: dict[str, str]) -> None:
    said = "HELO me\nMAIL FROM:<>\nRCPT TO:<ann@example.com>\nDATA\nSubject: Over pipes\n\nHi\n.\nQUIT\n"
    command = [*PROGRAM, "sendmail", "-bs", "-S", f"127.0.0.1:{running.smtp_port}"]
    done = subprocess.run(command, input=said, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert [line[:3] for line in done.stdout.splitlines()] == ["220", "250", "250", "250", "354", "250", "221"]
    (found,) = running.find('subject:"Over pipes"')
    assert found["reverse_path"] == ""


def test_a_link_gives_it_the_name_that_scripts_know(
    running: Running, environment: dict[str, str], tmp_path: Path
) -> None:
    program = tmp_path / "mailpit-py"
    program.write_text(f"#!{sys.executable}\nfrom mailpit_py.cli.program import run\nrun()\n")
    program.chmod(0o755)
    (tmp_path / "mailpit").symlink_to(program)
    port = running.url.rsplit(":", 1)[1].rstrip("/")
    asked = [tmp_path / "mailpit", "readyz", "-l", f"127.0.0.1:{port}"]
    assert subprocess.run(asked, env=environment, check=False).returncode == 0
    sent = [tmp_path / "mailpit", "sendmail", "-S", f"127.0.0.1:{running.smtp_port}"]
    subprocess.run(sent, input="To: ann@example.com\nSubject: By a link\n\n", text=True, env=environment, check=True)
    assert running.find('subject:"By a link"')


def test_the_name_of_the_program_makes_it_sendmail(
    running: Running, environment: dict[str, str], tmp_path: Path
) -> None:
    program = tmp_path / "sendmail"
    program.write_text(f"#!{sys.executable}\nfrom mailpit_py.cli.program import run\nrun()\n")
    program.chmod(0o755)
    variables = environment | {"MP_SENDMAIL_SMTP_ADDR": f"127.0.0.1:{running.smtp_port}"}
    done = subprocess.run(
        [program, "-t", "-i"], input="To: ann@example.com\nSubject: By name\n\n", text=True, env=variables
    )
    assert done.returncode == 0
    assert running.find('subject:"By name"')
    assert subprocess.run([program, "-bx"], stderr=subprocess.PIPE, env=environment, check=False).returncode == 64
