"""Which parts Mailpit shows as text, which as HTML, and which it lists: coarser than what a reader does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailpit_py.mail.part import Part

_TEXT = "text/plain"
_HTML = "text/html"
_OCTETS = "application/octet-stream"
_SEPARATOR = "\n--\n"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The leaves of a message, texts in the order of the message, files the outermost first.

    `attached` are what their sender calls attachments, and whatever has no better type; `inline`
    are first the parts with that disposition, then those with none that are no text. A message
    inside the message is a leaf.
    """

    text: tuple[Part, ...]
    html: Part | None
    attached: tuple[Part, ...]
    inline: tuple[Part, ...]

    @property
    def plain(self) -> str:
        """The plain text as its parts have it, line ends kept but for a CR before a CRLF, which is an accident."""
        return _SEPARATOR.join(map(_lines, self.text))

    @property
    def markup(self) -> str:
        """The HTML as its part has it, line ends kept; `''` without one."""
        return self.html.reading[0] if self.html else ""

    @property
    def listed(self) -> tuple[Part, ...]:
        """Every part that can be asked for by its number."""
        return (*self.attached, *self.inline)


def _lines(part: Part) -> str:
    """A text with its line ends; where an encoding hides them, a CR before a CRLF was meant."""
    text = part.reading[0]
    return text if part.encoding in ("base64", "quoted-printable") else text.replace("\r\r\n", "\r\n")


def arrange(root: Part) -> Arrangement:
    """Sort the parts of a message into what is shown and what is listed."""
    leaves = list(_leaves(root))
    bodies = [part for part in leaves if part.disposition != "attachment"]
    texts = [part for part in bodies if _is_text(part)]
    if root.content_type == "multipart/alternative":
        texts = _outermost_first(texts)[:1]
    attached = _outermost_first(part for part in leaves if _is_attached(part, root))
    inline = _outermost_first(part for part in bodies if _is_inline(part, root))
    others = [part for part in bodies if not part.disposition and _is_other(part) and part is not root]
    return Arrangement(
        text=tuple(texts),
        html=next((part for part in bodies if part.content_type == _HTML), None),
        attached=tuple(attached),
        inline=tuple(part for part in _unique([*inline, *_outermost_first(others)]) if _is_listed(part)),
    )


def counts(root: Part) -> tuple[int, int]:
    """How many parts of a message are attached, and how many inline."""
    if all(part.content_type in (_TEXT, _HTML) and not part.disposition for part in _leaves(root)):
        return 0, 0  # nearly every message: bodies and nothing else
    parts = arrange(root)
    return len(parts.attached), len(parts.inline)


def number_of(part: Part, root: Part) -> str:
    """The number by which Mailpit's clients ask for a part: as in IMAP, but 0 for a root without parts."""
    return "0" if part is root else part.path


def _leaves(root: Part) -> Iterator[Part]:
    stack = [root]
    while stack:
        part = stack.pop()
        if part.is_multipart and part.children:
            stack.extend(reversed(part.children))
        else:
            yield part


def _outermost_first(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: part.path.count("."))


def _is_text(part: Part) -> bool:
    """Plain text, or a multipart that could not be taken apart."""
    return part.content_type == _TEXT or part.is_multipart


def _is_attached(part: Part, root: Part) -> bool:
    """True for an attachment, and for a message that is nothing but a file."""
    is_all = part is root and _is_other(part) and part.disposition != "inline"
    return part.disposition == "attachment" or part.content_type == _OCTETS or is_all


def _is_inline(part: Part, root: Part) -> bool:
    """True for an inline part; a message that is nothing but a body has none."""
    return part.disposition == "inline" and part.content_type != _OCTETS and (part is not root or _is_other(part))


def _is_other(part: Part) -> bool:
    return not _is_text(part) and part.content_type not in (_HTML, _OCTETS)


def _is_listed(part: Part) -> bool:
    """True for what has a name, and for nameless files; a nameless text is an alternative, and no file."""
    return bool(part.filename or part.content_id) or not (part.content_type.startswith("text/") or part.is_multipart)


def _unique(parts: Iterable[Part]) -> list[Part]:
    return list({id(part): part for part in parts}.values())
