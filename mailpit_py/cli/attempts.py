"""`mailpit-py attempts ...`: what a running sandbox refused, and the tries of one mail."""

from __future__ import annotations

from typing import Any

import click

from mailpit_py.cli.remote import inbox_option, json_option, print_json, print_table, sandbox_at, url_option
from mailpit_py.simulation.decision import Trigger


@click.group("attempts")
def command() -> None:
    """Show refused mail and all tries of one mail: who, when, at which stage, what was answered and why.

    \b
    mailpit-py attempts list --recipient greylist@bounce.test
    mailpit-py attempts timeline 7ubxl4niVPdwQpNJ0noILE
    """


@command.command("list")
@click.option("--recipient", default="", help="Only those with this recipient.")
@click.option("--rule", default="", help="Only those that this rule or address decided.")
@click.option("--trigger", type=click.Choice([one.value for one in Trigger]), help="Only those that this decided.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")
@inbox_option
@url_option
@json_option
def list_attempts(inbox: str, url: str, as_json: bool, **query: Any) -> None:
    """List what came to no message, the newest first."""
    with sandbox_at(url, inbox) as client:
        items = client.get("attempts", **{key: value for key, value in query.items() if value is not None})["items"]
    if as_json:
        print_json(items)
        return
    print_table([(one["id"], one["received_at"], *_answer(one), _recipients(one), _decided(one)) for one in items])


@command.command("timeline")
@click.argument("identifier", metavar="ID")
@inbox_option
@url_option
@json_option
def show_timeline(identifier: str, inbox: str, url: str, as_json: bool) -> None:
    """Show all tries of the mail to which the message or attempt ID belongs, with the pause before each."""
    with sandbox_at(url, inbox) as client:
        timeline = client.get(f"attempts/{identifier}/timeline")
    if as_json:
        print_json(timeline)
        return
    print_table([(one["at"], _pause(one), *_answer(one), _recipients(one), _decided(one)) for one in timeline["tries"]])


def _answer(one: dict[str, Any]) -> tuple[str, str]:
    reply = one["reply"]
    return one["stage"], f"{reply['code']} {reply['status']}".rstrip()


def _recipients(one: dict[str, Any]) -> str:
    return ", ".join(to["address"] for to in one["recipients"])


def _decided(one: dict[str, Any]) -> str:
    """Return what decided about a try, or about one of its recipients; empty for the usual course."""
    causes = (one["cause"], *(to.get("cause") for to in one["recipients"]))
    cause = next((each for each in causes if each), None)
    if cause is None:
        return ""
    number = f", try {cause['count']}" if cause["count"] else ""
    return f"{cause['trigger']} {cause['rule']}{number}"


def _pause(one: dict[str, Any]) -> str:
    return "" if one["pause_ms"] is None else f"+{one['pause_ms'] / 1000:.3f}s"
