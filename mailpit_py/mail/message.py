"""A message read: header values decoded, the bodies a reader shows, its parts and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailpit_py.mail import address, body, date, defects, header, text
from mailpit_py.mail.address import Address
from mailpit_py.mail.header import Field
from mailpit_py.mail.limits import DEFAULT, Limits
from mailpit_py.mail.line_end import LineEnds, line_ends
from mailpit_py.mail.part import Defect, Part, bracketed
from mailpit_py.mail.walk import walk, walk_header

# What a report has for programs (RFC 3464, RFC 6533, RFC 5965, RFC 8098): text as well, though no reader shows it.
REPORT_TYPES = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
        "message/global-disposition-notification",
    }
)


@dataclass(frozen=True, slots=True)
class SearchText:
    """What a search looks through, a column each; `text` is the bodies, `files` the file names."""

    subject: str
    sender: str
    text: str
    files: str


def read(raw: bytes, limits: Limits = DEFAULT) -> Message:
    """Read a message in one walk. Never raises, whatever the octets are; the rest is done on demand."""
    ends = line_ends(raw)
    return Message(raw, walk(raw, limits, has_bare_cr=ends.has_bare_cr), ends, limits)


def read_values(raw: bytes, names: Iterable[str], limits: Limits = DEFAULT) -> tuple[tuple[str, str], ...]:
    """Return the fields with these names, which are in lower case, with their values decoded, and read no more."""
    section = walk_header(raw, limits)
    found = ((name, value) for name in names for value in section.values(name.encode("ascii", "replace")))
    return tuple((name, header.decode_value(value, limits.field_bytes)) for name, value in found)


class Message:
    """One message. `raw` is exactly what was received; everything else is derived from it and kept."""

    __slots__ = (
        "_date",
        "_defects",
        "_found",
        "_html",
        "_selection",
        "_subject",
        "_text",
        "limits",
        "line_ends",
        "raw",
        "root",
    )

    def __init__(self, raw: bytes, root: Part, line_ends: LineEnds, limits: Limits) -> None:
        self.raw = raw
        self.root = root
        self.line_ends = line_ends
        self.limits = limits
        self._found: dict[bytes, tuple[Address, ...]] = {}
        self._selection: body.Selection | None = None
        self._subject: str | None = None
        self._text: str | None = None
        self._html: str | None = None
        self._defects: tuple[Defect, ...] | None = None
        self._date: tuple[int | None] | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the message's own header section, from the top."""
        return self.root.fields

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Everything that was worked around, in the order of the parts."""
        if self._defects is None:
            self._defects = defects.find(self)
        return self._defects

    def field(self, name: str) -> Field | None:
        """The first field of this name in any case, or None."""
        return self.root.section.field(name)

    def _addresses(self, name: bytes) -> tuple[Address, ...]:
        if name not in self.root.section.names:
            return ()
        if name not in self._found:
            found: tuple[Address, ...] = ()
            for raw in self.root.section.values(name):
                found += address.parse(raw, self.limits.addresses - len(found))
            self._found[name] = found
        return self._found[name]

    @property
    def subject(self) -> str:
        """The decoded subject, or `''`."""
        if self._subject is None:
            raw = self.root.section.value(b"subject")
            self._subject = header.decode_value(raw, self.limits.field_bytes) if raw else ""
        return self._subject

    @property
    def from_(self) -> tuple[Address, ...]:
        """The mailboxes of From."""
        return self._addresses(b"from")

    @property
    def sender(self) -> tuple[Address, ...]:
        """The mailbox of Sender; a broken field may hold several."""
        return self._addresses(b"sender")

    @property
    def reply_to(self) -> tuple[Address, ...]:
        """The mailboxes of Reply-To."""
        return self._addresses(b"reply-to")

    @property
    def to(self) -> tuple[Address, ...]:
        """The mailboxes of every To field."""
        return self._addresses(b"to")

    @property
    def cc(self) -> tuple[Address, ...]:
        """The mailboxes of every Cc field."""
        return self._addresses(b"cc")

    @property
    def bcc(self) -> tuple[Address, ...]:
        """The mailboxes of every Bcc field."""
        return self._addresses(b"bcc")

    @property
    def date(self) -> int | None:
        """The Date field in UTC microseconds; None if it is missing or no date."""
        if self._date is None:
            raw = self.root.section.value(b"date")
            self._date = (date.parse(header.text_of(raw)) if raw else None,)
        return self._date[0]

    @property
    def message_id(self) -> str:
        """The Message-ID without its angle brackets, or `''`."""
        return bracketed(self.root.section.value(b"message-id"))

    @property
    def selection(self) -> body.Selection:
        """Which parts are shown as text, shown as HTML, and listed as files."""
        if self._selection is None:
            self._selection = body.select(self.root)
        return self._selection

    @property
    def has_text(self) -> bool:
        """Whether the sender gave a plain text body."""
        return self.selection.has_text

    @property
    def has_html(self) -> bool:
        """Whether the sender gave an HTML body."""
        return self.selection.has_html

    @property
    def text(self) -> str:
        """The plain text bodies, joined; `''` if the sender gave none. Lines end in LF."""
        if self._text is None:
            shown = self.selection.text if self.has_text else []
            self._text = "\n".join(self._as_text(part) for part in shown)
        return self._text

    @property
    def html(self) -> str:
        """The HTML bodies, joined, with plain text between them escaped; `''` if there are none."""
        if self._html is None:
            shown = self.selection.html if self.has_html else []
            self._html = "\n".join(self._as_html(part) for part in shown)
        return self._html

    def _as_text(self, part: Part) -> str:
        return text.strip_html(self.part_text(part)) if body.is_html(part) else text.unify(self.part_text(part))

    def _as_html(self, part: Part) -> str:
        return self.part_text(part) if body.is_html(part) else text.as_html(text.unify(self.part_text(part)))

    @property
    def snippet(self) -> str:
        """At most 250 characters of readable text, from the text or else the HTML, on one line."""
        return self.excerpt(250)

    def excerpt(self, limit: int) -> str:
        """At most so many characters of readable text, from the text or else the HTML, on one line."""
        return text.snippet(self.text, limit) or text.snippet(text.strip_html(self.html[: 1 << 16]), limit)

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The parts that a reader lists as files; embedded images of the HTML are not among them."""
        return tuple(self.selection.files)

    @property
    def inline(self) -> tuple[Part, ...]:
        """The parts that the HTML embeds: resources of a multipart/related."""
        return tuple(self.selection.inline)

    @property
    def words(self) -> str:
        """What a reader reads: the text, and the lines of the HTML that the text does not have."""
        return text.with_html(self.text, self.html) if self.has_html else self.text

    @property
    def search_text(self) -> SearchText:
        """The columns of the search index: of HTML where its links lead, of a report what it tells programs, too."""
        shown = text.with_targets(self.words, self.html) if self.has_html else self.text
        for part in self.root.children:  # of multipart/report (RFC 6522 §3)
            if part.content_type in REPORT_TYPES:
                shown = f"{shown}\n{text.unify(part.decoded.decode('utf-8', 'replace'))}"
        names = [name for part in self.root.walk() if (name := part.filename)]
        senders = " ".join(map(str, (*self.from_, *self.sender, *self.reply_to)))
        return SearchText(self.subject, senders, shown, "\n".join(names))

    def parts(self) -> Iterator[Part]:
        """Every part, depth first in the order of the message, the root included."""
        return self.root.walk()

    def part(self, path: str) -> Part | None:
        """The part of this path, or None."""
        return next((part for part in self.root.walk() if part.path == path), None)

    def decoded(self, part: Part) -> bytes:
        """The part's body with its transfer encoding undone."""
        return part.decoded

    def part_text(self, part: Part) -> str:
        """The part's body as text, transfer encoding and charset undone."""
        return part.reading[0]

    def part_source(self, part: Part) -> bytes:
        """The part as received: header section and body."""
        return self.raw[part.header_start : part.body_end]
