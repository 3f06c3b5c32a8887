"""`mailpit-py` and `mailpit-py serve`: run the sandbox until it is told to stop."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import click

from mailpit_py.config import Config, from_values
from mailpit_py.errors import ConfigError, MailpitError


@click.command("serve")
@click.pass_context
def command(context: click.Context) -> None:
    """Run the sandbox (the same as no command at all)."""
    context.exit(run(context.obj))


def run(values: Mapping[str, Any]) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code. Raises ClickException for what a user can mend."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    try:
        config = from_values(values)
        configure_logging(config)
        serve(config, stop)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    except (MailpitError, OSError) as error:
        raise click.ClickException(str(error)) from None
    return 0


def serve(config: Config, stop: threading.Event) -> None:
    """Start a node, say where it listens, and wait for `stop`."""
    from mailpit_py.node import Node

    with Node(config) as node:
        if not config.quiet:
            for line in node.announcements():
                print_line(line)
        stop.wait()


def print_line(line: str) -> None:
    """Write one line to standard output at once; the address of the page stands out on a terminal."""
    head, address, tail = line.partition("http")
    if "accessible via" in head and sys.stdout.isatty():
        line = head + click.style(address + tail, fg="green", bold=True)
    click.echo(line)
    sys.stdout.flush()


def configure_logging(config: Config) -> None:
    """Send the log to standard error, or to the file that was asked for; warnings and above unless told."""
    handler = logging.FileHandler(Path(config.log_file)) if config.log_file else logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("mailpit_py")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.DEBUG if config.verbose else logging.ERROR if config.quiet else logging.WARNING)
