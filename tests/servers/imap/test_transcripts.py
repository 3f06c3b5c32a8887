"""Dialogues byte for byte, from tests/transcripts/imap, on each loop and in all manners of feeding.

# tagged A red      the message A has a tag
# trashed A C       what is in Trash at the end
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpit_py.servers.tls import ServerTls
from mailpit_py.storage import Selection, Store
from tests.servers.pop3.test_transcripts import MAILDROP, trash, trashed
from tests.servers.reading import play
from tests.servers.smtp.test_transcripts import in_one_buffer, in_single_bytes, step_by_step

TRANSCRIPTS = sorted((Path(__file__).parents[2] / "transcripts" / "imap").glob("*.txt"))


@pytest.mark.parametrize("feed", [step_by_step, in_one_buffer, in_single_bytes])
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_dialogue_is_as_written(path: Path, feed, serve, mail, store: Store, tls: ServerTls) -> None:
    fill(path, mail, store)
    play(path, feed, serve, tls)
    assert "".join(sorted(trash(store))) == trashed(path)


def fill(path: Path, mail, store: Store) -> None:
    """Put in what each transcript begins with, and the tags that it asks for."""
    for letter, (raw, recipient) in MAILDROP.items():
        mail(raw, recipient, public_id=letter * 22)
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# tagged "):
            _, _, letter, tag = line.split()
            store.tags.replace("default", Selection.ids([letter * 22]), [tag]).result(10)


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) > 15
