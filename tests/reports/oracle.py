"""Parsers that nobody here wrote, asked about many files in one process each; skipped where they are absent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parent / "oracles"
CLIENTS = Path(__file__).parent.parent / "clients" / "node_modules"
SHARED = Path(__file__).parents[2].parent / "shared" / "reference"


def reference(name: str) -> Path:
    """A file or folder of the collected references, or a skip: genuine reports are not ours to publish."""
    place = Path(os.environ.get("MAILPIT_PY_REFERENCE", SHARED)) / name
    if not place.exists():
        pytest.skip(f"{name} is not here: MAILPIT_PY_REFERENCE names the folder that holds it")
    return place


def ask(script: str, files: Iterable[Path], *, package: str, probe: list[str]) -> dict[str, Any]:
    """What a script says about each file, by the file's stem. Skips if the parser's package is absent."""
    environment = os.environ | {"NODE_PATH": os.pathsep.join([str(CLIENTS), os.environ.get("NODE_PATH", "")])}
    if shutil.which(probe[0]) is None or subprocess.run(probe, capture_output=True, env=environment).returncode:
        pytest.skip(f"{package} is not installed")
    command = [probe[0], str(SCRIPTS / script), *map(str, files)]
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100)
    assert answer.returncode == 0, answer.stderr
    lines = [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("[")]
    return {Path(file).stem: facts for file, facts in lines}


def ask_sisimai(files: Iterable[Path]) -> dict[str, Any]:
    probe = ["perl", "-MSisimai", "-MJSON::PP", "-e1"]
    return ask("sisimai.pl", files, package="the Debian package libsisimai-perl", probe=probe)


def ask_bounce_parser(files: Iterable[Path]) -> dict[str, Any]:
    probe = ["perl", "-MMail::DeliveryStatus::BounceParser", "-MJSON::PP", "-e1"]
    package = "the Debian package libmail-deliverystatus-bounceparser-perl"
    return ask("bounce_parser.pl", files, package=package, probe=probe)


def ask_ruby(files: Iterable[Path]) -> dict[str, Any]:
    return ask("mail.rb", files, package="the Debian package ruby-mail", probe=["ruby", "-rmail", "-rjson", "-e1"])


def ask_email_bounce_parser(files: Iterable[Path]) -> dict[str, Any]:
    probe = ["node", "-e", "require('mailparser'); require.resolve('email-bounce-parser')"]
    return ask("email_bounce_parser.js", files, package="the npm package email-bounce-parser", probe=probe)
