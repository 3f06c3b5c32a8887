"""One database file belongs to one store at a time, however the last one ended."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailpit_py.errors import StorageError, StorageForeign
from mailpit_py.storage import Store, lock
from tests.storage.building import arrival, keep, raw_message, subjects

ROOT = Path(__file__).parent.parent.parent
HOLDER = (
    "import sys, time; from pathlib import Path; from mailpit_py.storage import Store\n"
    "from tests.storage.building import *\n"
    "store = Store.open(Path(sys.argv[1])); keep(store, arrival(raw_message('first')))\n"
    "print('open', flush=True); time.sleep(60)\n"
)
WORDS = r"^another mailpit-py uses the database .*; stop it, or give this one another --database$"


@contextmanager
def held_by_another_process(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_until_the_first_is_killed(tmp_path, check_index):
    path = tmp_path / "mail.db"
    with held_by_another_process(path), pytest.raises(StorageError, match=WORDS):
        Store.open(path)
    with Store.open(path) as store:
        keep(store, arrival(raw_message("second")))
        assert subjects(store) == ["second", "first"]
        check_index(store)


def test_a_second_store_in_one_process_is_refused_and_harms_nothing(tmp_path):
    path = tmp_path / "mail.db"
    with Store.open(path) as store:
        for _ in range(2):
            with pytest.raises(StorageError, match=WORDS):
                Store.open(path)
        keep(store, arrival(raw_message("mine")))
        other = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM meta').fetchall()"
        subprocess.run([sys.executable, "-c", other, str(path)], check=True)
        # SQLite's own locks are whole: another program that closes last would have removed the log
        assert (tmp_path / "mail.db-wal").exists()
        assert subjects(store) == ["mine"]


def test_another_name_of_the_file_is_refused_too(tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "mail.db")
    with Store.open(tmp_path / "mail.db"), pytest.raises(StorageError, match=WORDS):
        Store.open(tmp_path / "link.db")


def test_closing_frees_the_file_and_leaves_the_lock_file(tmp_path):
    path = tmp_path / "mail.db"
    first = Store.open(path)
    first.close()
    with Store.open(path):
        first.close()  # closing again takes nothing from the next one
        with pytest.raises(StorageError, match=WORDS):
            Store.open(path)
    assert stat.S_IMODE((tmp_path / "mail.db.lock").stat().st_mode) == 0o600


def test_a_database_that_does_not_open_is_not_held(tmp_path):
    path = tmp_path / "mail.db"
    Store.open(path).close()
    sound = path.read_bytes()
    for content, error in [(b"theirs", StorageForeign), (sound[:100] + b"\xff" * (len(sound) - 100), StorageError)]:
        path.write_bytes(content)
        with pytest.raises(error):
            Store.open(path)
    path.write_bytes(sound)
    Store.open(path).close()


def test_a_lock_file_that_cannot_be_opened_is_said_plainly(tmp_path):
    (tmp_path / "mail.db.lock").mkdir()
    with pytest.raises(StorageError, match=r"cannot open the database .*mail\.db\.lock: Is a directory"):
        Store.open(tmp_path / "mail.db")


def test_a_file_system_without_locks_is_said_plainly(tmp_path, monkeypatch):
    def lock_nothing(descriptor: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(lock, "_lock", lock_nothing)
    with pytest.raises(StorageError, match="cannot lock the database"):
        Store.open(tmp_path / "mail.db")


def test_temporary_databases_need_no_lock():
    with Store.open(None) as store:
        keep(store, arrival())
        assert [file.name for file in store.path.parent.iterdir() if file.suffix == ".lock"] == []
