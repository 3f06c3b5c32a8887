"""`mailpit-py profiles ...`: how the domains of a running sandbox answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mailpit_py.cli.remote import json_option, print_json, print_table, sandbox_at, url_option
from mailpit_py.errors import ConfigError

LISTS = ("bounces", "deferrals")


@click.group("profiles")
def command() -> None:
    """Let domains answer in a provider's words, and fail by themselves as often as real ones do.

    \b
    mailpit-py profiles set gmail.com --provider gmail
    mailpit-py profiles set '*.shop.test' --bounce 0.05 --defer 0.1
    mailpit-py profiles delete gmail.com

    What is set stays, over restarts, and stands over what the sandbox starts with.
    """


@command.command("list")
@url_option
@json_option
def list_profiles(url: str, as_json: bool) -> None:
    """List the profiles that count."""
    with sandbox_at(url) as client:
        profiles = client.get("profiles")["items"]
    if as_json:
        print_json({"profiles": profiles})
    else:
        print_table([_row(one) for one in profiles])


@command.command("set")
@click.argument("domain")
@click.option("--provider", help="In whose words, as in gmail.")
@click.option("--bounce", type=float, metavar="RATE", help="The share of its addresses that bounce, 0 to 1.")
@click.option("--defer", type=float, metavar="RATE", help="The share of tries that are put off, 0 to 1.")
@click.option("--bounces", metavar="NAMES", help="The scenarios that addresses bounce with, separated by commas.")
@click.option("--deferrals", metavar="NAMES", help="The scenarios that tries are put off with.")
@url_option
def set_profile(domain: str, url: str, **given: Any) -> None:
    """Set the profile of DOMAIN; '*.DOMAIN' is the domain and all below it."""
    parts = {name: part for name, part in given.items() if part is not None}
    for name in LISTS:
        if name in parts:
            parts[name] = [word.strip() for word in parts[name].split(",") if word.strip()]
    with sandbox_at(url) as client:
        click.echo(client.put(f"profiles/{domain}", parts)["domain"])


@command.command("load")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@url_option
def load_profiles(url: str, file: Path) -> None:
    """Make the profiles of FILE all that is set: TOML, YAML, or the JSON that `profiles list --json` printed."""
    from mailpit_py.application.rule_file import load

    try:
        profiles = load(file).get("profiles")
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    if not isinstance(profiles, list):
        raise click.ClickException(f"{file} has no list of profiles")
    with sandbox_at(url) as client:
        client.put("profiles", {"profiles": profiles})
    click.echo(f"{len(profiles)} profiles")


@command.command("delete")
@click.argument("domain")
@url_option
def delete_profile(url: str, domain: str) -> None:
    """Delete what was set for DOMAIN."""
    with sandbox_at(url) as client:
        client.delete(f"profiles/{domain}")


@command.command("clear")
@url_option
def clear_profiles(url: str) -> None:
    """Delete all that was set."""
    with sandbox_at(url) as client:
        client.delete("profiles")


def _row(profile: dict[str, Any]) -> tuple[str, ...]:
    rates = [f"{name} {profile[name]:g}" for name in ("bounce", "defer") if profile[name]]
    return profile["domain"], profile["provider"], ", ".join(rates), profile["origin"]
