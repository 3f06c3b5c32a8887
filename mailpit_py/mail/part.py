"""A MIME part as spans of the raw message, and the defects found in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailpit_py.mail import charset, encoding, header, parameter
from mailpit_py.mail.header import Field
from mailpit_py.mail.limits import Limits

_SENTENCES = {
    "addresses-cut": "A field names more addresses than are read.",
    "bad-address": "An address field has text that is not an address.",
    "bad-base64": "The base64 body has foreign characters or a wrong length.",
    "bad-date": "The Date field is not a date.",
    "bad-quoted-printable": "The quoted-printable body has an equals sign that begins no octet.",
    "bad-uuencode": "The uuencoded body has no begin line.",
    "bare-cr": "Some lines end in CR alone; RFC 5322 asks for CR LF.",
    "bare-lf": "Some lines end in LF alone; RFC 5322 asks for CR LF.",
    "boundary-not-found": "The boundary that the header names does not occur in the body.",
    "bad-content-type": "The Content-Type field has no type and subtype; it is read as the default type.",
    "duplicate-field": "A field that may occur once occurs again; the first one counts.",
    "empty-message": "The message is empty.",
    "encoded-message": "A message inside must not be base64 or quoted-printable; it is not looked into.",
    "encoded-multipart": "A multipart must not be base64 or quoted-printable; it is read as if it were not.",
    "header-ended-by-text": "A line without a colon ends the header section; the blank line is missing.",
    "header-too-large": "The header section is larger than what is read; the rest of it is ignored.",
    "mbox-line": "An mbox From line stands in the header section; it is skipped.",
    "misplaced-fold": "The header section begins with a continuation line; it is skipped.",
    "missing-boundary": "A multipart without a boundary parameter; its body is shown as one text.",
    "missing-date": "The Date field is missing.",
    "missing-field-name": "A header line begins with a colon; it is skipped.",
    "missing-from": "The From field is missing.",
    "no-header": "There is no header section; everything is body.",
    "nul": "The message contains NUL octets.",
    "raw-8bit-field": "A header field has octets that are neither ASCII nor UTF-8.",
    "too-deep": "Parts are nested deeper than what is read; this one is not looked into.",
    "too-many-fields": "There are more header fields than are read; the rest is ignored.",
    "too-many-parts": "There are more parts than are read; the rest is ignored.",
    "undeclared-8bit": "The text has octets beyond ASCII, and no charset is declared for them.",
    "unknown-charset": "The declared charset is not known.",
    "unknown-encoding": "The transfer encoding is not known; the body is shown as it is.",
    "unterminated-multipart": "The multipart ends without its closing boundary.",
    "utf8-mislabelled": "The text is UTF-8 but declared as something else; readers show wrong characters.",
    "wrong-charset": "The text is not in the charset that it declares.",
}


_MESSAGES = ("message/rfc822", "message/global", "message/news")


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong in a message that was worked around: a slug, a sentence, the part's path."""

    code: str
    text: str
    path: str = ""


def defect(code: str, path: str = "") -> Defect:
    """Return the defect of this code, located at a part."""
    return Defect(code, _SENTENCES[code], path)


class Section:
    """A header section: where its fields are, found by name in lower case; fields are made on demand."""

    __slots__ = ("end", "limits", "names", "raw", "rows", "start")

    def __init__(self, raw: bytes, start: int, limits: Limits) -> None:
        self.raw = raw
        self.start = start
        self.end = start
        self.limits = limits
        self.rows: list[tuple[bytes, int, int, int]] = []  # lower-case name, start, start and end of the value
        self.names: dict[bytes, int] = {}  # the first row of each name

    @property
    def is_unique(self) -> bool:
        """True if no field occurs twice."""
        return len(self.names) == len(self.rows)

    def value(self, name: bytes) -> bytes | None:
        """The first value of the field of this lower-case name as received, folds kept."""
        index = self.names.get(name)
        if index is None:
            return None
        _, _, start, end = self.rows[index]
        return self.raw[start:end]

    def values(self, name: bytes) -> list[bytes]:
        """Every value of the field of this lower-case name, from the top."""
        if name not in self.names:
            return []
        return [self.raw[start:end] for row, _, start, end in self.rows if row == name]

    def fields(self) -> tuple[Field, ...]:
        """All fields from the top."""
        return tuple(self._field(row) for row in self.rows)

    def field(self, name: str) -> Field | None:
        """The first field of this name in any case."""
        index = self.names.get(name.lower().encode("ascii", "replace"))
        return None if index is None else self._field(self.rows[index])

    def _field(self, row: tuple[bytes, int, int, int]) -> Field:
        name, opening, start, end = row
        shown = self.raw[opening : opening + len(name)].decode("ascii")
        return Field(shown, self.raw[start:end], opening, end, self.limits.field_bytes)


