"""`mailpit-py inboxes ...`: places for mail apart from each other in a running sandbox, and their tokens."""

from __future__ import annotations

from typing import Any

import click

from mailpit_py.cli.remote import json_option, print_json, print_table, sandbox_at, url_option
from mailpit_py.quantity import seconds_of

WAYS = ("plus", "header", "auth", "domain")


def settings(command: Any) -> Any:
    """Give a command the options of an inbox."""
    for name, metavar, words in (
        ("--max-bytes", "N", "Keep so many bytes of messages; 0 sets no limit."),
        ("--max-age", "AGE", "Keep messages so long, as in 12h; 0 for ever."),
        ("--max", "N", "Keep so many messages; 0 keeps all."),
        ("--ttl", "AGE", "Remove the inbox so long after its last use, as in 1h; 0 for never."),
    ):
        command = click.option(name, metavar=metavar, help=words)(command)
    return command


@click.group("inboxes", invoke_without_command=True)
@url_option
@json_option
@click.pass_context
def command(context: click.Context, url: str, as_json: bool) -> None:
    """List, make and remove inboxes, and issue tokens that open one of them and nothing else.

    \b
    mailpit-py inboxes                      # list them
    mailpit-py inboxes add team-a           # make one, and print its token
    mailpit-py inboxes add --ttl 1h         # one with a name of its own, gone after an hour without use
    mailpit-py inboxes token team-a         # another token; the one before opens nothing any more
    mailpit-py inboxes route plus auth      # let mail name its inbox: ann+team-a@..., or the login
    """
    if context.invoked_subcommand is None:
        with sandbox_at(url) as client:
            inboxes = client.get("inboxes")["items"]
        if as_json:
            print_json(inboxes)
            return
        print_table([_row(one) for one in inboxes])


@command.command("add")
@click.argument("name", default="")
@click.option("--no-token", is_flag=True, help="Issue no token.")
@settings
@url_option
@json_option
def add_inbox(name: str, no_token: bool, url: str, as_json: bool, **given: str | None) -> None:
    """Make an inbox, and print its token, which is shown this once."""
    with sandbox_at(url) as client:
        made = client.post("inboxes", {"name": name, "token": not no_token, **_settings(given)})
    _tell(made, as_json=as_json)


@command.command("show")
@click.argument("name")
@url_option
def show_inbox(name: str, url: str) -> None:
    """Show one inbox."""
    with sandbox_at(url) as client:
        print_json(client.get(f"inboxes/{name}"))


@command.command("set")
@click.argument("name")
@settings
@url_option
def change_inbox(name: str, url: str, **given: str | None) -> None:
    """Change how long an inbox lives and what it keeps."""
    changes = _settings(given)
    if not changes:
        raise click.UsageError("say what to change, as in --max 1000")
    with sandbox_at(url) as client:
        print_json(client.patch(f"inboxes/{name}", changes))


@command.command("token")
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Only take the token back.")
@url_option
@json_option
def issue_token(name: str, revoke: bool, url: str, as_json: bool) -> None:
    """Issue another token of an inbox; the one before opens nothing any more."""
    with sandbox_at(url) as client:
        if revoke:
            client.delete(f"inboxes/{name}/token")
            return
        issued = client.post(f"inboxes/{name}/token", {})
    _tell(issued, as_json=as_json)


@command.command("delete")
@click.argument("name")
@url_option
def delete_inbox(name: str, url: str) -> None:
    """Remove an inbox with its mail, rules and sinks."""
    with sandbox_at(url) as client:
        client.delete(f"inboxes/{name}")


@command.command("route")
@click.argument("ways", nargs=-1, type=click.Choice(WAYS))
@click.option("--off", is_flag=True, help="Let all mail be in one inbox, but what keys and tokens lead elsewhere.")
@click.option("--header", help="The field of the way `header`.")
@url_option
def route(ways: tuple[str, ...], off: bool, header: str | None, url: str) -> None:
    """Show or set what names the inbox of a mail, in this order, until the next start."""
    with sandbox_at(url) as client:
        routing = client.get("routing")
        if ways or off or header:
            by = [] if off else list(ways) or routing["by"]
            routing = client.put("routing", {"by": by, "header": header or routing["header"]})
    click.echo(f"{' '.join(routing['by']) or 'nothing'}  ({routing['header']})")


def _settings(given: dict[str, str | None]) -> dict[str, int | None]:
    """Read the options that were given. Raises UsageError."""
    try:
        read = {name: None if text is None else _number(name, text) for name, text in given.items()}
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    names = {"ttl": "ttl_seconds", "max": "max_messages", "max_age": "max_age_seconds", "max_bytes": "max_bytes"}
    found: dict[str, int | None] = {names[name]: value for name, value in read.items() if value is not None}
    return {**found, **({"ttl_seconds": None} if found.get("ttl_seconds") == 0 else {})}


def _number(name: str, text: str) -> int:
    return int(text) if text.isdecimal() else seconds_of(text) if name in ("ttl", "max_age") else int(text)


def _tell(inbox: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(inbox)
        return
    click.echo(f"inbox    {inbox['name']}")
    click.echo(f"address  anything+{inbox['key']}@any.domain")
    if inbox["token"]:
        click.echo(f"token    {inbox['token']}")


def _row(inbox: dict[str, Any]) -> tuple[str, ...]:
    mail = f"{inbox['counts']['total']} ({inbox['counts']['unread']} unread)"
    expires = f"until {inbox['expires_at']}" if inbox["expires_at"] else ""
    return inbox["name"], mail, "token" if inbox["has_token"] else "", inbox["key"], expires
