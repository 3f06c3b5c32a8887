"""`mailpit-py clock ...`: the sandbox time of a running sandbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from mailpit_py.cli.remote import inbox_option, json_option, print_json, print_table, sandbox_at, url_option


@click.group("clock", invoke_without_command=True)
@inbox_option
@url_option
@json_option
@click.pass_context
def command(context: click.Context, inbox: str, url: str, as_json: bool) -> None:
    """Show and turn sandbox time, which plans, greylists and rates follow.

    \b
    mailpit-py clock                 # where it stands, and what is due next
    mailpit-py clock advance 5d      # do everything that is due in five days, now
    mailpit-py clock freeze          # stand still; advance still moves it
    mailpit-py clock reset           # go with the time of day again
    """
    if context.invoked_subcommand is None:
        with sandbox_at(url) as client:
            _show(client.get("clock", inbox=inbox), as_json=as_json)


@command.command("advance")
@click.argument("duration")
@inbox_option
@url_option
@json_option
def advance(duration: str, inbox: str, url: str, as_json: bool) -> None:
    """Move the clock by DURATION, as in 90s, 4h or 5d, or to an RFC 3339 instant, and do what is due until then."""
    target = _target(duration)
    with sandbox_at(url) as client:
        done = client.post("clock/advance", {**target, **_whose(inbox)})
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['clock']['now']}  {done['count']} {'step' if done['count'] == 1 else 'steps'}")
    print_table([_row(one) for one in done["steps"]])


def _target(text: str) -> dict[str, Any]:
    from mailpit_py.simulation.token import Kind, read

    token = read(text)
    if token and token.kind is Kind.DURATION:
        return {"seconds": token.number}
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"write 90s, 4h or 5d, or an instant as 2026-11-23T12:00:00Z, not {text!r}") from None
    return {"to": text}


@command.command("freeze")
@click.option("--at", metavar="INSTANT", help="RFC 3339; now without it.")
@inbox_option
@url_option
@json_option
def freeze(at: str | None, inbox: str, url: str, as_json: bool) -> None:
    """Let the clock stand still."""
    with sandbox_at(url) as client:
        _show(client.post("clock/freeze", {**_whose(inbox), **({"at": at} if at else {})}), as_json=as_json)


@command.command("resume")
@inbox_option
@url_option
@json_option
def resume(inbox: str, url: str, as_json: bool) -> None:
    """Let the clock run on from where it stands."""
    with sandbox_at(url) as client:
        _show(client.post("clock/resume", _whose(inbox)), as_json=as_json)


@command.command("reset")
@inbox_option
@url_option
@json_option
def reset(inbox: str, url: str, as_json: bool) -> None:
    """Let the clock go with the time of day again."""
    with sandbox_at(url) as client:
        _show(client.post("clock/reset", _whose(inbox)), as_json=as_json)


def _whose(inbox: str) -> dict[str, str]:
    return {"inbox": inbox} if inbox else {}


def _show(clock: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(clock)
        return
    state = "stands still" if clock["is_frozen"] else f"{clock['offset_seconds']:+.0f} s"
    due = f"next step due {clock['next_due_at']}" if clock["next_due_at"] else "nothing is due"
    click.echo(f"{clock['now']}  {state}  {due}")


def _row(step: dict[str, Any]) -> tuple[str, ...]:
    told = ", ".join(one["address"] for one in step["recipients"][:3])
    return step["due_at"], step["kind"], step["state"], told, " ".join(step["reports"][:3]) or step["reason"]
