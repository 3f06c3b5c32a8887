"""`mailpit-py sinks ...`: where reports and events of a running sandbox go besides the inbox."""

from __future__ import annotations

from typing import Any

import click

from mailpit_py.cli.remote import inbox_option, json_option, print_json, print_table, sandbox_at, url_option


@click.group("sinks")
def command() -> None:
    """Hand reports to an SMTP server, tell events to webhooks: add, list, delete, look at each try, replay.

    \b
    mailpit-py sinks add smtp localhost:2525                        # the app's own bounce processor
    mailpit-py sinks add sendgrid http://localhost:8000/sendgrid    # in SendGrid's words
    mailpit-py sinks keys                                           # what the app needs to check them
    """


@command.command("list")
@inbox_option
@url_option
@json_option
def list_sinks(inbox: str, url: str, as_json: bool) -> None:
    """List the sinks of an inbox."""
    with sandbox_at(url) as client:
        sinks = client.get("sinks", inbox=inbox)["items"]
    if as_json:
        print_json({"items": sinks})
    else:
        print_table([(one["id"], one["provider"] or one["kind"], one["target"], _state(one)) for one in sinks])


def _state(sink: dict[str, Any]) -> str:
    if not sink["enabled"]:
        return "off"
    return "waits until the app has confirmed" if sink["is_waiting"] else ""


@command.command("add")
@click.argument("form")
@click.argument("target")
@click.option(
    "--event", "events", multiple=True, metavar="KIND", help="Only this kind, as in bounced; may be repeated."
)
@click.option("--confirmed", is_flag=True, help="SES: take the subscription for confirmed without asking the app.")
@inbox_option
@url_option
def add_sink(form: str, target: str, inbox: str, url: str, **chosen: Any) -> None:
    """Add a sink at TARGET.

    FORM is smtp (TARGET is host:port), or the provider in whose words a webhook speaks: ses, ses_identity,
    sendgrid, mailgun, postmark, sparkpost, mailjet, resend, standard (TARGET is a URL).
    """
    sink: dict[str, Any] = {"kind": "smtp" if form == "smtp" else "webhook", "target": target}
    if form != "smtp":
        sink["provider"] = form
    sink |= {"events": list(chosen["events"]), "confirmed": chosen["confirmed"]}
    with sandbox_at(url) as client:
        added = client.post("sinks", sink, inbox=inbox)
    click.echo(added["id"])


@command.command("switch")
@click.argument("sink")
@click.argument("state", type=click.Choice(["on", "off"]))
@inbox_option
@url_option
def switch_sink(sink: str, state: str, inbox: str, url: str) -> None:
    """Switch a sink on or off; what is due while it is off waits."""
    with sandbox_at(url) as client:
        client.patch(f"sinks/{sink}", {"enabled": state == "on"}, inbox=inbox)


@command.command("delete")
@click.argument("sink")
@inbox_option
@url_option
def delete_sink(sink: str, inbox: str, url: str) -> None:
    """Delete a sink, and cancel what is on its way to it."""
    with sandbox_at(url) as client:
        client.delete(f"sinks/{sink}", inbox=inbox)


@command.command("try")
@click.argument("sink")
@click.option("--reverse-path", default="bounces@app.example", show_default=True, help="As whose mail.")
@inbox_option
@url_option
def try_sink(sink: str, reverse_path: str, inbox: str, url: str) -> None:
    """Try a sink: a mail that the sandbox writes itself bounces, for this sink alone."""
    with sandbox_at(url) as client:
        trial = client.post(f"sinks/{sink}/trial", {"reverse_path": reverse_path}, inbox=inbox)
    click.echo(f"{trial['kind']}: see mailpit-py sinks attempts --message {trial['message']}")


@command.command("feedback")
@click.argument("address", required=False)
@inbox_option
@url_option
def direct_complaints(address: str | None, inbox: str, url: str) -> None:
    """Show who gets the complaints of an inbox, or set it; an empty ADDRESS takes that back."""
    with sandbox_at(url) as client:
        if address is None:
            found = client.get("sinks/feedback", inbox=inbox)
        else:
            found = client.put("sinks/feedback", {"address": address}, inbox=inbox)
    click.echo(found["address"] or found["default"] or "abuse@ the domain of each reverse-path")


@command.command("attempts")
@click.option("--sink", default="", help="Only to this sink.")
@click.option("--message", default="", help="Only about this message.")
@click.option("--state", default="", help="Only in this state: pending, delivered, given-up, cancelled.")
@click.option("--limit", default=50, show_default=True, help="How many, the newest.")
@inbox_option
@url_option
@json_option
def list_attempts(url: str, as_json: bool, **query: Any) -> None:
    """List what went, goes or will go to sinks, newest first."""
    with sandbox_at(url) as client:
        attempts = client.get("sinks/attempts", **query)["items"]
    if as_json:
        print_json({"items": attempts})
    else:
        print_table([_row(one) for one in attempts])


def _row(attempt: dict[str, Any]) -> tuple[str, ...]:
    event = attempt["event"]
    said = " ".join(str(event[name]) for name in ("kind", "recipient") if name in event)
    return attempt["id"], attempt["state"], f"{attempt['tries']} tries", said, f"due {attempt['due_at'][:19]}"


@command.command("show")
@click.argument("attempt")
@inbox_option
@url_option
@json_option
def show_attempt(attempt: str, inbox: str, url: str, as_json: bool) -> None:
    """Show an attempt with each try: what was sent, and what was answered."""
    with sandbox_at(url) as client:
        found = client.get(f"sinks/attempts/{attempt}", inbox=inbox)
    if as_json:
        print_json(found)
        return
    click.echo("  ".join(_row(found)))
    for one in found["all_tries"]:
        click.echo(f"\n-- try {one['number']} at {one['at']}: {one['code'] or one['error']}")
        click.echo("\n\n".join(filter(None, (one["request"], one["response"]))))


@command.command("replay")
@click.argument("attempt")
@inbox_option
@url_option
def replay_attempt(attempt: str, inbox: str, url: str) -> None:
    """Try an attempt once more, now, with the id that it had."""
    with sandbox_at(url) as client:
        client.post(f"sinks/attempts/{attempt}/replay", None, inbox=inbox)


@command.command("keys")
@click.argument("provider", required=False)
@url_option
@json_option
def show_keys(provider: str | None, url: str, as_json: bool) -> None:
    """Show what to paste into the app: secrets, public keys, the certificate; of one PROVIDER its value alone."""
    with sandbox_at(url) as client:
        keys = client.get("webhooks/keys")
    if as_json:
        print_json(keys)
        return
    found = [one for one in keys["items"] if provider in (None, one["name"])]
    if provider is not None:
        if not found:
            names = ", ".join(one["name"] for one in keys["items"])
            raise click.UsageError(f"no provider {provider!r}; there are {names}")
        click.echo(found[0]["value"].rstrip())
        return
    print_table([(one["name"], one["proof"], _value(one, keys["certificate_url"])) for one in found])


def _value(one: dict[str, Any], certificate_url: str) -> str:
    if one["proof"] == "none":
        return "not signed: put a name and a password into the URL"
    return certificate_url if one["proof"] == "certificate" else str(one["value"])
