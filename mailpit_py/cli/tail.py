"""`mailpit-py tail`: mail as it arrives, and what is refused, line by line in the terminal."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import click

from mailpit_py.cli.feed import Feed, FeedError
from mailpit_py.cli.remote import inbox_option, json_option, sandbox_at, url_option

COLOURS = {"message": "green", "attempt": "red", "report": "yellow", "removed": "bright_black"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

Json = dict[str, Any]


@click.command("tail")
@click.option("-n", "--last", default=0, metavar="N", type=click.IntRange(0, 200), help="Begin with the last N.")
@click.option("--after", default="", metavar="CURSOR", help="Go on from here, as JSON lines tell it.")
@click.option("--all", "everything", is_flag=True, help="Tell also what is deleted, read and pinned.")
@click.option("--once", is_flag=True, help="End when the sandbox does, instead of waiting for it to come back.")
@json_option
@inbox_option
@url_option
def command(  # noqa: PLR0913 - one for each option
    last: int, after: str, everything: bool, once: bool, as_json: bool, inbox: str, url: str
) -> None:
    """Print a line for each message that arrives and for each that is refused, as it happens. Ctrl+C ends it.

    When the sandbox is restarted this goes on where it was. Without the database of then, or after
    very much at a time, a line on standard error says that something may be missing.

    \b
    mailpit-py tail -n 10
    mailpit-py tail --json | jq -r 'select(.kind == "attempt") | .reply.text'
    """
    show = _show_json if as_json else _show_line
    try:
        feed = Feed(url, after or _begin(url, inbox, last, show), inbox)
        for frame in feed.frames(once=once):
            if frame.get("resync"):
                click.echo("something may be missing here: the sandbox cannot tell what happened since", err=True)
            for change in frame.get("changes", ()):
                for entry in entries(change, everything=everything):
                    show(entry, str(frame["cursor"]))
    except KeyboardInterrupt:
        return
    except FeedError as error:
        raise click.ClickException(str(error)) from None


def _begin(url: str, inbox: str, last: int, show: Callable[[Json, str], None]) -> str:
    """Show the last rows, and return where to go on so that nothing is missed between."""
    with sandbox_at(url, inbox) as client:
        page = client.get("messages", limit=max(last, 1), refused="true")
    for row in reversed(page["items"][:last]):
        show(row, str(page["cursor"]))
    return str(page["cursor"])


def entries(change: Json, *, everything: bool) -> Iterator[Json]:
    """What one change tells: rows that arrived; with `everything` also what became of others."""
    if change["kind"] == "added":
        yield from change["messages"]
    elif everything and change["kind"] == "removed":
        yield from ({"kind": "removed", "id": one} for one in change["ids"])
    elif everything and change["kind"] == "changed":
        yield from ({"kind": "changed", **one} for one in change["messages"])
    elif everything:
        yield {"kind": change["kind"]}


def line_of(entry: Json) -> str:
    """One entry as a line: time, what happened, from whom to whom, what about. Control characters are shown as text."""
    if entry["kind"] not in ("message", "attempt"):
        marks = [name for name in ("seen", "pinned") if entry.get(name)]
        return " ".join([time.strftime("%H:%M:%S"), f"{entry['kind']:8}", entry.get("id", ""), *marks]).rstrip()
    at = datetime.fromisoformat(entry["received_at"]).astimezone().strftime("%H:%M:%S")
    sender = entry["reverse_path"] or "<>"
    if entry["kind"] == "attempt":
        reply = entry["reply"]
        to = [one["address"] for one in entry["recipients"]]
        said = " ".join(word for word in (str(reply["code"]), reply["status"], reply["text"]) if word)
        return visible(f"{at} refused  {sender} -> {_named(to, entry)}: {said}")
    what = "report  " if entry["source"] == "report" else "received"
    return visible(
        f"{at} {what} {sender} -> {_named(entry['recipients'], entry)}: {entry['subject'] or '(no subject)'}"
    )


def visible(text: str) -> str:
    """A text that can do nothing to a terminal: control and direction characters are written as escapes."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _named(addresses: list[str], entry: Json) -> str:
    more = entry["recipient_count"] - len(addresses)
    return ", ".join(addresses) + (f" and {more} more" if more > 0 else "") or "nobody"


def _show_line(entry: Json, _cursor: str) -> None:
    kind = "report" if entry.get("source") == "report" else entry["kind"]
    click.secho(line_of(entry), fg=COLOURS.get(kind))


def _show_json(entry: Json, cursor: str) -> None:
    click.echo(json.dumps({**entry, "cursor": cursor}, ensure_ascii=True))
