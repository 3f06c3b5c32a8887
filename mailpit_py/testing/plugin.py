"""The pytest plugin: fixtures, options and reports. Loaded at every start of pytest, so it imports nothing else."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from mailpit_py.testing.fixture import Early
    from mailpit_py.testing.local import Mailpit
    from mailpit_py.testing.remote import Remote
    from mailpit_py.testing.view import View

VIEWS: pytest.StashKey[list[View]] = pytest.StashKey()
EARLY: pytest.StashKey[Early] = pytest.StashKey()
PAGE: pytest.StashKey[Any] = pytest.StashKey()
URL, ARTIFACTS, PORT = "mailpit_py_url", "mailpit_py_artifacts", "mailpit_py_port"
MARKER = (
    "mailpit(**options): give this test a mail server of its own with these options, such as tls=True, "
    'auth=("ann", "secret") or any option of the sandbox by name; timeout=SECONDS alone only changes how long it waits'
)


# options


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings of the configuration file."""
    parser.addini("mailpit_timeout", "seconds that a wait for mail has (5)")
    parser.addini("mailpit_autouse", "point Django at the mail server in every test", type="bool", default=False)
    parser.addini("mailpit_env", "set these variables before settings load; true for all of them", type="args")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Set variables before Django's settings load; add options after all others, so that no project's is in the way."""
    _keep_as_written(early_config)
    _start_early(early_config, args)
    yield
    group = parser.getgroup("mailpit-py", "mail server of the tests")
    for name, dest, metavar, words in (
        ("--mailpit-url", URL, "URL", "use the mail server whose page is at URL (mailpit-py or Mailpit)"),
        ("--mailpit-artifacts", ARTIFACTS, "DIR", "keep the mail of failed tests in DIR"),
        ("--mailpit-port", PORT, "BASE", "take SMTP port BASE; worker gwN of pytest-xdist takes BASE+N"),
    ):
        try:
            group.addoption(name, dest=dest, metavar=metavar, help=words)
        except (ValueError, argparse.ArgumentError):  # the project's own; it keeps it, and we do without
            continue


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", MARKER)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop a server that was started before the settings loaded, and take its variables back."""
    early = config.stash.get(EARLY, None)
    if early is not None:
        early.stop()


def _keep_as_written(config: pytest.Config) -> None:
    """Let pytest import our modules as they are, although it rewrites what comes with a plugin.

    Parsing them all takes a second or two wherever no bytecode of before is found, as in CI, and
    CPython's parser may fail where two threads use it, as our server and a test do at its start.
    """
    hook = getattr(config.pluginmanager, "rewrite_hook", None)
    getattr(hook, "_must_rewrite", set()).discard(__name__.partition(".")[0])


def _start_early(config: pytest.Config, args: list[str]) -> None:
    """With `mailpit_env`, start the server and set variables."""
    if names := config.getini("mailpit_env"):
        from mailpit_py.testing.fixture import Early

        given = {name: _argument(args, name) for name in ("url", "port")}
        early = config.stash[EARLY] = Early(given["url"], given["port"], _timeout(config))
        early.start(names, runs_tests=not _is_controller(args))


def _is_controller(args: list[str]) -> bool:
    """True for the process of pytest-xdist that only hands tests to others."""
    parallel = any(arg.startswith(("-n", "--numprocesses", "--dist")) for arg in args)
    return parallel and "PYTEST_XDIST_WORKER" not in os.environ


def _argument(args: list[str], name: str) -> str:
    """Read an option that pytest has not parsed yet."""
    for place, arg in enumerate(args):
        flag, equals, value = arg.partition("=")
        if flag == f"--mailpit-{name}":
            return value if equals else "".join(args[place + 1 : place + 2])
    return ""


def _timeout(config: pytest.Config) -> float:
    from mailpit_py.testing.view import TIMEOUT

    text = config.getini("mailpit_timeout")
    try:
        return float(text) if text else TIMEOUT
    except ValueError:
        raise pytest.UsageError(f"mailpit_timeout: write seconds, as in 30, not {text!r}") from None


# fixtures


@pytest.fixture(scope="session")
def mailpit_server(request: pytest.FixtureRequest) -> Iterator[Mailpit | Remote]:
    """The mail server of this process: started once, on free ports; with --mailpit-url the one that runs there.

    `mailpit_server.view()` gives a view of the mail from now on.
    """
    from mailpit_py.testing.fixture import make_server

    config = request.config
    early = config.stash.get(EARLY, None)
    if early is not None:
        yield early.server
        return
    url, port = config.getoption(URL, None) or "", config.getoption(PORT, None) or ""
    server = make_server(url, port, _timeout(config))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailpit_factory(request: pytest.FixtureRequest) -> Iterator[Callable[..., View]]:
    """A function that starts another mail server, with options as of Mailpit, and gives a view of it."""
    from contextlib import ExitStack

    from mailpit_py.testing.local import Mailpit

    with ExitStack() as stack:

        def make(**options: Any) -> View:
            options.setdefault("timeout", _timeout(request.config))
            view = stack.enter_context(Mailpit(**options))
            _remember(request, view)
            return view

        yield make


@pytest.fixture
def mailpit(request: pytest.FixtureRequest) -> Iterator[View]:
    """The mail of this test: empty at its start, since nothing that came before is seen."""
    marker = request.node.get_closest_marker("mailpit")
    options = dict(marker.kwargs) if marker else {}
    if options.keys() - {"timeout"}:
        yield request.getfixturevalue("mailpit_factory")(**options)
        return
    view = request.getfixturevalue("mailpit_server").view(timeout=options.get("timeout"))
    _remember(request, view)
    yield view
    view.close()


@pytest.fixture
def mailpit_page(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """A function that opens a message in the browser of pytest-playwright, and gives the browser's page."""
    from mailpit_py.testing.fixture import opened, page_of

    page = request.node.stash[PAGE] = page_of(request)
    return lambda message: opened(page, message)


@pytest.fixture
def mailpit_django(mailpit: View) -> Iterator[View]:
    """Let Django send its mail to the server for this test, instead of keeping it in `mail.outbox`."""
    from mailpit_py.testing.django import sending_to

    with sending_to(mailpit.place):
        yield mailpit


def pytest_itemcollected(item: pytest.Item) -> None:
    """With `mailpit_autouse`, use mailpit_django in every test that does not look at Django's own outbox."""
    if item.config.getini("mailpit_autouse") is not True:
        return
    names: list[str] = getattr(item, "fixturenames", ["mailoutbox"])  # a document's test has no fixtures
    if "mailoutbox" not in names and "mailpit_django" not in names:
        names.append("mailpit_django")


def _remember(request: pytest.FixtureRequest, view: View) -> None:
    request.node.stash.setdefault(VIEWS, []).append(view)


# reports


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the mail of a failed test in its report, and keep it with --mailpit-artifacts."""
    report = yield
    views = item.stash.get(VIEWS, None)
    if views and report.when == "call" and report.failed:
        from mailpit_py.testing.artifact import keep, sections

        report.sections += sections(views)
        folder: str | Path | None = item.config.getoption(ARTIFACTS, None)
        if folder:
            keep(views, folder, item.nodeid, item.stash.get(PAGE, None))
    return report
