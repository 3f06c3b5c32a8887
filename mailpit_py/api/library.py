"""Messages that were read lately, taken apart once for the many requests that one view makes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from mailpit_py.errors import NotFound
from mailpit_py.mail import Message, read
from mailpit_py.mail.html import SafeHtml
from mailpit_py.storage import Store

ROOM_BYTES = 64 << 20
FRESH_SECONDS = 3600  # below the lifetime of the signed addresses inside


@dataclass(slots=True)
class Book:
    """One message, and its HTML as it was last made safe: without and with remote content."""

    message: Message
    safe: dict[bool, tuple[float, SafeHtml]] = field(default_factory=dict)
    making: dict[bool, threading.Lock] = field(default_factory=lambda: {way: threading.Lock() for way in (False, True)})


class Library:
    """A small shelf of parsed messages, bounded by their bytes; a message never changes, so it is never stale.

    Whether the message still exists is asked of the store each time.
    """

    def __init__(self, store: Store, room_bytes: int = ROOM_BYTES) -> None:
        self._store = store
        self._room = room_bytes
        self._shelf: OrderedDict[tuple[str, str], Book] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def message(self, inbox: str, public_id: str) -> Message:
        """The message, decoded on demand. Raises NotFound."""
        return self._book(inbox, public_id).message

    def safe_html(self, inbox: str, public_id: str, *, remote: bool, make: Callable[[Message], SafeHtml]) -> SafeHtml:
        """The message's HTML made safe by `make`, or what it made within the last hour. Raises NotFound.

        Requests that come while it is made wait for it: to make it twice would take twice as long.
        """
        book = self._book(inbox, public_id)
        with book.making[remote]:
            at, safe = book.safe.get(remote, (0.0, None))
            if safe is None or time.monotonic() - at > FRESH_SECONDS:
                safe = make(book.message)
                book.safe[remote] = (time.monotonic(), safe)
            return safe

    def _book(self, inbox: str, public_id: str) -> Book:
        key = (inbox, public_id)
        with self._lock:
            book = self._shelf.get(key)
            if book is not None:
                self._shelf.move_to_end(key)
        if book is not None and self._store.message(inbox, public_id) is not None:
            return book
        raw = self._store.raw(inbox, public_id)
        if raw is None:
            raise NotFound(f"there is no message {public_id!r}")
        return self._keep(key, Book(read(raw)))

    def _keep(self, key: tuple[str, str], book: Book) -> Book:
        size = len(book.message.raw)
        with self._lock:
            if (kept := self._shelf.get(key)) is not None:  # by a request at the same time
                return kept
            if size <= self._room // 2:
                self._shelf[key] = book
                self._size += size
            while self._size > self._room:
                _, oldest = self._shelf.popitem(last=False)
                self._size -= len(oldest.message.raw)
        return book
