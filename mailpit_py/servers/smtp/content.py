"""The framing of content: where DATA and BDAT end, counted while reading."""

from __future__ import annotations

import re

# How much of a refused content is read and thrown away before the connection is given up.
DISCARD_LIMIT = 1 << 30

_END = b"\r\n.\r\n"
# RFC 5321 §4.1.1.4 knows only CRLF "." CRLF. Somebody who types into nc cannot send a CR.
_TYPED_END = re.compile(rb"\n\.\r?\n")
_TYPED_FIRST = re.compile(rb"\.\r?\n")


class Content:
    """The content after DATA, taken from a buffer that grows.

    `limit` is in octets without the stuffed dots, 0 for none; once over it, nothing is kept, but
    reading goes on to the end. `typed` also takes lines that end in a bare LF, until the first CRLF,
    and is only right for a client that has ended all of its commands so. `size` counts octets,
    `over` says that they were too many.
    """

    def __init__(self, limit: int = 0, *, typed: bool = False) -> None:
        self.size = 0
        self.over = False
        self.raw = b""
        self._limit = limit
        self._typed = typed
        self._newline = b"\n" if typed else b"\r\n"
        self._at_start = True
        self._scanned = 0
        self._dots = 0
        self._dots_counted = 0

    def feed(self, buffer: bytearray) -> bool:
        """Take content from the front of `buffer`; True when its end was found and taken too."""
        end = self._end(buffer)
        if end is None:
            self._scanned = max(0, len(buffer) - 4)
            self._bound(buffer)
            return False
        length, after = end
        self._take(bytes(memoryview(buffer)[:length]))
        del buffer[:after]
        return True

    @property
    def is_kept(self) -> bool:
        """False once nothing of it will be kept."""
        return not self.over

    def drop(self) -> None:
        """Keep nothing of this content; only its end is still looked for."""
        self.over = True

    def _end(self, buffer: bytearray) -> tuple[int, int] | None:
        """Return the octets of content at the front of `buffer` and where the next command begins."""
        if self._typed:
            first = _TYPED_FIRST.match(buffer) if self._at_start else None
            found = first or _TYPED_END.search(buffer, self._scanned)
            crlf = buffer.find(b"\r\n", self._scanned, found.end() if found else len(buffer))
            if crlf < 0 or (found and crlf == found.end() - 2):
                return found and (found.start() + (first is None), found.end())
            self._leave_typed(crlf)
        if self._at_start and buffer.startswith(b".\r\n"):
            return 0, 3
        index = buffer.find(_END, self._scanned)
        return None if index < 0 else (index + 2, index + len(_END))

    def _leave_typed(self, crlf: int) -> None:
        """A client that can send CRLF ends with it: a dot between bare LFs is content (smuggling)."""
        self._typed, self._newline = False, b"\r\n"
        self._scanned = crlf
        self._dots = self._dots_counted = 0

    def _take(self, stuffed: bytes) -> None:
        # RFC 5321 §4.5.2: the first dot of a line goes.
        raw = stuffed.replace(self._newline + b".", self._newline)
        if self._at_start and raw.startswith(b"."):
            raw = raw[1:]
        self.size += len(raw)
        self.over = self.over or 0 < self._limit < self.size
        self.raw = b"" if self.over else raw

    def _bound(self, buffer: bytearray) -> None:
        """Throw away what came in beyond the limit, but for the octets that may begin the end."""
        if not self.over and self._limit and len(buffer) > self._limit:
            self._dots += buffer.count(self._newline + b".", self._dots_counted)
            self._dots_counted = max(0, len(buffer) - 2)
            self.over = len(buffer) - self._dots - 3 > self._limit
        if self.over and len(buffer) > 4:
            self.size += len(buffer) - 4
            del buffer[:-4]
            self._at_start = False
            self._scanned = 0


class Octets:
    """The octets after one BDAT, as many as it announced; `keep` is False if they are only to be passed over."""

    def __init__(self, size: int, *, keep: bool) -> None:
        self.size = size
        self.kept = bytearray()
        self.is_kept = keep
        self._left = size

    def drop(self) -> None:
        """Keep nothing of these octets; they are only passed over."""
        self.is_kept = False
        self.kept = bytearray()

    def feed(self, buffer: bytearray) -> bool:
        """Take octets from the front of `buffer`; True when all have come."""
        taken = min(self._left, len(buffer))
        if self.is_kept:
            self.kept += memoryview(buffer)[:taken]
        del buffer[:taken]
        self._left -= taken
        return self._left == 0


# RFC 5322 §2.2: fields of `name: value`, folded lines, each line ended by CRLF; then an empty line or the end.
_HEADER = re.compile(rb"(?:[!-9;-~]++[ \t]*+:[^\r\n]*+\r\n(?:[ \t][^\r\n]*+\r\n)*+)*+(?:\r\n|\Z)")


def is_strict(raw: bytes) -> bool:
    """True if the header section of a message is well-formed."""
    return _HEADER.match(raw) is not None
