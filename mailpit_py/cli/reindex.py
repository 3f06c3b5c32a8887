"""`mailpit-py reindex`: reads every stored message anew, after an upgrade that reads better."""

from __future__ import annotations

from pathlib import Path

import click

from mailpit_py.cli.progress import progress
from mailpit_py.errors import MailpitError


@click.command("reindex")
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(database: Path) -> None:
    """Read every message of DATABASE anew, and build its search index from the start.

    What is shown in lists and found by searches is taken out of the stored bytes again; the bytes,
    envelopes, ids and read marks stay. No sandbox may have the file open.

    \b
    mailpit-py reindex mail.db
    """
    from mailpit_py.storage import EVERY_INBOX, Limits, Store, StoreOptions

    try:
        with Store.open(database, StoreOptions(limits=Limits(max_messages=None))) as store:
            with progress("reindex", store.count(EVERY_INBOX, mailbox=None)) as go_on:
                number = store.reindexing.start(go_on).result()
            store.count(query=store.parse_query("a"), limit=1)  # returns when the index is complete
    except MailpitError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{number} messages")
