"""`mailpit-py ingest`: puts messages from files into a sandbox, running or not."""

from __future__ import annotations

import smtplib
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mailpit_py.bind import Bind
from mailpit_py.cli.mailfile import Found, Unreadable, files_of, messages
from mailpit_py.cli.progress import progress
from mailpit_py.cli.submission import SubmissionError, place_of, session, submit
from mailpit_py.config import from_values
from mailpit_py.errors import MailpitError
from mailpit_py.mail import read
from mailpit_py.mail.implied import implied_envelope

IN_FLIGHT = 500
Put = Callable[[Found], None]


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-S", "--smtp-addr", metavar="ADDRESS", help="Where SMTP is; else as --smtp says.")
@click.option("--into", type=click.Path(dir_okay=False, path_type=Path), help="Put them into this database instead.")
@click.option("-r", "--recent", type=click.IntRange(0), default=0, metavar="DAYS", help="Only files so new.")
@click.option("--max-message-size", "limit", type=click.IntRange(0), metavar="MIB", help="Pass over larger messages.")
@click.pass_context
def command(  # noqa: PLR0913 - click hands over one argument an option
    context: click.Context, paths: tuple[Path, ...], smtp_addr: str, into: Path | None, recent: int, limit: int | None
) -> None:
    """Put the messages of PATHS into a sandbox: single messages, mbox files, Maildirs, archives of `dump`, folders.

    They are sent by SMTP to a running sandbox. With --into they are written into a database that no
    sandbox has open, octet by octet and with the time of their file. The envelope is Return-Path or
    From, and To, Cc and Bcc, or that of the archive. Exits with 1 if something could not be put in.

    \b
    mailpit-py ingest ~/Maildir old.mbox
    mailpit-py ingest --into mail.db archive.zip
    """
    files = files_of(paths, since=time.time() - recent * 86_400 if recent else 0)
    limit_bytes = (context.obj["max_message_size"] if limit is None else limit) << 20
    try:
        into_what = _into_database(into, context.obj) if into else _over_smtp(smtp_addr or context.obj["smtp"])
        with into_what as put, progress("ingest", sum(one.stat().st_size for one in files)) as go_on:
            taken, failed = _ingest((one for file in files for one in messages(file, limit_bytes)), put, go_on)
    except (MailpitError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{taken} messages" + (f", {failed} not taken" if failed else ""))
    context.exit(1 if failed else 0)


def _ingest(found: Iterator[Found | Unreadable], put: Put, go_on: Callable[[int], None]) -> tuple[int, int]:
    taken = failed = 0
    for one in found:
        try:
            if isinstance(one, Unreadable):
                raise click.ClickException(one.reason)
            put(one)
            taken += 1
        except (MailpitError, click.ClickException) as error:
            failed += 1
            click.echo(f"{one.name}: {error}", err=True)
        go_on(one.cost)
    return taken, failed


def with_envelope(one: Found) -> Found:
    """Return it with reverse-path and recipients, from its header if its source had none."""
    if one.recipients:
        return one
    implied, recipients = implied_envelope(read(one.raw))
    reverse_path = one.reverse_path if one.reverse_path is not None else implied
    return replace(one, reverse_path=reverse_path, recipients=recipients)


class _Sender:
    """Sends over one connection, and over another one once that has ended."""

    def __init__(self, place: Bind) -> None:
        self._place = place
        self._held = ExitStack()
        self._client: smtplib.SMTP | None = None

    def connect(self) -> smtplib.SMTP:
        if self._client is None:
            self._client = self._held.enter_context(session(self._place))
        return self._client

    def put(self, one: Found) -> None:
        one = with_envelope(one)
        if not one.recipients:
            raise SubmissionError("it names no recipient")
        client = self.connect()
        try:
            refused = submit(client, one.reverse_path or "", one.recipients, one.raw)
        except SubmissionError as error:
            if error.code in (0, 421):
                self.close()
            raise
        if refused:
            said = "; ".join(f"{address}: {code} {text}" for address, (code, text) in refused.items())
            raise SubmissionError(f"{said}; the other recipients have it")

    def close(self) -> None:
        self._client = None
        self._held.close()


@contextmanager
def _over_smtp(where: str) -> Iterator[Put]:
    sender = _Sender(place_of(where))
    with closing(sender):
        sender.connect()  # without a server, say so once
        yield sender.put


@contextmanager
def _into_database(path: Path, settings: Mapping[str, Any]) -> Iterator[Put]:
    """Write without retention: what is put in stays until a sandbox with limits opens the database."""
    from mailpit_py.assembly.wiring import store_options
    from mailpit_py.storage import Limits, Store

    options = replace(store_options(from_values(settings)), limits=Limits(max_messages=None))
    waiting: deque[tuple[str, Future[None]]] = deque()
    with Store.open(path, options) as store:

        def put(one: Found) -> None:
            waiting.append((one.name, store.add(_arrival(with_envelope(one)))))
            if len(waiting) > IN_FLIGHT:
                _settle(*waiting.popleft())

        yield put
        while waiting:
            _settle(*waiting.popleft())


def _settle(name: str, stored: Future[None]) -> None:
    try:
        stored.result()
    except MailpitError as error:
        raise MailpitError(f"{name}: {error}") from None


def _arrival(one: Found) -> Any:
    from mailpit_py.identity import new_public_id
    from mailpit_py.mail.envelope import Envelope, Line, Recipient, Session, Transaction
    from mailpit_py.storage import Arrival

    envelope = Envelope(one.reverse_path or "", tuple(Recipient(address) for address in one.recipients or ()))
    came_in = Session(new_public_id(), one.received_at, listener="ingest", protocol="FILE")
    lines = (Line(one.received_at, "*", f"put in from a file, {len(one.raw)} octets"),)
    return Arrival(
        public_id=new_public_id(),
        transaction=Transaction(came_in, envelope, lines),
        raw=one.raw,
        received_at=one.received_at,
        source="ingest",
    )
