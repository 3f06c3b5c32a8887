"""The grammar of IMAP's commands: a scanner over one command with its literals (RFC 9051 §9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from mailpit_py.servers.imap.mailbox_name import decode_utf7, normal
from mailpit_py.servers.imap.problem import Bad
from mailpit_py.servers.imap.sequence import LARGEST, NumberSet

T = TypeVar("T")

_TAG = re.compile(rb"[!#$&',\-./0-9:;<=>?@A-Z\[\]^_`a-z|}~]+")  # an astring without `+`, as RFC 9051 §9 has it
_ATOM = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
_ASTRING = re.compile(rb"[^\x00-\x20\x7f(){%*\"\\]+")
_LIST_MAILBOX = re.compile(rb"[^\x00-\x20\x7f(){\"\\]+")
_FLAG = re.compile(rb"\\?[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
_NUMBER = re.compile(rb"\d{1,20}")
_RANGE = re.compile(rb"(\*|\d{1,10})(?::(\*|\d{1,10}))?")
_QUOTED = re.compile(rb'"((?:[^"\\\r\n\x00]|\\["\\])*)"')
_LITERAL = re.compile(rb"~?\{(\d{1,19})\+?\}\r?\n")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
NUMBERS_AT_MOST = 10_000


class Scanner:
    """Reads a command from the left to the right. Every method raises Bad for what is not there."""

    def __init__(self, data: bytes, *, is_utf8: bool = False) -> None:
        self._data = data
        self._at = 0
        self._is_utf8 = is_utf8

    # Single characters and words

    @property
    def is_at_end(self) -> bool:
        """True if nothing is left."""
        return self._at >= len(self._data)

    def end(self) -> None:
        """Demand that nothing is left."""
        if not self.is_at_end:
            raise Bad(f"unexpected {self._shown()}")

    def space(self) -> None:
        """Pass over one blank."""
        self.pass_over(b" ")

    def pass_over(self, text: bytes) -> None:
        """Demand these octets, in any case."""
        if not self.skip(text):
            raise Bad(f"expected {text.decode()!r} at {self._shown()}")

    def skip(self, text: bytes) -> bool:
        """Pass over these octets, in any case, if they come next."""
        end = self._at + len(text)
        if self._data[self._at : end].upper() != text.upper():
            return False
        self._at = end
        return True

    def peek(self, text: bytes) -> bool:
        """True if these octets come next."""
        return self._data.startswith(text, self._at)

    def take(self, pattern: re.Pattern[bytes], what: str) -> re.Match[bytes]:
        """Take what matches."""
        found = pattern.match(self._data, self._at)
        if found is None:
            raise Bad(f"expected {what} at {self._shown()}")
        self._at = found.end()
        return found

    def tag(self) -> str:
        """A command's tag."""
        return self.take(_TAG, "a tag")[0].decode()

    def atom(self) -> str:
        """An atom, in capitals."""
        return self.word().upper()

    def word(self) -> str:
        """An atom as it was written."""
        return self.take(_ATOM, "a word")[0].decode()

    def flag(self) -> str:
        """A flag or keyword as it was written."""
        return self.take(_FLAG, "a flag")[0].decode()

    def number(self) -> int:
        """A number of 63 bits, as MODSEQ has (RFC 7162 §7)."""
        number = int(self.take(_NUMBER, "a number")[0])
        if number >= 1 << 63:
            raise Bad("the number is too large")
        return number

    # Strings

    def string(self) -> bytes:
        """A quoted string or a literal."""
        if self.peek(b'"'):
            return _ESCAPED.sub(rb"\1", self.take(_QUOTED, "a quoted string")[1])
        size = int(self.take(_LITERAL, "a string")[1])
        end = self._at + size
        if end > len(self._data):
            raise Bad("the literal is not whole")
        text, self._at = self._data[self._at : end], end
        return text

    @property
    def has_string(self) -> bool:
        """True if a quoted string or a literal comes next."""
        return self.peek(b'"') or _LITERAL.match(self._data, self._at) is not None

    def astring(self) -> bytes:
        """A string, or a word that needs no quotes."""
        return self.string() if self.has_string else self.take(_ASTRING, "a string")[0]

    def text(self) -> str:
        """An astring as UTF-8; other octets are kept apart from all text."""
        return self.astring().decode("utf-8", "surrogateescape")

    def mailbox(self) -> str:
        """The name of a mailbox as it is kept."""
        return normal(self._name(self.astring()))

    def reference(self) -> str:
        """The name before LIST's pattern, as it was written."""
        return self._name(self.astring())

    def list_mailbox(self) -> str:
        """The name of a mailbox in which `*` and `%` stand for something."""
        return self._name(self.string() if self.has_string else self.take(_LIST_MAILBOX, "a mailbox")[0])

    def _name(self, octets: bytes) -> str:
        try:
            name = octets.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("the mailbox name is no UTF-8") from None
        if any(character < " " or character == "\x7f" for character in name):
            raise Bad("a mailbox name has no control characters")
        return name if self._is_utf8 else decode_utf7(name)

    # Lists and sets

    def listed(self, one: Callable[[], T], *, may_be_empty: bool = True) -> list[T]:
        """A list in brackets."""
        self.pass_over(b"(")
        found: list[T] = []
        if may_be_empty and self.skip(b")"):
            return found
        found.append(one())
        while self.skip(b" "):
            found.append(one())
        self.pass_over(b")")
        return found

    def one_or_listed(self, one: Callable[[], T]) -> list[T]:
        """One, or a list in brackets."""
        return self.listed(one, may_be_empty=False) if self.peek(b"(") else [one()]

    def number_set(self) -> NumberSet:
        """A set of sequence numbers or UIDs; `$` is the saved result (RFC 9051 §6.4.4.1)."""
        if self.skip(b"$"):
            return NumberSet((), is_saved=True)
        ranges = [self._range()]
        while self.skip(b","):
            ranges.append(self._range())
            if len(ranges) > NUMBERS_AT_MOST:
                raise Bad("too many numbers in the set")
        return NumberSet(tuple(ranges))

    def _range(self) -> tuple[int | None, int | None]:
        low, high = self.take(_RANGE, "a set of numbers").groups()
        return self._bound(low), self._bound(high or low)

    def _bound(self, text: bytes) -> int | None:
        if text == b"*":
            return None
        if not 1 <= int(text) <= LARGEST:
            raise Bad("a number of a message is from 1 to 4294967295")
        return int(text)

    def _shown(self) -> str:
        rest = self._data[self._at : self._at + 20].decode("ascii", "backslashreplace")
        return repr(rest).replace("\\\\", "\\") if rest else "the end"
