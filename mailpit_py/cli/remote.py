"""What commands that work on a running sandbox share: where it is, and how its problems are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from mailpit_py.client import DEFAULT_URL, Client, ClientError

Command = TypeVar("Command", bound=Callable[..., Any])


def url_option(command: Command) -> Command:
    """Give a command `--url`: the page's address of the sandbox that it works on."""
    return click.option(
        "--url",
        envvar="MP_URL",
        default=DEFAULT_URL,
        show_default=True,
        help="The page's address of the running sandbox; name:password@ logs in. [MP_URL]",
    )(command)


def inbox_option(command: Command) -> Command:
    """Give a command `--inbox`."""
    text = "The inbox that is meant; the first one without it, or the token's."
    return click.option("--inbox", default="", metavar="NAME", help=text)(command)


def json_option(command: Command) -> Command:
    """Give a command `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


@contextmanager
def sandbox_at(url: str, inbox: str = "") -> Iterator[Client]:
    """Lend a client; what the sandbox refuses is told with every field, and the command ends with 1."""
    client = Client(url)
    client.inbox = inbox
    try:
        yield client
    except ClientError as error:
        raise click.ClickException(str(error)) from None


def print_json(value: Any) -> None:
    """Print a value as people read JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows with their columns aligned."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
