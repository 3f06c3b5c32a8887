"""`mailpit-py dump`: writes the messages of a sandbox, running or not, into files."""

from __future__ import annotations

from pathlib import Path

import click

from mailpit_py.assembly.takeover import own_path
from mailpit_py.cli.archive import FORMATS, Kept
from mailpit_py.cli.progress import progress
from mailpit_py.cli.remote import inbox_option
from mailpit_py.cli.source import of_database, of_server
from mailpit_py.client import DEFAULT_URL
from mailpit_py.errors import MailpitError


@click.command("dump")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), help="Else as the end of TARGET says, or eml.")
@click.option("--url", "--http", envvar="MP_URL", default=DEFAULT_URL, show_default=True, help="The running sandbox.")
@click.option("--database", type=click.Path(dir_okay=False, path_type=Path), help="Read a file instead.")
@click.option("--tenant-id", "tenant", default="", metavar="NAME", help="The file of this tenant beside --database.")
@inbox_option
@click.option("--query", default="", metavar="SEARCH", help="Only what this search finds.")
@click.option(
    "--max-message-size",
    "most",
    type=click.IntRange(min=0),
    default=0,
    metavar="MIB",
    help="Pass over larger messages.",
)
@click.option("-v", "--verbose", is_flag=True, help="Name each message that is written.")
def command(  # noqa: PLR0913 - one for each option
    target: Path,
    kind: str | None,
    url: str,
    database: Path | None,
    tenant: str,
    inbox: str,
    query: str,
    most: int,
    verbose: bool,
) -> None:
    """Write all messages into TARGET, the oldest first: a folder of .eml files, a Maildir, an mbox, a zip archive.

    .eml files and archives have the octets as received; archives keep the envelopes, too, and can be
    put in again with `ingest`. A folder is continued: what is in it stays, and is not fetched again.
    The server may also be Mailpit.

    \b
    mailpit-py dump saved
    mailpit-py dump mail.mbox --query 'from:shop after:7d'
    mailpit-py dump mail.zip --database mail.db
    """
    kind = kind or {".mbox": "mbox", ".zip": "zip"}.get(target.suffix.lower(), "eml")
    source = of_database(_file_of(database, tenant), query) if database else of_server(url, query, inbox)
    try:
        with source as (ids, fetch), FORMATS[kind](target) as out, progress("dump", len(ids)) as go_on:
            written = 0
            for public_id in ids:
                kept = fetch(public_id) if public_id not in out.known else None
                if kept and not _is_larger(kept, most):
                    out.put(kept)
                    written += 1
                    if verbose:
                        click.echo(public_id, err=True)
                go_on(1)
    except (MailpitError, OSError) as error:
        raise click.ClickException(str(error)) from None
    left = f", {len(ids) - written} were there, are gone or too large" if written < len(ids) else ""
    click.echo(f"{written} messages written to {target}{left}")


def _file_of(database: Path, tenant: str) -> Path:
    path = own_path(database, tenant) if tenant else database
    if not path.is_file():
        raise click.ClickException(f"there is no file {path}")
    return path


def _is_larger(kept: Kept, most: int) -> bool:
    """True, and said, if a message has more than so many MiB; 0 sets no limit."""
    if not most or len(kept.raw) <= most << 20:
        return False
    click.echo(f"{kept.public_id}: larger than {most} MiB", err=True)
    return True
