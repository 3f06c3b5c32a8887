"""`mailpit-py catalogue [SCENARIO]`: the causes of failure, and each provider's words for one."""

from __future__ import annotations

import click

from mailpit_py.cli.remote import print_table
from mailpit_py.simulation.address import OWN_DOMAINS
from mailpit_py.simulation.catalogue import GENERIC, Entry, entry, matrix, render, scenario_named


@click.command("catalogue")
@click.argument("scenario", required=False)
def command(scenario: str | None) -> None:
    """List the causes of failure, or show one SCENARIO in every provider's words. No sandbox needs to run.

    Mail to the address that is shown is answered so.

    \b
    mailpit-py catalogue
    mailpit-py catalogue mailbox_full
    """
    if scenario is None:
        print_table([_row(one) for one in matrix() if one.provider == GENERIC])
        return
    found = scenario_named(scenario)
    if found is None:
        raise click.UsageError(f"there is no scenario {scenario!r}; `mailpit-py catalogue` lists them")
    generic = entry(found.name)
    click.echo(f"{found.explanation}\n{found.advice}\n")
    for one in [generic, *(cell for cell in matrix() if cell.scenario is found and cell.provider != GENERIC)]:
        click.echo(f"{one.local_part}@{OWN_DOMAINS[-1]}")
        for line in render(one.words, recipient=f"ann@{one.provider}.test").lines:
            click.echo(f"  {line}")


def _row(one: Entry) -> tuple[str, ...]:
    return one.scenario.name, f"{one.words.code} {one.words.status}", one.scenario.explanation
