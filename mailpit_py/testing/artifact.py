"""What is kept of a failed test: its messages with their dialogues, in the report and as files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mailpit_py.errors import MailpitError
from mailpit_py.testing.failure import describe
from mailpit_py.testing.message import Message
from mailpit_py.testing.view import View

SHOWN = 20  # messages in a report
NAME_AT_MOST = 100


def sections(views: Sequence[View]) -> list[tuple[str, str]]:
    """Return the sections of a report: a list of the messages, and each with its dialogue."""
    messages = [one for view in views for one in _messages(view)]
    refused = [one for view in views for one in _refused(view)]
    lines = [f"{describe(one)}  {one.url}" for one in messages]
    lines += [f"refused at {one.stage}: {one.reply}" for one in refused]
    shown = [(f"mail {one.subject!r}", f"{_dialogue(one)}\n\n{one.text}") for one in messages[:SHOWN]]
    return [("mail of this test", "\n".join(lines) or "none"), *shown]


def keep(views: Sequence[View], folder: str | Path, nodeid: str, page: Any = None) -> Path:
    """Write each message (.eml) with its dialogue (.txt), and a screenshot if a browser is open; return the folder."""
    place = Path(folder) / re.sub(r"[^\w.\[\]-]+", "_", nodeid)[-NAME_AT_MOST:]
    place.mkdir(parents=True, exist_ok=True)
    for number, message in enumerate((one for view in views for one in _messages(view)), 1):
        stem = f"{number:02}-{re.sub(r'[^0-9A-Za-z]+', '-', message.subject)[:40].strip('-') or 'mail'}"
        (place / f"{stem}.eml").write_bytes(message.raw)
        (place / f"{stem}.txt").write_text(_dialogue(message), "utf-8")
    if hasattr(page, "screenshot"):
        page.screenshot(path=str(place / "page.png"))
    return place


def _messages(view: View) -> Iterator[Message]:
    try:
        yield from view.messages
    except (MailpitError, OSError):  # the server has gone: the test's own failure is what counts
        return


def _refused(view: View) -> Iterator[Any]:
    try:
        yield from view.refused
    except (MailpitError, OSError):
        return


def _dialogue(message: Message) -> str:
    try:
        return message.transcript
    except MailpitError as error:
        return str(error)
