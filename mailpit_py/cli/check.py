"""`mailpit-py check`: what is wrong with a message, for people and for CI."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from mailpit_py.checks import unsubscribe
from mailpit_py.checks.finding import Finding, Severity
from mailpit_py.checks.inspection import CHECKS, inspect
from mailpit_py.cli import junit, sarif
from mailpit_py.cli.remote import inbox_option, json_option, print_json, url_option
from mailpit_py.client import Client, ClientError
from mailpit_py.mail import Message, read

_ID = re.compile(r"[0-9A-Za-z]{22}")
LEVELS = [one.name.lower() for one in Severity]

Told = list[tuple[str, Finding]]


@click.command("check")
@click.argument("messages", nargs=-1, required=True, metavar="FILE|ID...")
@click.option("--only", multiple=True, type=click.Choice(tuple(CHECKS)), help="Only this check; may be repeated.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave findings with this code out; may be repeated.")
@click.option("--bulk", is_flag=True, help="Take it for bulk mail, which must have List-Unsubscribe.")
@click.option("--fail-on", default="warning", show_default=True, type=click.Choice(LEVELS), help="What counts.")
@click.option(
    "--junit", "junit_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a JUnit report here."
)
@click.option("--sarif", "sarif_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a SARIF log here.")
@json_option
@inbox_option
@url_option
@click.pass_context
def command(  # noqa: PLR0913 - click hands over one argument an option
    context: click.Context,
    /,
    messages: tuple[str, ...],
    only: tuple[str, ...],
    ignore: tuple[str, ...],
    bulk: bool,
    fail_on: str,
    junit_file: Path | None,
    sarif_file: Path | None,
    as_json: bool,
    inbox: str,
    url: str,
) -> None:
    """Say what is wrong with messages: files (`-` reads standard input), or ids of a running sandbox.

    Exits with 0 if nothing counts, with 1 if something does, with 2 if a message cannot be read.
    """
    told: Told = []
    for name in messages:
        message = read(_raw(name, url, inbox))
        found = inspect(message, only or tuple(CHECKS))
        found += _missing_unsubscribe(message, found) if bulk else []
        told += [(name, one) for one in found if one.code not in ignore]
    least = Severity[fail_on.upper()]
    counted = [(name, one) for name, one in told if one.severity >= least]
    if junit_file is not None:
        junit_file.write_text(_junit(messages, counted), "utf-8")
    if sarif_file is not None:
        sarif_file.write_text(sarif.document(told), "utf-8")
    _print(told, as_json=as_json)
    context.exit(1 if counted else 0)


def _raw(name: str, url: str, inbox: str) -> bytes:
    """Read a message. Raises UsageError, which ends the command with 2."""
    try:
        if name == "-":
            return sys.stdin.buffer.read()
        if _ID.fullmatch(name) and not Path(name).exists():
            return Client(url).octets(f"messages/{name}/raw", inbox=inbox)
        return Path(name).read_bytes()
    except (OSError, ClientError) as error:
        raise click.UsageError(f"{name}: {error}") from None


def _missing_unsubscribe(message: Message, found: list[Finding]) -> list[Finding]:
    return [one for one in unsubscribe.check_bulk(message) if one not in found]


def _print(told: Told, *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "message": name,
                    "code": one.code,
                    "severity": one.severity.name.lower(),
                    "text": one.text,
                    "advice": one.advice,
                }
                for name, one in told
            ]
        )
        return
    for name, one in told:
        click.echo(f"{name}: {one.severity.name.lower()}: {one} [{one.code}]")


def _junit(messages: tuple[str, ...], counted: Told) -> str:
    cases = []
    for name in messages:
        mine = [one for about, one in counted if about == name]
        failure = "" if not mine else mine[0].text if len(mine) == 1 else f"{len(mine)} things are wrong"
        cases.append(junit.Case(name, 0.0, failure, "\n".join(f"{one} [{one.code}]" for one in mine)))
    return junit.document("mailpit-py check", cases)
