"""Installed into an empty environment, the sandbox starts, takes a mail and shows its page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import smtplib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT, copy_of_checkout, empty_environment, run
from tests.process import Running, sandbox

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The Python of an environment that holds the wheel and what it asks for, and nothing else."""
    python = empty_environment(tmp_path_factory.mktemp("installed") / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel)
    return python


@pytest.fixture
def running(installed, tmp_path) -> Iterator[Running]:
    with sandbox([installed.with_name("mailpit-py")], tmp_path) as started:
        yield started


def test_the_page_and_its_script_are_served(running):
    page = running.get().decode()
    script = re.search(r'<script[^>]+src="([^"]+\.js)"', page)
    assert script, page
    assert len(running.get(script[1])) > 10_000


def test_a_mail_arrives(running):
    with smtplib.SMTP("127.0.0.1", running.smtp_port) as client:
        client.sendmail("app@example.org", ["ann@example.com"], "Subject: Installed\r\n\r\nIt works.\r\n")
    assert [item["subject"] for item in running.find("subject:installed")] == ["Installed"]


def test_it_stops_cleanly_when_told_to(running):
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0


def test_the_migrations_are_inside_the_package(installed, tmp_path):
    program = "from mailpit_py import resources; print(resources.migrations_directory())"
    answer = run(installed, "-c", program, cwd=tmp_path)
    folder = Path(answer.strip())
    assert "site-packages" in folder.parts
    assert (folder / "env.py").is_file()


def test_an_editable_install_reads_the_checkout(source, tmp_path):
    python = empty_environment(tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--editable", source)
    program = "from mailpit_py import resources as r; print(r.static_directory(), r.migrations_directory(), sep='\\n')"
    static, migrations = map(Path, run(python, "-c", program, cwd=tmp_path).split())
    assert (static / "index.html").is_file()
    assert migrations == source / "migrations"
    assert not list((tmp_path / "venv").rglob("site-packages/mailpit_py"))


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_without_node_the_page_is_built_with_the_package_from_the_index(tmp_path):
    """pip makes the build environment, and the hook asks for Node.js there, as on a machine without it."""
    copy = copy_of_checkout(tmp_path / "source")
    shutil.rmtree(copy / "mailpit_py" / "static", ignore_errors=True)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "env", "dirname", "uname", "sed", "basename"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path / "dist"]
    run(*pip, copy, env={**os.environ, "PATH": str(programs)})
    assert (copy / "mailpit_py" / "static" / "index.html").is_file()
