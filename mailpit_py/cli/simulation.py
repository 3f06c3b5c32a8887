"""`mailpit-py simulation ...`: what a running sandbox remembers between tries."""

from __future__ import annotations

import click

from mailpit_py.cli.remote import inbox_option, json_option, print_json, print_table, sandbox_at, url_option


@click.group("simulation")
def command() -> None:
    """Show and reset what is remembered: counters of rules, greylists, full mailboxes, rates.

    \b
    mailpit-py simulation state
    mailpit-py simulation reset --recipient greylist@bounce.test
    """


@command.command("state")
@click.option("--recipient", default="", help="Only what belongs to this recipient.")
@click.option("--rule", default="", help="Only what belongs to the rule with this key.")
@inbox_option
@url_option
@json_option
def show_state(inbox: str, url: str, recipient: str, rule: str, as_json: bool) -> None:
    """Show what is remembered."""
    with sandbox_at(url, inbox) as client:
        items = client.get("simulation/state", recipient=recipient, rule=rule)["items"]
    if as_json:
        print_json(items)
        return
    print_table(
        [
            (one["kind"], " ".join(one["owner"]), f"count {one['count']}", f"fired {one['fired']}", one["last_at"])
            for one in items
        ]
    )


@command.command("reset")
@click.option("--recipient", default="", help="Only what belongs to this recipient.")
@click.option("--rule", default="", help="Only what belongs to the rule with this key.")
@click.option("--key", default="", help="Only the record with exactly this key.")
@inbox_option
@url_option
def reset_state(inbox: str, url: str, recipient: str, rule: str, key: str) -> None:
    """Forget what is remembered, so that everything begins anew."""
    with sandbox_at(url, inbox) as client:
        gone = client.delete("simulation/state", recipient=recipient, rule=rule, key=key)["reset"]
    click.echo(f"{gone} forgotten")
