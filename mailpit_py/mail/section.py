"""What BODY[...] of an IMAP FETCH names: a part, its header section, some fields, a text (RFC 9051 §6.4.5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from mailpit_py.mail.message import read
from mailpit_py.mail.nstring import atom_or_string
from mailpit_py.mail.part import Part
from mailpit_py.mail.wire import with_crlf

_FIELDS, _FIELDS_NOT = "HEADER.FIELDS", "HEADER.FIELDS.NOT"
_TEXTS = ("", "HEADER", _FIELDS, _FIELDS_NOT, "TEXT", "MIME")


@dataclass(frozen=True, slots=True)
class Section:
    """One section specification.

    `part` is a part's number, empty for the message itself; `text` is one of the words of the RFC in
    capitals, or empty for all of it; `fields` are names for HEADER.FIELDS and HEADER.FIELDS.NOT, and
    only for them; `partial` is the first octet and how many at most.
    Raises ValueError for what the grammar does not allow.
    """

    part: tuple[int, ...] = ()
    text: str = ""
    fields: tuple[str, ...] = ()
    partial: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.text not in _TEXTS:
            raise ValueError(f"no section is called {self.text}")
        if self.text == "MIME" and not self.part:
            raise ValueError("MIME needs a part")
        if bool(self.fields) != (self.text in (_FIELDS, _FIELDS_NOT)):
            raise ValueError("names of fields go with HEADER.FIELDS")
        if any(number < 1 for number in self.part):
            raise ValueError("parts are numbered from 1")
        if self.partial is not None and (self.partial[0] < 0 or self.partial[1] < 1):
            raise ValueError("a partial has a first octet and a length")

    @property
    def label(self) -> bytes:
        """How the answer names it: `BODY[2.HEADER.FIELDS (DATE FROM)]<0>`."""
        words = ".".join([*map(str, self.part), *([self.text] if self.text else [])]).encode()
        if self.fields:
            words += b" (%b)" % b" ".join(map(atom_or_string, self.fields))
        origin = b"" if self.partial is None else b"<%d>" % self.partial[0]
        return b"BODY[%b]%b" % (words, origin)


def section(raw: bytes, spec: Section) -> bytes | None:
    """Return the octets of a section, None (NIL) if the message has no such part.

    The message is as POP3 sends it: its stored octets with CRLF at the end of each line. So the
    whole is as long as RFC822.SIZE says, and HEADER and TEXT together are the whole.
    """
    found = _octets(with_crlf(raw), spec)
    if found is None or spec.partial is None:
        return found
    first, count = spec.partial
    return found[first : first + count]


def _octets(lines: bytes, spec: Section) -> bytes | None:
    if not spec.part and not spec.text:
        return lines
    root = read(lines).root
    part = find(root, spec.part) if spec.part else root
    if part is None:
        return None
    if not spec.text:
        return part.body
    if spec.text == "MIME":
        return lines[part.header_start : part.body_start]
    message = part if not spec.part else inner(part)
    return None if message is None else _of_message(lines, message, spec)


def _of_message(lines: bytes, root: Part, spec: Section) -> bytes:
    if spec.text == "TEXT":
        return root.body
    if spec.text == "HEADER":
        return lines[root.header_start : root.body_start]
    names = {name.lower().encode("utf-8", "replace") for name in spec.fields}
    wanted = spec.text == _FIELDS
    rows = [row for row in root.section.rows if (row[0] in names) is wanted]
    # the empty line belongs to it (§6.4.5.1)
    return b"".join(lines[start:end] + b"\r\n" for _, start, _, end in rows) + b"\r\n"


def inner(part: Part) -> Part | None:
    """The root of the message inside a part, None if it is no message or was not looked into."""
    return part.children[0] if part.is_message and part.children else None


def find(root: Part, numbers: tuple[int, ...]) -> Part | None:
    """Return the part with this number in the message of `root`, None if it has no such part.

    A message that is no multipart has one part, number 1; a multipart that could not be taken apart
    is such a message, too.
    """
    part: Part | None = None
    holder: Part | None = root
    for number in numbers:
        if holder is None:
            return None
        part = _numbered(holder, number)
        if part is None:
            return None
        holder = part if part.is_multipart and part.children else inner(part)
    return part


def _numbered(holder: Part, number: int) -> Part | None:
    """Part `number` of a multipart, or of a message whose root is `holder`."""
    if holder.is_multipart and holder.children:
        return holder.children[number - 1] if number <= len(holder.children) else None
    return holder if number == 1 else None
