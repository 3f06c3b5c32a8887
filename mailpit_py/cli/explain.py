"""`mailpit-py explain ADDRESS`: what mail to an address would meet."""

from __future__ import annotations

import click

from mailpit_py.cli.remote import json_option, print_json
from mailpit_py.config import from_values
from mailpit_py.simulation.explain import Explanation, explain


@click.command("explain")
@click.argument("address")
@json_option
@click.pass_context
def command(context: click.Context, address: str, as_json: bool) -> None:
    """Say what mail to ADDRESS would meet. No sandbox needs to run.

    \b
    mailpit-py explain greylist@bounce.test
    mailpit-py explain bounce+mailbox_full+gmail@bounce.test
    mailpit-py --magic-domains fail.example explain defer-4.2.2@fail.example
    """
    from mailpit_py.assembly.wiring import simulation

    configuration, _ = simulation(from_values(context.obj))
    explained = explain(address, configuration)
    if as_json:
        print_json(_json(explained))
        return
    if explained.reply:
        click.echo("\n".join(explained.reply.lines))
    for sentence in explained.sentences:
        click.echo(sentence)
    if explained.hint and not explained.reply:
        click.echo(explained.hint)


def _json(explained: Explanation) -> dict[str, object]:
    reply = explained.reply
    return {
        "address": explained.address,
        "acts": explained.acts,
        "verb": explained.verb,
        "stage": explained.stage,
        "scenario": explained.scenario,
        "provider": explained.provider,
        "label": explained.label,
        "reply": {"code": reply.code, "status": reply.status, "text": reply.text} if reply else None,
        "sentences": list(explained.sentences),
        "hint": explained.hint,
    }
