"""Each row of the document's tables has its proof, or a reason why it has none here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.beside.table import Row, row, rows

# Rows that no two programs on one machine can show, and why.
ELSEWHERE = {
    "takes longer than 30 seconds": "that needs an answer that takes longer",
    "in its image, without a database": "that needs an engine for images; tests/packaging/ runs the steps of ours",
    "its image runs as root": "likewise",
    "a ping after 54 s": "that needs a minute, and ours 25 s",
    "no `stats` after pruning": "Mailpit prunes once a minute",
    "the name of each client is looked up in the DNS": "that needs a DNS server",
    "after five minutes of silence": "that needs five minutes",
    "`messages` and `search` count by reading everything": "no answer shows how it was counted",
    "demo mode prunes to 500": "Mailpit prunes after a minute, once there are 1,000 messages",
}


def named() -> Iterator[str]:
    """The words that tests in this folder name their rows by."""
    for file in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "differs":
                yield from (one.value for one in node.args if isinstance(one, ast.Constant))


def test_each_row_has_its_proof() -> None:
    proved: set[Row] = {row(words) for words in [*named(), *ELSEWHERE]}
    assert [str(one) for one in rows() if one not in proved] == []
