"""The file of a store: whose it is, who may read it, and what happens when it cannot be used."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from mailpit_py.errors import StorageError
from mailpit_py.storage import Selection, Store, StoreOptions
from tests.storage.building import arrival, eventually, keep, raw_message, subjects


def test_a_temporary_database_is_private_and_goes_when_the_store_closes():
    with Store.open(None) as store:
        folder = store.path.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert store.is_temporary
    assert not folder.exists()


def test_database_files_are_readable_by_their_owner_only(tmp_path):
    old = os.umask(0)
    try:
        with Store.open(tmp_path / "mail.db") as store:
            keep(store, arrival())
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
            assert modes == {f"mail.db{end}": 0o600 for end in ("", "-wal", "-shm", ".lock")}
    finally:
        os.umask(old)


@pytest.mark.parametrize("loose", [0o644, 0o660, 0o755])
def test_a_database_that_others_could_read_is_closed_to_them(tmp_path, loose):
    ends = ("", "-wal", "-shm")
    with Store.open(tmp_path / "mail.db") as store:
        keep(store, arrival(raw_message("kept")))
        copies = {end: (tmp_path / f"mail.db{end}").read_bytes() for end in ends}
    for end, content in copies.items():  # as a kill leaves them
        (tmp_path / f"mail.db{end}").write_bytes(content)
        (tmp_path / f"mail.db{end}").chmod(loose)
    with Store.open(tmp_path / "mail.db") as store:
        assert {stat.S_IMODE((tmp_path / f"mail.db{end}").stat().st_mode) for end in ends} == {0o600}
        assert subjects(store) == ["kept"]


def test_a_looser_database_of_another_owner_is_told_of_and_used(tmp_path, monkeypatch, caplog):
    path = tmp_path / "mail.db"
    Store.open(path).close()
    path.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with Store.open(path) as store:
        keep(store, arrival())
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert caplog.messages == [f"others may open {path} (mode 644), and its owner is another user"]


def test_a_file_system_that_changes_no_modes_is_told_of(tmp_path, monkeypatch, caplog):
    path = tmp_path / "mail.db"
    Store.open(path).close()
    path.chmod(0o644)

    def refuse(file: Path, mode: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "chmod", refuse)
    Store.open(path).close()
    assert caplog.messages == [f"others may open {path} (mode 644): Operation not permitted"]


def test_a_missing_folder_is_said_plainly(tmp_path):
    with pytest.raises(StorageError, match=r"cannot open the database .*mail\.db: there is no folder \S+missing$"):
        Store.open(Path(tmp_path, "missing", "mail.db"))


def test_a_damaged_database_is_a_storage_error(tmp_path):
    path = tmp_path / "mail.db"
    Store.open(path).close()
    damaged = bytearray(path.read_bytes())
    damaged[100:] = b"\xff" * (len(damaged) - 100)
    path.write_bytes(damaged)
    with pytest.raises(StorageError, match="the store failed"):
        Store.open(path)


def test_a_store_without_a_write_ahead_log_reads_while_it_writes(tmp_path, run_sql):
    path = tmp_path / "mail.db"
    Store.open(path).close()
    with Store.open(path, StoreOptions(wal=False)) as store:
        assert run_sql(store, "PRAGMA journal_mode") == [("delete",)]
        written = [store.add(arrival(raw_message(f"number {number}"))) for number in range(50)]
        seen = [store.counts("default").total for _ in range(20)]
        assert seen == sorted(seen)
        for one in written:
            one.result(10)
        assert store.count(query=store.parse_query("number")) == 50
        assert not path.with_name("mail.db-wal").exists()


@pytest.mark.parametrize("vacuum", [True, False])
def test_the_file_shrinks_after_a_deletion_unless_told_otherwise(tmp_path, vacuum, run_sql):
    with Store.open(tmp_path / "mail.db", StoreOptions(vacuum=vacuum)) as store:
        for _ in range(8):
            store.add(arrival(os.urandom(1 << 20))).result(10)
        store.delete("default", Selection.everything()).result(10)
        pages = "SELECT count(*) FROM content"
        assert eventually(lambda: run_sql(store, pages)[0][0] == 0, 60)
        freed = "SELECT * FROM pragma_freelist_count"
        if vacuum:
            assert eventually(lambda: run_sql(store, freed)[0][0] < 1_000, 60)
        else:
            assert eventually(lambda: store._writer._housework.pause(store._writer.committed_id) > 1, 60)
            assert run_sql(store, freed)[0][0] > 1_000