class Part:
    """One MIME part. All positions are octets of the whole raw message.

    `path` numbers parts as IMAP does (RFC 3501 §6.4.5): `1`, `1.2`; a root multipart is `''`, and
    the multipart directly inside a message/rfc822 part `2` is `2.TEXT`. `header_end` is before the
    blank line that follows the header section. `children` of a message are its one nested root.
    `is_multipart` and `is_message` (RFC 2046 §5.2.1, RFC 6532 §3.7) are what the type says; a broken
    one may have no children. `disposition` is `inline`, `attachment`, another word of the sender's,
    or `''` (RFC 2183).
    """

    __slots__ = (
        "_disposition_parameters",
        "_parameters",
        "_reading",
        "body_end",
        "body_start",
        "children",
        "content_type",
        "defects",
        "disposition",
        "is_message",
        "is_multipart",
        "numbering",
        "path",
        "raw",
        "section",
    )

    def __init__(self, raw: bytes, section: Section, content_type: str) -> None:
        self.raw = raw
        self.section = section
        self.content_type = content_type
        self.is_multipart = content_type.startswith("multipart/")
        self.is_message = content_type in _MESSAGES
        self.body_start = self.body_end = section.end
        self.children: list[Part] = []
        self.defects: list[Defect] = []
        self.path = self.numbering = ""
        self._parameters: Mapping[str, str] | None = None
        self._reading: tuple[str, str] | None = None
        self.disposition, self._disposition_parameters = self._read_disposition()

    def __repr__(self) -> str:
        return f"<Part {self.path!r} {self.content_type} {self.header_start}:{self.body_end}>"

    @property
    def header_start(self) -> int:
        """Where the header section begins."""
        return self.section.start

    @property
    def header_end(self) -> int:
        """Where the header section ends, its last line end included."""
        return self.section.end

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the part's own header section, from the top."""
        return self.section.fields()

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of Content-Type, decoded, by name in lower case."""
        if self._parameters is None:
            raw = self.section.value(b"content-type")
            self._parameters = parameter.parameters(raw, self.section.limits.parameters) if raw else {}
        return self._parameters

    @property
    def charset(self) -> str:
        """The declared charset, or `''`."""
        words = self.parameters.get("charset", "").split()
        return words[0].lower() if words else ""

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case, or `''` if none is declared (RFC 2045 §6.1: 7bit)."""
        return parameter.main_value(self.section.value(b"content-transfer-encoding") or b"")

    def _read_disposition(self) -> tuple[str, Mapping[str, str]]:
        raw = self.section.value(b"content-disposition")
        if raw is None:
            return "", {}
        return parameter.token(raw), parameter.parameters(raw, self.section.limits.parameters)

    @property
    def filename(self) -> str:
        """The file name as the sender gave it, or `''`. Not safe to use as a path."""
        named = self.parameters
        return self._disposition_parameters.get("filename") or named.get("name") or named.get("file", "")

    @property
    def content_id(self) -> str:
        """The Content-ID without its angle brackets, or `''`."""
        return bracketed(self.section.value(b"content-id"))

    @property
    def content_location(self) -> str:
        """The Content-Location (RFC 2557), white space removed, or `''`."""
        return "".join(header.decode_value(self.section.value(b"content-location") or b"").split())

    @property
    def body(self) -> bytes:
        """The body as received, its transfer encoding still on."""
        return self.raw[self.body_start : self.body_end]

    @property
    def decoded(self) -> bytes:
        """The body with its transfer encoding undone."""
        return encoding.decode(self.body, self.encoding)

    @property
    def reading(self) -> tuple[str, str]:
        """The body as text, and what was wrong with its charset: `''`, or a code of a `Defect`. Kept."""
        if self._reading is None:
            octets = self.decoded
            named = self.charset or (charset.named_in_html(octets) if self.content_type == "text/html" else "")
            self._reading = charset.decode_with_reason(octets, named)
        return self._reading

    def walk(self) -> Iterator[Part]:
        """This part and everything inside it, depth first in the order of the message."""
        stack = [self]
        while stack:
            part = stack.pop()
            yield part
            stack.extend(reversed(part.children))


def bracketed(raw: bytes | None) -> str:
    """What stands between the first angle brackets, the innermost of them, or the whole trimmed value."""
    if raw is None:
        return ""
    text = header.text_of(raw)
    closing = text.find(">")
    opening = text.rfind("<", 0, closing) if closing > 0 else -1
    return text[opening + 1 : closing].strip() if 0 <= opening < closing else text.strip("<> \t")
