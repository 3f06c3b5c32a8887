"""`mailpit-py version`: which version runs, and on what."""

from __future__ import annotations

import platform

import click

from mailpit_py import __version__


@click.command("version")
@click.option("--no-release-check", is_flag=True, help="Nothing to switch off: no newer version is ever looked for.")
def command(no_release_check: bool) -> None:
    """Print the version of mailpit-py, and of what it runs on. Nothing is asked of the network."""
    machine = f"{platform.system().lower()}/{platform.machine()}"
    click.echo(f"mailpit-py {__version__} on {platform.python_implementation()} {platform.python_version()}, {machine}")
