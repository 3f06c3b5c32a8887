"""How large messages are as POP3 and IMAP send them: measured once for each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from mailpit_py.mail.downgrade import downgrade
from mailpit_py.mail.wire import octets
from mailpit_py.storage.compression import unpack
from mailpit_py.storage.parameter import marks

_CHUNK = 100
_CONTENT = (
    "SELECT c.message_id, m.smtputf8, c.encoding, c.raw FROM content c CROSS JOIN message m ON m.id = c.message_id"
)
_SIZES_KEPT = 100_000


class Octets:
    """Sizes by message id. Content never changes, so each is read once. May be used from any thread."""

    def __init__(self) -> None:
        self._sizes: dict[int, tuple[int, int]] = {}

    def measure(self, connection: Connection, ids: Sequence[int], *, utf8: bool) -> dict[int, int]:
        """The size of each of these messages that is there, for a reader that takes `utf8` or for another."""
        return {number: sizes[utf8] for number, sizes in self._both(connection, ids).items()}

    def _both(self, connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        """The sizes as it is, but down-converted if it came with SMTPUTF8, and as it is."""
        known = self._sizes
        sizes = {number: known[number] for number in ids if number in known}
        missing = [number for number in ids if number not in sizes]
        for start in range(0, len(missing), _CHUNK):
            some = missing[start : start + _CHUNK]
            sql = f"{_CONTENT} WHERE c.message_id IN ({marks(some)})"
            for number, smtputf8, encoding, content in connection.exec_driver_sql(sql, tuple(some)):
                raw = unpack(encoding, content)
                size = octets(raw)
                sizes[number] = octets(downgrade(raw)) if smtputf8 else size, size
        self._sizes = {} if len(known) + len(missing) > _SIZES_KEPT else known
        self._sizes.update(sizes)
        return sizes
