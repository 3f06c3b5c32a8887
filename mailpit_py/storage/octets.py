"""How large messages are on the wire, where each line ends in CRLF: measured once for each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from mailpit_py.mail.wire import octets
from mailpit_py.storage.compression import unpack

_CHUNK = 100
_SIZES_KEPT = 100_000


class Octets:
    """Sizes by message id. Content never changes, so each is read once. May be used from any thread."""

    def __init__(self) -> None:
        self._sizes: dict[int, int] = {}

    def measure(self, connection: Connection, ids: Sequence[int]) -> dict[int, int]:
        """The size of each of these messages that is there."""
        known = self._sizes
        sizes = {number: known[number] for number in ids if number in known}
        missing = [number for number in ids if number not in sizes]
        for start in range(0, len(missing), _CHUNK):
            some = missing[start : start + _CHUNK]
            sql = f"SELECT message_id, encoding, raw FROM content WHERE message_id IN ({', '.join('?' * len(some))})"
            for number, encoding, content in connection.exec_driver_sql(sql, tuple(some)):
                sizes[number] = octets(unpack(encoding, content))
        self._sizes = {} if len(known) + len(missing) > _SIZES_KEPT else known
        self._sizes.update(sizes)
        return sizes
