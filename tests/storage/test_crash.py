"""kill -9 at any moment: what was acknowledged is there, and everything that is derived agrees with it."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mailpit_py.storage import Limits, Store, StoreOptions
from tests.storage.building import arrival, keep
from tests.storage.model import content

ROOT = Path(__file__).parent.parent.parent


def ingest_and_kill(path: Path, seed: int) -> tuple[set[str], set[str]]:
    """Return what was acknowledged, and what was told to be deleted, before the kill."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.model", str(path), str(seed)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(random.Random(seed).uniform(0, 0.7))
    process.kill()
    lines = (first + process.stdout.read()).decode().split("\n")[:-1]
    process.stdout.close()
    process.wait()
    told = {sign: {line[1:] for line in lines if line.startswith(sign)} for sign in "+-"}
    return told["+"], told["-"]


def test_after_kill_9_every_acknowledged_message_is_there(tmp_path, check_index, check_counters):
    path = tmp_path / "mail.db"
    acknowledged: set[str] = set()
    doubtful: set[str] = set()
    highest = (0, 0)
    for seed in range(6):
        added, deleted = ingest_and_kill(path, seed)
        acknowledged |= added
        doubtful |= deleted
        with Store.open(path, StoreOptions(limits=Limits(max_messages=None))) as store:
            assert not [one for one in acknowledged - doubtful if store.raw("default", one) != content(one)]
            check_counters(store)
            check_index(store)
            keep(store, arrival())
            newest = store.page(limit=1).items[0]
            assert (newest.id, newest.uid) > highest
            assert newest.uid > highest[1]
            highest = (newest.id, newest.uid)
    assert len(acknowledged) > 50


@pytest.mark.parametrize("round_", range(2))
def test_a_kill_while_everything_is_deleted_leaves_nothing_visible(tmp_path, check_index, check_counters, round_):
    path = tmp_path / "mail.db"
    code = (
        "import sys; from pathlib import Path; from mailpit_py.storage import *\n"
        "from tests.storage.building import *\n"
        "store = Store.open(Path(sys.argv[1]), StoreOptions(limits=Limits(max_messages=None)))\n"
        "keep(store, *(arrival(raw_message(f'm{n}')) for n in range(1500)))\n"
        "subjects(store, 'm1')\n"
        "store.delete('default', Selection.everything()).result(); print('gone', flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"gone\n"
    time.sleep(0.02 * round_)
    process.kill()
    process.stdout.close()
    process.wait()
    with Store.open(path) as store:
        assert (store.page().items, store.counts().total) == ((), 0)
        keep(store, arrival())
        assert store.page().items[0].uid == 1501
        check_counters(store)
        check_index(store)
