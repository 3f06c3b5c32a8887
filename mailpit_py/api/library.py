"""Messages that were read lately, taken apart once for the many requests that one view makes."""

from __future__ import annotations

import threading
from collections import OrderedDict

from mailpit_py.errors import NotFound
from mailpit_py.mail import read
from mailpit_py.mail.message import Message
from mailpit_py.storage import Store

ROOM_BYTES = 64 << 20


class Library:
    """A small shelf of parsed messages, bounded by their bytes; a message never changes, so it is never stale.

    Whether the message still exists is asked of the store each time.
    """

    def __init__(self, store: Store, room_bytes: int = ROOM_BYTES) -> None:
        self._store = store
        self._room = room_bytes
        self._shelf: OrderedDict[tuple[str, str], Message] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def message(self, inbox: str, public_id: str) -> Message:
        """The message, decoded on demand. Raises NotFound."""
        key = (inbox, public_id)
        with self._lock:
            message = self._shelf.get(key)
            if message is not None:
                self._shelf.move_to_end(key)
        if message is not None and self._store.message(inbox, public_id) is not None:
            return message
        raw = self._store.raw(inbox, public_id)
        if raw is None:
            raise NotFound(public_id)
        message = read(raw)
        self._keep(key, message)
        return message

    def _keep(self, key: tuple[str, str], message: Message) -> None:
        with self._lock:
            if key in self._shelf or len(message.raw) > self._room // 2:
                return
            self._shelf[key] = message
            self._size += len(message.raw)
            while self._size > self._room:
                _, oldest = self._shelf.popitem(last=False)
                self._size -= len(oldest.raw)
