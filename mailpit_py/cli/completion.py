"""`mailpit-py completion`: the script with which a shell completes commands and flags."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    eval "$(mailpit-py completion bash)"                                   # in ~/.bashrc
    eval "$(mailpit-py completion zsh)"                                    # in ~/.zshrc
    mailpit-py completion fish > ~/.config/fish/completions/mailpit-py.fish
    """
    maker = get_completion_class(shell)
    assert maker is not None  # click has these three
    click.echo(maker(context.find_root().command, {}, "mailpit-py", "_MAILPIT_PY_COMPLETE").source())
