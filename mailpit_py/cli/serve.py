"""`mailpit-py` and `mailpit-py serve`: run the sandbox until it is told to stop."""

from __future__ import annotations

import difflib
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from mailpit_py.cli.ending import Ending
from mailpit_py.cli.options import SettingsByTheme, given_to, options_of_config
from mailpit_py.config import Config, from_values, options
from mailpit_py.errors import ConfigError, MailpitError, PlaceTaken

logger = logging.getLogger(__name__)

SWITCH_SECONDS = 0.0005
VARIABLES_OF_COMMANDS = frozenset({"MP_CONFIG", "MP_URL", "MP_SENDMAIL_FROM", "MP_SENDMAIL_SMTP_ADDR"})


@click.command("serve", cls=SettingsByTheme, params=options_of_config())
@click.pass_context
def command(context: click.Context, /, **values: object) -> None:
    """Run the sandbox: the same, with the same options, as no command at all."""
    context.exit(run(given_to(context, values)))


def run(values: Mapping[str, Any]) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code. Raises ClickException for what a user can mend."""
    try:
        with Ending() as ending:
            config = from_values(values)
            configure_logging(config)
            for words in unknown_variables(os.environ):
                logger.warning("%s", words)
            serve(config, ending.wait)
    except PlaceTaken as error:
        raise click.ClickException(str(error)) from None
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    except (MailpitError, OSError) as error:
        raise click.ClickException(str(error)) from None
    return 0


def serve(config: Config, wait: Callable[[], object]) -> None:
    """Start a node, say where it listens, and stop it when `wait` returns.

    Threads give up the interpreter to each other after half a millisecond in place of five: the
    loop and the writer need it in turn for less than that, and on a busy machine each waited out the other.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    with ExitStack() as stack:
        with uncollected():
            from mailpit_py.node import Node

            node = stack.enter_context(Node(config))
        if config.verbose or not config.quiet:
            for line in node.announcements():
                print_line(line)
        wait()


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect no garbage meanwhile, and look at what is there afterwards never again.

    Modules live as long as the process: to search them for garbage while they load takes a seventh of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def print_line(line: str) -> None:
    """Write one line to standard output at once; the address of the page stands out on a terminal."""
    head, address, tail = line.partition("http")
    if "accessible via" in head and sys.stdout.isatty():
        line = head + click.style(address + tail, fg="green", bold=True)
    click.echo(line)
    sys.stdout.flush()


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each MP_* variable that is outdated or means nothing here, with the one to use instead."""
    known = {one.variable for one in options()} | VARIABLES_OF_COMMANDS
    outdated = {old: one.variable for one in options() for old in one.old_variables}
    sentences = [f"{name} is deprecated, use {outdated[name]}" for name in sorted(environment) if name in outdated]
    known |= outdated.keys()
    for name in sorted(name for name in environment if name.startswith("MP_") and name not in known):
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
        sentences.append(f"{name} has no effect here" + (f"; is {close[0]} meant?" if close else ""))
    return sentences


def configure_logging(config: Config) -> None:
    """Send the log to standard error, or to the file that was asked for; warnings and above unless told."""
    try:
        handler = logging.FileHandler(Path(config.log_file)) if config.log_file else logging.StreamHandler()
    except OSError as error:
        raise ConfigError(f"--log-file: cannot write {config.log_file}: {error.strerror}") from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("mailpit_py")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.DEBUG if config.verbose else logging.ERROR if config.quiet else logging.WARNING)
