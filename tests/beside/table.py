"""The document's tables of differences, and the mark that ties a test to a row of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "mailpit-differences.md"


@dataclass(frozen=True)
class Row:
    """One difference: under which heading it stands, what Mailpit does, and what happens here."""

    heading: str
    theirs: str
    ours: str

    def __str__(self) -> str:
        return f"{self.heading}: {self.theirs} | {self.ours}"


def rows() -> list[Row]:
    """All differences, in the order of the document."""
    found = []
    heading = ""
    for line in DOCUMENT.read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line.startswith("| ") and not line.startswith(("| ---", "| in Mailpit")):
            theirs, ours = re.findall(r"(?<=\| ).*?(?= \|)", line)[:2]
            found.append(Row(heading, theirs, ours))
    return found


def row(words: str) -> Row:
    """The one row whose first two cells, as `theirs | ours`, hold these words."""
    found = [one for one in rows() if words in f"{one.theirs} | {one.ours}"]
    assert len(found) == 1, f"{len(found)} rows of {DOCUMENT.name} say {words!r}"
    return found[0]


def differs(*words: str) -> pytest.MarkDecorator:
    """Mark a test as the proof of the rows that say this; each must be one row."""
    for one in words:
        row(one)
    return pytest.mark.differs(*words)
