"""`mailpit-py wait`: until a message comes. For shell scripts and CI, instead of a sleep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mailpit_py.cli import junit
from mailpit_py.cli.remote import inbox_option, json_option, print_json, url_option
from mailpit_py.client import Client, ClientError

LONGEST = 600
ROOM = 30  # seconds beyond the time to wait, for the answer itself
FILTERS = {
    "to": "An address of To, or a recipient of the envelope.",
    "cc": "An address of Cc.",
    "bcc": "A recipient that is neither in To nor in Cc.",
    "from": "An address of From, or MAIL FROM.",
    "subject": "Text in the subject.",
    "text": "Text in the readable text.",
    "html": "Text in the HTML source.",
    "attachment": "A file of this name; `*` for any.",
    "query": "A search, as in 'has:attachment -invoice'.",
}


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    for name, text in reversed(FILTERS.items()):
        command = click.option(f"--{name}", f"with_{name}", default="", help=text)(command)
    return command


@click.command("wait")
@_filters
@click.option("--header", multiple=True, metavar="NAME[:TEXT]", help="A header field, with this text; may be repeated.")
@click.option("--since", default="", metavar="CURSOR", help="Only what comes after this; `now`: after the start.")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1, 100), help="How many must match.")
@click.option("--none", "nothing", is_flag=True, help="Succeed if nothing matches until the end.")
@click.option("--timeout", default=10.0, show_default=True, type=click.FloatRange(0, LONGEST), help="Seconds to wait.")
@click.option("--junit", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write a JUnit report here.")
@json_option
@inbox_option
@url_option
@click.pass_context
def command(context: click.Context, /, url: str, as_json: bool, report: Path | None, **given: Any) -> None:
    """Wait until a message matches all that is given, and print its id.

    Exits with 0 when it has come, with 1 when time is up (and says which messages came and why they
    are not it), with 2 when the question cannot be asked.
    """
    query = {name: given[f"with_{name}"] for name in FILTERS}
    query |= {"header": "\n".join(given["header"]), "since": given["since"], "count": given["count"]}
    query |= {"none": "true" if given["nothing"] else "", "timeout": given["timeout"], "inbox": given["inbox"]}
    try:
        outcome = Client(url, timeout=given["timeout"] + ROOM).get("wait", **query)
    except ClientError as error:
        raise click.UsageError(str(error)) from None
    asked = ", ".join(f"{name} {value}" for name, value in query.items() if value and name in (*FILTERS, "header"))
    if report is not None:
        report.write_text(_report(asked, outcome, nothing=given["nothing"]), "utf-8")
    if as_json:
        print_json(outcome)
    else:
        _print(outcome, asked or "any message")
    context.exit(0 if outcome["ok"] else 1)


def _print(outcome: Any, asked: str) -> None:
    for message in outcome["messages"]:
        click.echo(message["id"])
    if not outcome["ok"]:
        click.echo(explanation(outcome, asked), err=True)


def _report(asked: str, outcome: Any, *, nothing: bool) -> str:
    name = f"{'no mail' if nothing else 'mail'}: {asked or 'any message'}"
    text = "" if outcome["ok"] else explanation(outcome, asked or "any message")
    case = junit.Case(name, outcome["waited_ms"] / 1000, text.partition("\n")[0], text)
    return junit.document("mailpit-py wait", [case])


def explanation(outcome: Any, asked: str) -> str:
    """Say in words why an outcome is not what was waited for: each message that came, with what is wrong with it."""
    lines = []
    if outcome["messages"]:
        number = len(outcome["messages"])
        lines.append(f"{number} {'message' if number == 1 else 'messages'} came: {asked}")
        lines += [f"  {_row(one)}" for one in outcome["messages"]]
    else:
        lines.append(f"nothing came within {outcome['waited_ms'] / 1000:.1f} s: {asked}")
    for near in outcome["near_misses"]:
        lines.append(f"  {_row(near['message'])}")
        lines += [f"    {one['filter']}: {one['wanted']} is not in {one['found']}" for one in near["mismatches"]]
    for attempt in outcome["refused"]:
        reply = attempt["reply"]
        lines.append(f"  refused at {attempt['stage']}: {reply['code']} {reply['status']} {reply['text']}")
    if outcome["unseen"]:
        lines.append(f"  {outcome['unseen']} came and were deleted before anybody could look at them")
    if outcome["closed"]:
        lines.append("  the sandbox stopped, or the token opens its inbox no more")
    return "\n".join(lines)


def _row(message: Any) -> str:
    return f"{message['subject']!r} to {', '.join(message['recipients']) or 'nobody'} ({message['id']})"
