"""`mailpit-py rules ...`: the rules of a running sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mailpit_py.cli.remote import json_option, print_json, print_table, sandbox_at, url_option
from mailpit_py.errors import ConfigError

NUMBERS = ("every", "first", "after", "max", "position")
TEXTS = ("name", "stage", "provider", "scope", "expires_at")
inbox_option = click.option(
    "--inbox", default="", metavar="NAME", help="The rules of this inbox; those for all without it, or the token's."
)
MATCHES = ("recipient", "sender", "subject", "identity", "client", "notify")


@click.group("rules")
def command() -> None:
    """Let mail fail by rules: list, add, load, delete. The first rule that matches and acts decides.

    \b
    mailpit-py rules add system_error --stage content --first 1   # only the next message fails
    mailpit-py rules add mailbox_full --first 2                   # fail twice, then accept
    mailpit-py rules add unknown_user+gmail --recipient '*@example.com' --probability 0.1
    mailpit-py rules add greylist+30s --inbox team-a              # only mail of this inbox
    """


@command.command("list")
@inbox_option
@url_option
@json_option
def list_rules(inbox: str, url: str, as_json: bool) -> None:
    """List the rules in their order."""
    with sandbox_at(url, inbox) as client:
        rules = client.get("rules")["items"]
    if as_json:
        print_json({"rules": rules})
    else:
        print_table([_row(one) for one in rules])


@command.command("add")
@click.argument("outcome")
@click.option("--name", help="Its key for counters, dice and `rules delete`.")
@click.option("--stage", help="connect, ehlo, starttls, auth, mail, rcpt, data or content.")
@click.option("--recipient", metavar="GLOB", help="Only for these recipients, as in *@example.com or /expression/i.")
@click.option("--sender", metavar="GLOB", help="Only from these reverse-paths.")
@click.option("--subject", metavar="GLOB", help="Only with these subjects (stage content).")
@click.option("--header", multiple=True, metavar="NAME=GLOB", help="Only with this field (stage content).")
@click.option("--identity", metavar="GLOB", help="Only for these AUTH users.")
@click.option("--client", metavar="NETWORK", help="Only for these clients, as in 192.0.2.0/24.")
@click.option("--notify", metavar="WORD", help="Only with this NOTIFY keyword.")
@click.option("--provider", help="In whose words, as in gmail.")
@click.option("--probability", type=float, help="For this share of tries, 0 to 1.")
@click.option("--first", type=int, metavar="N", help="Take the first N tries, then let all pass.")
@click.option("--every", type=int, metavar="N", help="Take each N-th try.")
@click.option("--after", type=int, metavar="N", help="Let N tries pass first.")
@click.option("--max", type=int, metavar="N", help="Act N times at most.")
@click.option("--scope", help="What has counters: global, recipient, domain, message-id, client, inbox.")
@click.option("--expires-at", metavar="INSTANT", help="RFC 3339, sandbox time; from then on it does nothing.")
@click.option("--position", type=int, metavar="N", help="Where it stands, 0 first; else last.")
@inbox_option
@url_option
def add_rule(inbox: str, url: str, outcome: str, **given: Any) -> None:
    """Add a rule with OUTCOME: words as of an address, without the domain.

    `mailpit-py catalogue` lists causes such as mailbox_full; others are greylist+30s, drop+data,
    slow+10s, full+3msgs, discard. What no words say is a table in JSON: '{"kind": "tls_failure"}'.
    """
    rule = {name: given[name] for name in (*NUMBERS, *TEXTS, "probability") if given[name] is not None}
    match: dict[str, Any] = {name: given[name] for name in MATCHES if given[name] is not None}
    if given["header"]:
        match["header"] = dict(_pair(one) for one in given["header"])
    with sandbox_at(url, inbox) as client:
        added = client.post("rules", {**rule, "outcome": _outcome(outcome), **({"match": match} if match else {})})
    click.echo(added["key"])


@command.command("load")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--append", is_flag=True, help="Add them behind the others instead of taking their place.")
@inbox_option
@url_option
def load_rules(inbox: str, url: str, file: Path, append: bool) -> None:
    """Make the rules of FILE all rules there are: TOML, YAML, or the JSON that `rules list --json` printed."""
    loaded, has_profiles = _read(file)
    with sandbox_at(url, inbox) as client:
        kept = client.get("rules")["items"] if append else []
        rules = client.put("rules", {"rules": [*kept, *loaded]})["items"]
    click.echo(f"{len(rules)} rules")
    if has_profiles:
        click.echo(f"the profiles of {file} are loaded by: mailpit-py profiles load {file}", err=True)


@command.command("delete")
@click.argument("rule")
@inbox_option
@url_option
def delete_rule(inbox: str, url: str, rule: str) -> None:
    """Delete the rule with this key or id."""
    with sandbox_at(url, inbox) as client:
        client.delete(f"rules/{rule}")


@command.command("clear")
@inbox_option
@url_option
def clear_rules(inbox: str, url: str) -> None:
    """Delete all rules."""
    with sandbox_at(url, inbox) as client:
        client.delete("rules")


def _row(rule: dict[str, Any]) -> tuple[str, ...]:
    numbers = [f"{name} {rule[name]}" for name in ("every", "first", "after", "max") if rule[name]]
    if rule["probability"] < 1:
        numbers.append(f"probability {rule['probability']}")
    counted = f"acted {rule['acted']} of {rule['tries']}" if rule["tries"] else ""
    state = "" if rule["enabled"] else "off"
    outcome, match = (json.dumps(rule[name], ensure_ascii=False) for name in ("outcome", "match"))
    return rule["key"], rule["stage"], outcome, match, ", ".join(numbers), counted, state


def _outcome(text: str) -> str | dict[str, Any]:
    """Return words as they are, and a table as what it says."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        table: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"OUTCOME is no table in JSON: {error}") from None
    return table


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not (name and mark):
        raise click.UsageError(f"--header: write NAME=GLOB, not {text!r}")
    return name, value


def _read(file: Path) -> tuple[list[Any], bool]:
    """Return the rules of a file, and whether it has profiles too. Raises ClickException if it has no rules."""
    from mailpit_py.application.rule_file import load

    try:
        tables = load(file)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    rules = tables.get("rules")
    if not isinstance(rules, list):
        raise click.ClickException(f"{file} has no list of rules")
    return rules, bool(tables.get("profiles"))
