"""What FETCH asks for: data items, sections, modifiers (RFC 9051 §6.4.5, RFC 7162 §3.1.4, RFC 8970 §3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpit_py.mail.imap import Section
from mailpit_py.servers.imap.problem import Bad
from mailpit_py.servers.imap.scanner import Scanner

# What the view knows by itself, what the message's row says, and what is read out of its content.
OF_VIEW = frozenset({"FLAGS", "UID", "MODSEQ"})
OF_ROW = frozenset({"INTERNALDATE", "RFC822.SIZE", "EMAILID", "THREADID"})
OF_CONTENT = frozenset({"ENVELOPE", "BODY", "BODYSTRUCTURE", "PREVIEW"})
_MACROS = {
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}
# RFC 3501 §6.4.5: old names for sections; the answer has the old name.
_OLD = {
    "RFC822": (Section(), False),
    "RFC822.HEADER": (Section(text="HEADER"), True),
    "RFC822.TEXT": (Section(text="TEXT"), False),
}
_WORD = re.compile(rb"[A-Za-z0-9.]+")
_PART = re.compile(rb"(?:[1-9]\d{0,8}(?:\.[1-9]\d{0,8})*)?")
_SECTION_TEXT = re.compile(rb"HEADER\.FIELDS\.NOT|HEADER\.FIELDS|HEADER|TEXT|MIME", re.IGNORECASE)
_PARTIAL = re.compile(rb"<(\d{1,10})\.(\d{1,10})>")
ITEMS_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class FetchItem:
    """One data item: its name, how the answer names it, and for BODY and BINARY the section. `peeks` marks nothing."""

    name: str
    label: bytes
    section: Section | None = None
    peeks: bool = True

    @property
    def is_of_content(self) -> bool:
        """True if the message itself is read for it."""
        return self.section is not None or self.name in OF_CONTENT

    @property
    def is_of_header(self) -> bool:
        """True if of the message only fields of its own header section are read for it."""
        spec = self.section
        return self.name == "ENVELOPE" or (spec is not None and not spec.part and spec.text.startswith("HEADER.FIELDS"))


@dataclass(frozen=True, slots=True)
class FetchProgram:
    """All that one FETCH asks for; with `changed_since` only of messages with a higher MODSEQ."""

    items: tuple[FetchItem, ...]
    changed_since: int | None = None

    @property
    def reads_content(self) -> bool:
        """True if the messages themselves are read."""
        return any(item.is_of_content for item in self.items)

    @property
    def reads_header(self) -> bool:
        """True if of the messages themselves only fields of their header sections are read."""
        return self.reads_content and all(item.is_of_header for item in self.items if item.is_of_content)

    @property
    def needs_message(self) -> bool:
        """True if more is told than what a folder knows of its items."""
        return self.reads_content or any(item.name in OF_ROW for item in self.items)

    @property
    def marks_seen(self) -> bool:
        """True if messages become seen by it."""
        return any(not item.peeks for item in self.items)

    def has(self, name: str) -> bool:
        """True if this item is asked for."""
        return any(item.name == name for item in self.items)

    def with_item(self, name: str) -> FetchProgram:
        """The same with a plain item more, where it is not asked for."""
        return self if self.has(name) else FetchProgram((plain(name), *self.items), self.changed_since)


def plain(name: str) -> FetchItem:
    """An item without a section."""
    return FetchItem(name, name.encode())


def parse(scanner: Scanner) -> FetchProgram:
    """Read what stands behind the set of messages, up to the end. Raises Bad."""
    items = _items(scanner)
    changed_since = None
    if scanner.skip(b" "):
        modifiers = scanner.listed(lambda: _modifier(scanner), may_be_empty=False)
        changed_since = modifiers[-1]
    scanner.end()
    unique = tuple(dict.fromkeys(items))
    if len(unique) > ITEMS_AT_MOST:
        raise Bad("too many items")
    return FetchProgram(unique, changed_since)


def _modifier(scanner: Scanner) -> int:
    scanner.pass_over(b"CHANGEDSINCE ")
    return scanner.number()


def _items(scanner: Scanner) -> list[FetchItem]:
    if scanner.peek(b"("):
        return scanner.listed(lambda: _item(scanner), may_be_empty=False)
    for name, members in _MACROS.items():
        if scanner.skip(name.encode()):
            return [plain(one) for one in members]
    return [_item(scanner)]


def _item(scanner: Scanner) -> FetchItem:
    name = scanner.take(_WORD, "an item")[0].decode().upper()
    if scanner.peek(b"["):
        return _with_section(scanner, name)
    if name in _OLD:
        spec, peeks = _OLD[name]
        return FetchItem(name, name.encode(), spec, peeks)
    if name == "PREVIEW" and scanner.skip(b" (LAZY)"):  # a preview is never too dear here
        return plain(name)
    if name not in OF_VIEW | OF_ROW | OF_CONTENT:
        raise Bad(f"there is no item {name}")
    return plain(name)


def _with_section(scanner: Scanner, name: str) -> FetchItem:
    head, _, rest = name.partition(".")
    is_binary = head == "BINARY"
    if head not in ("BODY", "BINARY") or rest not in (("", "PEEK", "SIZE") if is_binary else ("", "PEEK")):
        raise Bad(f"there is no item {name}[...]")
    scanner.pass_over(b"[")
    part = _part(scanner)
    text, fields = ("", ()) if is_binary else _text(scanner, follows=bool(part))
    scanner.pass_over(b"]")
    is_size = rest == "SIZE"
    try:
        spec = Section(part, text, fields, None if is_size else _partial(scanner))
    except ValueError as error:
        raise Bad(str(error)) from None
    label = spec.label.replace(b"BODY[", b"BINARY.SIZE[" if is_size else b"BINARY[", 1) if is_binary else spec.label
    return FetchItem(f"{head}.SIZE" if is_size else head, label, spec, peeks=bool(rest))


def _part(scanner: Scanner) -> tuple[int, ...]:
    numbers = scanner.take(_PART, "a part")[0]
    return tuple(map(int, numbers.split(b"."))) if numbers else ()


def _text(scanner: Scanner, *, follows: bool) -> tuple[str, tuple[str, ...]]:
    if scanner.peek(b"]") or (follows and not scanner.skip(b".")):
        return "", ()
    text = scanner.take(_SECTION_TEXT, "a section")[0].decode().upper()
    if not text.startswith("HEADER.FIELDS"):
        return text, ()
    scanner.space()
    return text, tuple(scanner.listed(lambda: _field_name(scanner), may_be_empty=False))


def _field_name(scanner: Scanner) -> str:
    name = scanner.astring()
    if not name.isascii() or any(octet < 32 for octet in name):
        raise Bad("the name of a header field is ASCII")
    return name.decode()


def _partial(scanner: Scanner) -> tuple[int, int] | None:
    if not scanner.peek(b"<"):
        return None
    first, count = scanner.take(_PARTIAL, "a partial").groups()
    return int(first), int(count)
