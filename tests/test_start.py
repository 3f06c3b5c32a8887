"""What the start waits for: nothing is loaded before the first SMTP banner that the banner does not need."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from mailpit_py.cli.serve import uncollected

# A library and why it can wait: what it is needed for comes later, or only to some.
LATER = {
    "flask": "the page, whose requests wait in the backlog",
    "pydantic": "the API",
    "selectolax": "HTML of a mail",
    "alembic": "a database of an older version",
    "trustme": "certificates made here",
    "platformdirs": "the place of their authority",
    "bcrypt": "a password",
    "http.client": "commands that ask a running sandbox",
    "urllib.request": "commands that ask a running sandbox",
    "mailpit_py.cli.rules": "another command",
    "mailpit_py.api": "the page and the API",
    "mailpit_py.reports": "a bounce, which follows a message",
    "mailpit_py.webhooks.request": "an event to tell",
    "mailpit_py.outbound.fetcher": "what leaves this machine, which little does",
    "mailpit_py.outbound.relay": "mail that goes on",
    "httpx2": "what leaves by HTTP",
    "aiosmtplib": "what leaves by SMTP",
    "cryptography": "certificates made here",
    "sqlalchemy.orm": "nothing here",
}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that are there when a node can begin to listen."""
    code = "import sys, mailpit_py.cli, mailpit_py.node; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("module", LATER)
def test_the_banner_does_not_wait_for(module, loaded):
    assert module not in loaded, f"it is there for {LATER[module]}: import it where it is used"


def test_a_health_check_of_the_image_loads_next_to_nothing():
    code = "import sys, mailpit_py.cli.container, mailpit_py.cli.readyz; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "mailpit_py.storage", "mailpit_py.node", "asyncio"} & set(done.stdout.split())


def test_garbage_is_collected_again_after_the_start():
    frozen = gc.get_freeze_count()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
