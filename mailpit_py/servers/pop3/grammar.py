"""The grammar of POP3: lines out of a stream of bytes, commands out of lines."""

from __future__ import annotations

from dataclasses import dataclass

# RFC 2449 §4 asks for 255 octets; long names need a few more.
LINE_LIMIT = 512
# Lines of SASL are longer (RFC 5034 §4).
RESPONSE_LIMIT = 12_288


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its keyword in capitals, and the rest of the line as it was sent."""

    keyword: str
    rest: str

    @property
    def arguments(self) -> list[str]:
        """The rest as words."""
        return self.rest.split()


class LineBuffer:
    """Bytes in, whole lines out. A line that is too long is passed over, and told as None."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._is_skipping = False

    def __len__(self) -> int:
        return len(self._data)

    def feed(self, data: bytes) -> None:
        """Take in what was received."""
        self._data += data

    def clear(self) -> None:
        """Forget what was received, as before a TLS handshake (RFC 2595 §4)."""
        self._data.clear()

    def lines(self, limit: int) -> list[bytes | None]:
        """The next line without its end, in a list that is empty if none is whole yet.

        CRLF ends a line; a bare LF is taken for one, since people type it.
        """
        end = self._data.find(b"\n")
        if end < 0:
            if len(self._data) > limit:
                self._data.clear()
                self._is_skipping = True
            return []
        line = bytes(self._data[: end + 1])
        del self._data[: end + 1]
        if self._is_skipping or len(line) > limit:
            self._is_skipping = False
            return [None]
        return [line.removesuffix(b"\n").removesuffix(b"\r")]


def parse(line: bytes) -> Command:
    """Read a command. Octets that are no UTF-8 are kept apart from all text."""
    keyword, _, rest = line.decode("utf-8", "surrogateescape").partition(" ")
    return Command(keyword.upper(), rest)


def number(word: str) -> int:
    """A message number; 0, which no message has, for anything else."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else 0


def count(word: str) -> int | None:
    """A number of lines, which may be 0; None for anything else."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None
