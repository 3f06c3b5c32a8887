"""A request's body that comes in chunks, put together: RFC 9112 §7.1."""

from __future__ import annotations

import io
import re
from typing import Any

LONGEST_LINE = 4096
MOST_TRAILERS = 100
_HEAD = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")


class Chunked(io.RawIOBase):
    """What is in the chunks; their extensions, and the fields behind the last of them, are passed over.

    Reading raises OSError if the chunks are none, or end before the last.
    """

    def __init__(self, source: io.BufferedIOBase) -> None:
        self._source = source
        self._left = 0
        self._has_ended = False

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read from one chunk; 0 behind the last."""
        view = memoryview(buffer).cast("B")
        if not self._left and not self._has_ended:
            self._begin()
        if self._has_ended or not len(view):
            return 0
        octets = self._source.read(min(len(view), self._left))
        if not octets:
            raise OSError("the body ends amid a chunk")
        view[: len(octets)] = octets
        self._left -= len(octets)
        if not self._left and self._source.read(2) != b"\r\n":
            raise OSError("a chunk is longer than it says")
        return len(octets)

    def _begin(self) -> None:
        """Read the line before a chunk, and all that stands behind the last."""
        head = _HEAD.fullmatch(self._source.readline(LONGEST_LINE))
        if head is None:
            raise OSError("a chunk does not say how long it is")
        self._left = int(head[1], 16)
        self._has_ended = not self._left
        if self._has_ended:
            self._pass_over_trailers()

    def _pass_over_trailers(self) -> None:
        for _ in range(MOST_TRAILERS):
            line = self._source.readline(LONGEST_LINE)
            if line == b"\r\n":
                return
            if not line.endswith(b"\n"):
                break
        raise OSError("the fields behind the last chunk have no end")
