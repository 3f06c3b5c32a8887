"""Click options made from config.py: flag, variable, TOML key and help of each setting."""

from __future__ import annotations

import importlib
import itertools
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mailpit_py.config import options
from mailpit_py.config.option import Option

# The name in a context's `meta` of the file that settings were read from.
FILE = "mailpit_py.config"

TYPES: dict[str, Any] = {"str": click.STRING, "int": click.INT, "bool": click.BOOL, "secret": click.STRING}


class SettingOption(click.Option):
    """An option that knows the setting it came from, and shows its variable the short way."""

    def __init__(self, setting: Option) -> None:
        self.setting = setting
        names = [setting.short] if setting.short else []
        super().__init__(
            [setting.name, *names, setting.flag or f"--{setting.key}"],
            type=click.Choice(setting.choices) if setting.choices else TYPES[setting.kind],
            default=setting.default,
            envvar=setting.variables,
            expose_value=True,
            metavar=setting.metavar or None,
            help=setting.help,
        )

    def add_to_parser(self, parser: Any, context: click.Context) -> None:
        """Keep secrets off the command line, where every user of the machine can read them."""
        if self.setting.flag:
            super().add_to_parser(parser, context)

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        """Return the flag and its help, with the variable and a default that is worth saying."""
        if not self.setting.flag:
            return f"    {self.setting.variable}", f"{self.setting.help} [variable or file only{self._default()}]"
        words = f"{self.setting.help} [{self.setting.variable}{self._default()}]"
        names = ", ".join(sorted(self.opts, key=len))
        value = "" if self.setting.kind == "bool" else f" {self.make_metavar(context)}"
        return (names if self.setting.short else f"    {names}") + value, words

    def _default(self) -> str:
        value = self.setting.default
        if value in ("", False):
            return ""
        return f"; {'on' if value is True else value}"


class SettingsByTheme(click.Command):
    """A command with settings: they are shown by theme, and switches work as `--x` and `--x=false`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Give a bare switch its value, so that it never eats the word behind it; and old flags their new names."""
        switches = self._switches()
        args = self._taken_apart(args)
        mine = args[: self.end_of_options(args)]
        spelled = [f"{switches[arg]}=true" if arg in switches else arg for arg in self._renamed(mine)]
        if empty := [arg for arg in spelled if arg.endswith("=") and arg[:-1] in switches]:
            raise click.UsageError(f"{empty[0]} needs true or false behind it", context)
        return super().parse_args(context, [*spelled, *args[len(mine) :]])

    def _switches(self) -> dict[str, str]:
        """The long flag of each switch by each of its flags."""
        return {
            name: max(one.opts, key=len)
            for one in self.params
            if isinstance(one, SettingOption) and one.setting.kind == "bool"
            for name in one.opts
        }

    def end_of_options(self, args: Sequence[str]) -> int:
        """Return where the first word is that is neither an option nor the value of one, as a command's name."""
        with_value = self._with_value()
        is_value = False
        for place, arg in enumerate(args):
            if not is_value and (arg == "--" or not arg.startswith("-")):
                return place
            is_value = not is_value and arg in with_value
        return len(args)

    def _with_value(self) -> set[str]:
        """All flags behind which a value stands."""
        settings = [one.setting for one in self.params if isinstance(one, SettingOption)]
        flags = {name for one in self.params for name in one.opts} - self._switches().keys()
        return flags | {old for one in settings if one.kind != "bool" for old in one.old_flags}

    def _taken_apart(self, args: Sequence[str]) -> list[str]:
        """Return the arguments with each short flag by itself: `-qm=5` is `-q -m 5`, as Mailpit reads it."""
        with_value = self._with_value()
        found: list[str] = []
        is_value = False
        for place, arg in enumerate(args):
            if not is_value and (arg == "--" or not arg.startswith("-")):
                return [*found, *args[place:]]
            found += [arg] if is_value or arg == "-" or arg.startswith("--") else self._letters(arg, with_value)
            is_value = not is_value and found[-1] in with_value
        return found

    def _letters(self, arg: str, with_value: set[str]) -> list[str]:
        """The flags of one argument, and the value of the last if that is in it; what is unknown stays together."""
        switches, found, rest = self._switches(), list[str](), arg[1:]
        while rest:
            name, rest = f"-{rest[0]}", rest[1:]
            if name in with_value and rest:
                return [*found, name, rest.removeprefix("=")]
            if name not in switches or rest.startswith("="):
                return [*found, switches.get(name, name) + rest]
            found.append(name)
        return found

    def _renamed(self, args: list[str]) -> list[str]:
        """Return the arguments with Mailpit's former flags under their present names, and say so."""
        settings = [one.setting for one in self.params if isinstance(one, SettingOption)]
        new_names = {old: one.flag for one in settings for old in one.old_flags}
        renamed = []
        for arg in args:
            name, mark, value = arg.partition("=")
            if name in new_names:
                click.echo(f"{name} is deprecated, use {new_names[name]}", err=True)
            renamed.append(new_names.get(name, name) + mark + value)
        return renamed

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the settings theme by theme, then the rest and the commands."""
        settings = [one for one in self.get_params(context) if isinstance(one, SettingOption)]
        for theme, members in itertools.groupby(settings, key=lambda one: one.setting.group):
            with formatter.section(theme):
                formatter.write_dl([record for one in members if (record := one.get_help_record(context))])
        others = [one for one in self.get_params(context) if not isinstance(one, SettingOption)]
        with formatter.section("Other options"):
            formatter.write_dl([record for one in others if (record := one.get_help_record(context))])


class SandboxGroup(SettingsByTheme, click.Group):
    """The command without a name: it has settings, and commands under it, each loaded when it is asked for."""

    def __init__(self, *, modules: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(**attributes)
        self._modules = modules

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self._modules)

    def get_command(self, context: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of this name. If there is none, load all: the complaint names those that are alike."""
        for name in [cmd_name] if cmd_name in self._modules else self._modules:
            if name not in self.commands:
                self.commands[name] = importlib.import_module(self._modules[name]).command
        return self.commands.get(cmd_name)

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the settings, then the commands."""
        super().format_options(context, formatter)
        self.format_commands(context, formatter)


def given_to(context: click.Context, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a command under the group: its own flags win over those before its name."""
    own = {name for name in values if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    return {**context.obj, **{name: values[name] for name in own}}


def options_of_config() -> list[click.Parameter]:
    """One click option for each setting."""
    return [SettingOption(one) for one in options()]


def config_option() -> click.Option:
    """`--config FILE`: settings from TOML, read before the other options are."""
    return click.Option(
        ["--config"],
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_read_file,
        envvar="MP_CONFIG",
        metavar="FILE",
        help="Read settings from this TOML file; its keys are the long flags without dashes in front. [MP_CONFIG]",
    )


def _read_file(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    if path is None:
        return
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} is not valid TOML: {error}") from None
    known = {one.key: one.name for one in options()}
    if unknown := sorted(set(values) - set(known)):
        raise click.BadParameter(f"{path} has an unknown key {unknown[0]!r}; the keys are the long flags")
    if tables := [key for key, value in values.items() if isinstance(value, (dict, list))]:
        raise click.BadParameter(f"{path}: {tables[0]!r} takes one value; there are no tables or lists in this file")
    context.default_map = {known[key]: value for key, value in values.items()}
    context.meta[FILE] = path
