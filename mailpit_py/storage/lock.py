"""One store for each database file: an exclusive lock beside it for as long as the store is open."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from mailpit_py.errors import StorageError

_TAKEN = (errno.EACCES, errno.EAGAIN)  # EACCES is how Windows says it

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """The right to use a database file: what is kept in memory of it is true for one store only.

    The kernel frees it when the process ends, however it ends. The lock file stays: were it
    removed, one store could hold the removed file while another locks a new one of that name.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        # SQLite follows symbolic links too: two names of one file are one database
        target = database.resolve()
        self.path = target.with_name(target.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, if it is not taken by this object. Raises StorageError if another store has it."""
        if self._descriptor is not None:
            return
        if not self.path.parent.is_dir():
            raise StorageError(f"cannot open the database {self._database}: there is no folder {self.path.parent}")
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageError(f"cannot open the database {self._database}: {self.path}: {error.strerror}") from error
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise StorageError(self._why_not(error)) from error
        self._descriptor = descriptor

    def _why_not(self, error: OSError) -> str:
        if error.errno in _TAKEN:
            return (
                f"another mailpit-py uses the database {self._database}; stop it, or give this one another --database"
            )
        return f"cannot lock the database {self._database}: {self.path}: {error.strerror}"

    def release(self) -> None:
        """Let another store have the file. Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
