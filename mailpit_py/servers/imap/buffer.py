"""From a stream of bytes to whole commands, literals included (RFC 9051 §4.3, RFC 7888)."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A command without its literals; clients that name many UIDs need more than the 8,192 octets of RFC 7162 §4.
LINE_LIMIT = 64 * 1024

_ANNOUNCED_AT_MOST = 32
_ANNOUNCED = re.compile(rb"~?\{(\d{1,19})(\+?)\}\r?\n\Z")


@dataclass(frozen=True, slots=True)
class Announced:
    """A literal of `size` octets comes next; the client waits for consent if `is_waiting`."""

    head: bytes
    size: int
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Overlong:
    """A line or literal that is not taken; `head` is what came before."""

    head: bytes


class CommandBuffer:
    """Bytes in, commands out. Who asks for a command answers each `Announced` with `accept` or `refuse`."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._seen = 0  # up to here the data holds no end of the command
        self._literals = 0  # octets of literals in what was seen
        self._skip = 0
        self._announced: Announced | None = None

    def __len__(self) -> int:
        return len(self._data)

    @property
    def missing_bytes(self) -> int:
        """How many octets of a literal that was accepted are still to come."""
        return max(0, self._seen - len(self._data))

    def feed(self, data: bytes) -> None:
        """Take in what was received."""
        self._data += data

    def clear(self) -> None:
        """Forget what was received, as before a TLS handshake (RFC 9051 §6.2.1)."""
        self._data.clear()
        self._seen = self._literals = self._skip = 0
        self._announced = None

    def line(self) -> bytes | Overlong | None:
        """The next line without its end, as in IDLE and SASL; None if none is whole yet."""
        end = self._data.find(b"\n")
        if end < 0 and len(self._data) <= LINE_LIMIT:
            return None
        if end < 0 or end > LINE_LIMIT:
            return self._give_up()
        return self._take(end + 1)

    def command(self) -> bytes | Announced | Overlong | None:
        """The next command with its literals as they were sent, without the last line end; None if it is not whole."""
        if self._skip:
            self._drop()
        while not self._skip:
            end = self._data.find(b"\n", self._seen)
            if end < 0 and len(self._data) - self._literals <= LINE_LIMIT:
                return None
            if end < 0 or end - self._literals > LINE_LIMIT:
                return self._give_up()
            announced = _ANNOUNCED.search(self._data, max(self._seen, end - _ANNOUNCED_AT_MOST), end + 1)
            if announced is None:
                return self._take(end + 1)
            self._seen = end + 1
            size, is_waiting = int(announced[1]), not announced[2]
            self._announced = Announced(bytes(self._data[: self._seen]), size, is_waiting)
            return self._announced
        return None

    def accept(self) -> None:
        """Wait for the literal that was announced."""
        assert self._announced is not None
        self._seen += self._announced.size
        self._literals += self._announced.size
        self._announced = None

    def refuse(self) -> None:
        """Forget the command whose literal was announced; one that comes without consent is passed over."""
        announced = self._announced
        assert announced is not None
        del self._data[: self._seen]
        self._seen = self._literals = 0
        self._announced = None
        self._skip = 0 if announced.is_waiting else announced.size + 1
        if self._skip:
            self._drop()

    def _drop(self) -> None:
        """Pass over a literal that nobody asked for, and the rest of its command with all that are in it."""
        while self._skip:
            gone = min(self._skip - 1, len(self._data))
            del self._data[:gone]
            self._skip -= gone
            end = self._data.find(b"\n") if self._skip == 1 else -1
            if end < 0:
                if self._skip == 1:
                    del self._data[:-_ANNOUNCED_AT_MOST]  # the end of the line may announce another one
                return
            announced = _ANNOUNCED.search(self._data, max(0, end - _ANNOUNCED_AT_MOST), end + 1)
            self._skip = int(announced[1]) + 1 if announced and announced[2] else 0
            del self._data[: end + 1]

    def _give_up(self) -> Overlong:
        """Forget a line that is too long, up to its end."""
        head = bytes(self._data[:64])
        self._seen = self._literals = 0
        end = self._data.find(b"\n")
        if end >= 0:
            del self._data[: end + 1]
        else:
            self._data.clear()
            self._skip = 1
        return Overlong(head)

    def _take(self, end: int) -> bytes:
        command = bytes(self._data[:end])
        del self._data[:end]
        self._seen = self._literals = 0
        return command.removesuffix(b"\n").removesuffix(b"\r")
