"""`mailpit-py dump`: writes the messages of a sandbox, running or not, into files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mailpit_py.cli.archive import FORMATS, Kept
from mailpit_py.cli.progress import progress
from mailpit_py.client import DEFAULT_URL, Client, ClientError
from mailpit_py.errors import MailpitError

PAGE = 200
Fetch = Callable[[str], Kept | None]


@click.command("dump")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), help="Else as the end of TARGET says, or eml.")
@click.option("--url", "--http", envvar="MP_URL", default=DEFAULT_URL, show_default=True, help="The running sandbox.")
@click.option("--database", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read a file instead.")
@click.option("--query", default="", metavar="SEARCH", help="Only what this search finds.")
def command(target: Path, kind: str | None, url: str, database: Path | None, query: str) -> None:
    """Write all messages into TARGET, the oldest first: a folder of .eml files, a Maildir, an mbox, a zip archive.

    .eml files and archives have the octets as received; archives keep the envelopes, too, and can be
    put in again with `ingest`. A folder is continued: what is in it stays, and is not fetched again.

    \b
    mailpit-py dump saved
    mailpit-py dump mail.mbox --query 'from:shop after:7d'
    mailpit-py dump mail.zip --database mail.db
    """
    kind = kind or {".mbox": "mbox", ".zip": "zip"}.get(target.suffix.lower(), "eml")
    source = _of_database(database, query) if database else _of_server(url, query)
    try:
        with source as (ids, fetch), FORMATS[kind](target) as out, progress("dump", len(ids)) as go_on:
            written = 0
            for public_id in ids:
                if public_id not in out.known and (kept := fetch(public_id)):
                    out.put(kept)
                    written += 1
                go_on(1)
    except (MailpitError, OSError) as error:
        raise click.ClickException(str(error)) from None
    left = f", {len(ids) - written} were there or are gone" if written < len(ids) else ""
    click.echo(f"{written} messages written to {target}{left}")


@contextmanager
def _of_server(url: str, query: str) -> Iterator[tuple[list[str], Fetch]]:
    client = Client(url)
    rows: dict[str, dict[str, Any]] = {}
    following: str | None = ""
    while following is not None:
        page = client.get("messages", query=query, limit=PAGE, before=following)
        rows |= {str(row["id"]): row for row in page["items"]}
        following = page["next"]

    def fetch(public_id: str) -> Kept | None:
        row = rows[public_id]
        try:
            envelope = client.get(f"messages/{public_id}/envelope")
            raw = client.octets(f"messages/{public_id}/raw")
        except ClientError as error:
            if error.status == 404:  # deleted meanwhile
                return None
            raise
        recipients = tuple(one["address"] for one in envelope["recipients"])
        at = round(datetime.fromisoformat(row["received_at"]).timestamp() * 1_000_000)
        return Kept(public_id, raw, at, row["seen"], envelope["reverse_path"], recipients)

    yield list(reversed(rows)), fetch


@contextmanager
def _of_database(path: Path, query: str) -> Iterator[tuple[list[str], Fetch]]:
    from mailpit_py.storage import Limits, Store, StoreOptions

    with Store.open(path, StoreOptions(limits=Limits(max_messages=None))) as store:
        ids: list[str] = []
        wanted, before = store.parse_query(query) if query.strip() else None, None
        while True:
            page = store.page(query=wanted, before=before, limit=PAGE)
            ids += [item.public_id for item in page.items]
            before = page.next
            if before is None:
                break
        yield list(reversed(ids)), lambda public_id: _stored(store, public_id)


def _stored(store: Any, public_id: str) -> Kept | None:
    stored, raw = store.message("default", public_id), store.raw("default", public_id)
    if stored is None or raw is None:
        return None
    envelope, summary = stored.envelope, stored.summary
    recipients = tuple(one.address for one in envelope.recipients)
    return Kept(public_id, raw, summary.received_at, summary.seen, envelope.reverse_path, recipients)
