"""Dialogues byte for byte, from tests/transcripts/pop3, on each loop and in all manners of feeding."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpit_py.servers.tls import ServerTls
from mailpit_py.storage import Store, Summary
from tests.servers.reading import play
from tests.servers.smtp.test_transcripts import in_one_buffer, in_single_bytes, step_by_step

TRANSCRIPTS = sorted((Path(__file__).parents[2] / "transcripts" / "pop3").glob("*.txt"))
MAILDROP = {
    "A": (b"Subject: dots\r\n\r\n.a line\r\nend\r\n", "ann@example.com"),
    "B": (b"Subject: bare\n\nline\n..\nlast", "bob@example.com"),
    "C": (b"Subject: report\r\n\r\n1\r\n2\r\n3\r\n", "bounces+7@app.example"),
}


@pytest.mark.parametrize("feed", [step_by_step, in_one_buffer, in_single_bytes])
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_dialogue_is_as_written(path: Path, feed, serve, mail, store: Store, tls: ServerTls) -> None:
    for letter, (raw, recipient) in MAILDROP.items():
        mail(raw, recipient, public_id=letter * 22)
    play(path, feed, serve, tls)
    assert "".join(reversed(trash(store))) == trashed(path)


def trash(store: Store) -> list[str]:
    """The letters of what is in Trash, newest first."""
    items = store.page(mailbox=None).items
    return [one.public_id[0] for one in items if isinstance(one, Summary) and one.mailbox == "Trash"]


def trashed(path: Path) -> str:
    """The letters of what a transcript says to be in Trash at its end."""
    line = next((line for line in path.read_text("utf-8").splitlines() if line.startswith("# trashed")), "")
    return "".join(line.split()[2:])


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) > 10
