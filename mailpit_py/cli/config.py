"""`mailpit-py config show`: which settings would hold, and where each comes from."""

from __future__ import annotations

import json
import os
from typing import Any

import click
from click.core import ParameterSource

from mailpit_py.cli.options import FILE
from mailpit_py.cli.remote import json_option, print_json, print_table
from mailpit_py.config import from_values, options
from mailpit_py.config.option import Option
from mailpit_py.errors import ConfigError

MASK = "********"


@click.group("config")
def command() -> None:
    """Look at the settings. No sandbox needs to run.

    \b
    mailpit-py --config mailpit.toml config show
    mailpit-py config show --origin --all
    """


@command.command("show")
@click.option("--origin", is_flag=True, help="Say of each where it comes from: a flag, a variable, a file, nowhere.")
@click.option("--all", "everything", is_flag=True, help="Show also what is left at its default.")
@json_option
@click.pass_context
def show(context: click.Context, origin: bool, everything: bool, as_json: bool) -> None:
    """Print the settings that would hold, as lines of a --config file, and check them. Secrets are masked."""
    parent = context.find_root()
    values = parent.params
    shown = [one for one in options() if everything or _source(parent, one) is not ParameterSource.DEFAULT]
    if as_json:
        print_json({one.key: {"value": _masked(one, values), "origin": _origin(parent, one)} for one in shown})
    elif origin:
        print_table([(f"{one.key} = {_toml(one, values)}", f"# {_origin(parent, one)}") for one in shown])
    else:
        click.echo("".join(f"{one.key} = {_toml(one, values)}\n" for one in shown), nl=False)
    try:
        from_values({one.name: values[one.name] for one in options()})
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def _source(parent: click.Context, one: Option) -> ParameterSource | None:
    return parent.get_parameter_source(one.name)


def _origin(parent: click.Context, one: Option) -> str:
    source = _source(parent, one)
    if source is ParameterSource.COMMANDLINE:
        return one.flag
    if source is ParameterSource.ENVIRONMENT:
        return next(name for name in one.variables if os.environ.get(name))
    return str(parent.meta[FILE]) if source is ParameterSource.DEFAULT_MAP else "default"


def _masked(one: Option, values: dict[str, Any]) -> Any:
    value = values[one.name]
    return MASK if one.is_secret and value else value


def _toml(one: Option, values: dict[str, Any]) -> str:
    # JSON's texts, numbers and truth values are TOML's, but for DEL, which TOML wants escaped
    return json.dumps(_masked(one, values), ensure_ascii=False).replace("\x7f", "\\u007f")
