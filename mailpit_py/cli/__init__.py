"""The command line: `mailpit-py` serves, and its commands work on a running sandbox."""

from __future__ import annotations

import click

from mailpit_py import __version__
from mailpit_py.cli import serve
from mailpit_py.cli.options import SandboxGroup, config_option, options_of_config

# Each is a module of this room with its `command`, loaded when it is asked for: the start needs none of them.
COMMANDS = (
    *("serve", "sendmail", "ingest", "dump", "tail", "config", "readyz", "reindex", "version", "completion"),
    *("explain", "catalogue", "rules", "profiles", "simulation", "attempts"),
    *("clock", "bounce", "sinks", "wait", "check", "inboxes"),
)


@click.group(
    cls=SandboxGroup,
    modules={name: f"{__name__}.{name}" for name in COMMANDS},
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[config_option(), *options_of_config()],
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context, /, **values: object) -> None:
    """Catch every mail that your application sends, and look at it in the browser.

    Without a command this starts the sandbox: point the application's SMTP settings at localhost
    port 1025, and open http://localhost:8025/. Nothing is delivered to a real person, unless a
    server is named for it.

    Each option has a variable (MP_...) and a key in a TOML file (--config); a flag wins over a
    variable, a variable over the file.
    """
    context.obj = values
    if context.invoked_subcommand is None:
        context.exit(serve.run(values))
