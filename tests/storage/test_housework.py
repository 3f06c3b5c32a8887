"""When the writer does what besides its jobs."""

from __future__ import annotations

import pytest

from mailpit_py.storage.fulltext import FullText
from mailpit_py.storage.housework import INDEX_LAG, Housework
from mailpit_py.storage.value import Limits


@pytest.mark.parametrize(
    ("committed_id", "idle", "urgent", "is_indexed"),
    [
        (INDEX_LAG - 1, False, False, False),
        (INDEX_LAG, False, False, True),
        (1, True, False, True),
        (1, False, True, True),
        (0, True, True, False),
    ],
)
def test_while_mail_comes_the_index_waits_but_not_for_long_and_for_no_search(committed_id, idle, urgent, is_indexed):
    housework = Housework(Limits(), FullText(enabled=True))
    chores = [chore.__name__ for chore in housework.due(committed_id, idle=idle, urgent=urgent)]
    assert ("_apply" in chores) is is_indexed
