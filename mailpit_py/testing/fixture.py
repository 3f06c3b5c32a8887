"""What the plugin's fixtures are made of, imported when the first test asks for mail."""

from __future__ import annotations

import os
from typing import Any

import pytest

from mailpit_py.testing.apps import env
from mailpit_py.testing.local import HOST, Mailpit
from mailpit_py.testing.message import Message
from mailpit_py.testing.remote import Remote
from mailpit_py.testing.source import Place


def make_server(url: str, port: str, timeout: float) -> Mailpit | Remote:
    """Return the server of this process: the one at `url`, else a new one, on `port` plus the worker's number."""
    if url:
        return Remote(url, timeout=timeout)
    if port:
        return Mailpit(timeout=timeout, smtp=f"{HOST}:{base_port(port) + worker_number()}")
    return Mailpit(timeout=timeout)


def base_port(text: str) -> int:
    """Return the number of a port. Raises UsageError."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise pytest.UsageError(f"--mailpit-port: write the number of a port, not {text!r}")
    return int(text)


def worker_number() -> int:
    """Return n in the worker gwn of pytest-xdist, 0 without."""
    digits = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    return int(digits) if digits.isdigit() else 0


def page_of(request: pytest.FixtureRequest) -> Any:
    """Return the browser's page that another plugin has. Raises UsageError if none does."""
    try:
        return request.getfixturevalue("page")
    except pytest.FixtureLookupError:
        raise pytest.UsageError("mailpit_page needs pytest-playwright, or a fixture `page` as it has") from None


def opened(page: Any, message: Message) -> Any:
    """Open a message on the server's page."""
    page.goto(message.url)
    return page


class Early:
    """A server that is there before any settings load, and the variables that say where it is."""

    def __init__(self, url: str, port: str, timeout: float) -> None:
        self.server = make_server(url, port, timeout)
        self._port = base_port(port) if port else 0
        self._before: dict[str, str | None] = {}

    def start(self, names: list[str], *, runs_tests: bool) -> None:
        """Set the variables of these names, or all (`true`); without tests nobody will send, and nothing is started."""
        if isinstance(self.server, Remote):
            self.server.isolate()  # the app will log in as this process, whichever test it sends for
        if runs_tests or isinstance(self.server, Remote):
            values = self.server.start().env()
        else:
            values = env(Place(HOST, self._port, f"http://{HOST}/"))
        wanted = list(values) if names[0].lower() in ("true", "1", "yes", "on") else names
        if unknown := ", ".join(name for name in wanted if name not in {*values, "SSL_CERT_FILE"}):
            raise pytest.UsageError(f"mailpit_env: there is no {unknown}; there are {', '.join(values)}")
        self._before = {name: os.environ.get(name) for name in wanted}
        os.environ.update({name: values[name] for name in wanted if name in values})

    def stop(self) -> None:
        """Stop the server, and put the variables back as they were."""
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self.server.stop()
