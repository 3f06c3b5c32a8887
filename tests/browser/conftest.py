"""A real sandbox, real SMTP and a real browser. Every page must end without an error and without a CSP violation."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.resources import static_directory

HERE = Path(__file__).parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
expect.set_options(timeout=20_000)  # a busy machine is no failure
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


# Not for the session: while it is up, playwright keeps an event loop running in this thread, and asyncio.run fails.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file; without it, or without the built page, they are skipped."""
    if not (static_directory() / "index.html").is_file():
        pytest.skip("the page is not built: npm ci && npm run build in web/")
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, NAMES)), None) or playwright.chromium.executable_path
        if not Path(program).exists():
            pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def run() -> Iterator[Callable[..., Node]]:
    """Start sandboxes that end with the test."""
    with contextlib.ExitStack() as stack:

        def start(**options: Any) -> Node:
            return stack.enter_context(Node(Config(**{"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", **options})))

        yield start


@pytest.fixture
def node(run: Callable[..., Node]) -> Node:
    """A sandbox with the defaults."""
    return run()


@dataclass
class Window:
    """What went wrong in a page; `expected` are parts of messages that the test provokes itself."""

    problems: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self, page: Page) -> None:
        """Note errors of scripts and of the console, CSP violations among them."""
        page.on("pageerror", lambda error: self.problems.append(f"{error}"))
        page.on("console", lambda said: said.type == "error" and self.problems.append(said.text))

    def unexpected(self) -> list[str]:
        """The problems that no test asked for."""
        return [one for one in self.problems if not any(part in one for part in self.expected)]


@pytest.fixture
def watched() -> Iterator[Window]:
    """The problems of all pages of a test; there must be none."""
    window = Window()
    yield window
    assert window.unexpected() == []


@pytest.fixture
def visit(browser: Browser, watched: Window) -> Iterator[Callable[..., Page]]:
    """Open addresses in windows of their own, wide ones unless told otherwise."""
    with contextlib.ExitStack() as stack:

        def open_page(url: str, *, width: int = 1440, height: int = 900, **options: Any) -> Page:
            context = browser.new_context(viewport={"width": width, "height": height}, **options)
            stack.callback(context.close)
            context.set_default_timeout(60_000)
            page = context.new_page()
            watched.watch(page)
            page.goto(url)
            return page

        yield open_page
