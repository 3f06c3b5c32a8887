"""The dialogue of one session as it is kept: bounded, printable, without credentials."""

from __future__ import annotations

from collections.abc import Callable

from mailpit_py.mail.envelope import Line, Reply

MASK = "********"
# What one session may keep before it is handed over: beyond it, lines are only counted.
LINES_LIMIT = 2000
CHARACTERS_LIMIT = 256 * 1024
LINE_LIMIT = 4096


class Transcript:
    """The lines since the last ones that were taken, in order; `wall` gives their time."""

    def __init__(self, wall: Callable[[], int]) -> None:
        self._wall = wall
        self._lines: list[Line] = []
        self._characters = 0
        self._dropped = 0

    def client(self, text: str) -> None:
        """Add a command as it may be shown."""
        self._add("C", (_kept(text),))

    def server(self, lines: tuple[str, ...]) -> None:
        """Add the lines of a reply, as `kept_lines` gives them."""
        self._add("S", lines)

    def octets(self, octets: bytes) -> None:
        """Add what was sent in place of a reply, line by line."""
        lines = octets.removesuffix(b"\r\n").split(b"\r\n")
        self._add("S", tuple(_kept(line.decode("utf-8", "backslashreplace")) for line in lines))

    def note(self, text: str) -> None:
        """Add a remark of the sandbox."""
        self._add("*", (_kept(text),))

    def take(self) -> tuple[Line, ...]:
        """Return all lines and begin anew."""
        if self._dropped:
            self._lines.append(Line(self._wall(), "*", f"{self._dropped} more lines were not kept"))
        lines = tuple(self._lines)
        self._lines, self._characters, self._dropped = [], 0, 0
        return lines

    def restore(self, lines: tuple[Line, ...]) -> None:
        """Put lines back in front that were taken but could not be kept."""
        self._lines[:0] = lines

    def _add(self, side: str, texts: tuple[str, ...]) -> None:
        if len(self._lines) >= LINES_LIMIT or self._characters > CHARACTERS_LIMIT:
            self._dropped += len(texts)
            return
        at = self._wall()
        for text in texts:
            self._characters += len(text)
            self._lines.append(Line(at, side, text))


def kept_lines(reply: Reply) -> tuple[str, ...]:
    """The lines of a reply as a transcript keeps them."""
    return tuple(map(_kept, reply.lines))


def _kept(text: str) -> str:
    if not text.isprintable():
        text = printable(text)
    return text if len(text) <= LINE_LIMIT else f"{text[:LINE_LIMIT]}…"


def printable(text: str) -> str:
    """Return `text` with everything that a terminal or a page could obey written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
