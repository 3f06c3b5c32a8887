"""The one walk over a message's octets: header sections, parts and their spans, in a single pass."""

from __future__ import annotations

import re

from mailpit_py.mail.header import FIELD
from mailpit_py.mail.limits import Limits
from mailpit_py.mail.part import Part, Section, defect

_DELIMITER = re.compile(rb"--([^\r\n]*+)(?:\r(?:\r?\n)?|\n|\Z)")
_AFTER_CR = re.compile(rb"[\r\n]--")
_BLANK = re.compile(rb"\r(?:\r?\n)?|\n")
_BLANK_LINES = (b"\r\n", b"\n")
_MBOX = re.compile(rb">?From [^\r\n]*+(?:\r(?:\r?\n)?|\n|\Z)")
_NAMELESS = re.compile(rb"[ \t]*+:[^\r\n]*+(?:\r(?:\r?\n)?|\n|\Z)")
_FOLDS = re.compile(rb"(?:[ \t][^\r\n]*+(?:\r(?:\r?\n)?|\n|\Z))++")
_SKIPPED = re.compile(
    rb"(?:(?!--)[!-9;-~]++[ \t]*+:[^\r\n]*+(?:(?:\r\r?\n|\n|\r)[ \t][^\r\n]*+)*+(?:\r(?:\r?\n)?|\n|\Z))*+"
)
_TYPE = re.compile(rb"[\s;]*+([!#-'*+.0-9A-Z^_`a-z{|}~-]++/[!#-'*+.0-9A-Z^_`a-z{|}~-]++)(?![^\s;(])")


_NO_SUBTYPE = re.compile(rb"\s*([a-zA-Z]+)/\s*(?:;|\Z)")
_USUAL = {b"text": "text/plain", b"multipart": "multipart/mixed"}


def walk(raw: bytes, limits: Limits, *, has_bare_cr: bool) -> Part:
    """Return the root part of a message. Never raises; time and memory are linear in its size."""
    return _Walker(raw, limits, has_bare_cr).run()


def walk_header(raw: bytes, limits: Limits) -> Section:
    """Return a message's own header section, and look at nothing behind it."""
    section = Section(raw, 0, limits)
    _Walker(raw, limits, has_bare_cr=False).read_section(section, [])  # which counts between parts
    return section


class _Walker:
    """The state of one walk: the open parts from the root inwards, and their boundaries.

    A boundary line ends every part opened since its own multipart, so a multipart that forgets its
    closing line cannot swallow its siblings (RFC 2046 §5.1.2). Of equal boundaries the innermost counts.
    """

    def __init__(self, raw: bytes, limits: Limits, has_bare_cr: bool) -> None:
        self.raw = raw
        self.limits = limits
        self.open: list[Part] = []
        self.boundaries: dict[bytes, list[int]] = {}
        self.keys: list[bytes | None] = []  # the boundary of each open part while it is awaited
        self.parts = 0
        self.fields_left = limits.all_fields
        self.has_bare_cr = has_bare_cr

    def run(self) -> Part:
        position = self.descend(0)
        root = self.open[0]
        while self.boundaries:
            start = self.next_candidate(position)
            if start < 0:
                break
            match = _DELIMITER.match(self.raw, start)
            assert match is not None
            position = match.end()
            if found := self.recognise(match[1]):
                position = self.delimit(start, position, found)
        self.close(0, len(self.raw))
        return root

    def next_candidate(self, position: int) -> int:
        """Where the next line that begins with `--` is, or -1. `position` is the start of a line."""
        if self.has_bare_cr:
            match = _AFTER_CR.search(self.raw, position - 1)
            return match.start() + 1 if match else -1
        found = self.raw.find(b"\n--", position - 1)
        return found + 1 if found >= 0 else -1

    def recognise(self, line: bytes) -> tuple[bytes, bool] | None:
        """The awaited boundary that a line after its `--` is, and whether it is the closing one."""
        key = line.rstrip(b" \t")
        if key in self.boundaries:
            return key, False
        if key.endswith(b"--") and key[:-2] in self.boundaries:
            return key[:-2], True
        return None

    def delimit(self, start: int, position: int, found: tuple[bytes, bool]) -> int:
        """End the parts that a boundary line at `start` ends, and open the next one after it."""
        key, closing = found
        level = self.boundaries[key][-1]
        self.close(level + 1, self.before_line_end(start, has_double_cr=self.raw.endswith(b"\r\r\n", start, position)))
        if not closing and self.is_delimiter(position):  # doubled: there is no part between
            return position
        if closing:
            self.forget(level)
            return position
        if self.parts >= self.limits.parts:
            self.report(self.open[level], "too-many-parts")
            for index in range(len(self.open)):
                self.forget(index)
            return position
        return self.descend(position)

    def before_line_end(self, start: int, *, has_double_cr: bool) -> int:
        """The line end before a boundary line belongs to the boundary (RFC 2046 §5.1.1)."""
        if has_double_cr and self.raw.endswith(b"\r\r\n", 0, start):
            return start - 3
        if start and self.raw[start - 1] == 10:
            start -= 1
        return start - 1 if start and self.raw[start - 1] == 13 else start

    def close(self, level: int, end: int) -> None:
        """End the open parts from `level` inwards at `end`."""
        while len(self.open) > level:
            index = len(self.open) - 1
            part = self.open[index]
            if self.keys[index] is not None:
                self.report(part, "unterminated-multipart" if part.children else "boundary-not-found")
                self.forget(index)
            self.keys.pop()
            self.open.pop()
            end = part.body_end = max(part.body_start, end)

    def forget(self, index: int) -> None:
        """Await the boundary of the open part at `index` no longer."""
        key = self.keys[index]
        if key is not None:
            self.keys[index] = None
            levels = self.boundaries[key]
            levels.pop()
            if not levels:
                del self.boundaries[key]

    def descend(self, position: int) -> int:
        """Open the part that begins at `position`, and the messages directly inside it."""
        while True:
            part, position = self.read_part(position)
            self.keys.append(None)
            self.open.append(part)
            if not self.may_enter(part):
                return position
            if part.is_multipart:
                self.await_boundary(part)
                return position

    def may_enter(self, part: Part) -> bool:
        if not (part.is_multipart or part.is_message):
            return False
        if part.encoding in ("base64", "quoted-printable"):
            self.report(part, "encoded-multipart" if part.is_multipart else "encoded-message")
            if part.is_message:
                return False
        if len(self.open) > self.limits.depth:
            self.report(part, "too-deep")
            return False
        return part.is_multipart or self.parts < self.limits.parts

    def await_boundary(self, part: Part) -> None:
        boundary = part.parameters.get("boundary", "").rstrip()
        if not boundary:
            self.report(part, "missing-boundary")
            return
        key = boundary.encode("utf-8", "replace")
        self.keys[-1] = key
        self.boundaries.setdefault(key, []).append(len(self.open) - 1)

    def report(self, part: Part, code: str) -> None:
        part.defects.append(defect(code, part.path))

    def read_part(self, start: int) -> tuple[Part, int]:
        """Read the header section at `start`; return the part and where its body begins."""
        section = Section(self.raw, start, self.limits)
        defects: list[str] = []
        body_start = self.read_section(section, defects)
        parent = self.open[-1] if self.open else None
        part = Part(self.raw, section, self.type_of(section, parent, defects))
        part.body_start = part.body_end = body_start
        self.number(part, parent)
        part.defects.extend(defect(code, part.path) for code in defects)
        self.parts += 1
        return part, body_start

    def type_of(self, section: Section, parent: Part | None, defects: list[str]) -> str:
        raw = section.value(b"content-type")
        if raw is not None:
            if match := _TYPE.match(raw):
                return match[1].lower().decode()
            defects.append("bad-content-type")
            if match := _NO_SUBTYPE.match(raw):
                return _USUAL.get(match[1].lower(), "application/octet-stream")
        digest = parent is not None and parent.content_type == "multipart/digest"
        return "message/rfc822" if digest and raw is None else "text/plain"

    def number(self, part: Part, parent: Part | None) -> None:
        """Set the path of a new part, and the prefix of its children's (RFC 3501 §6.4.5)."""
        composite = part.is_multipart
        if parent is not None and parent.is_multipart:
            parent.children.append(part)
            prefix = f"{parent.numbering}." if parent.numbering else ""
            part.path = part.numbering = f"{prefix}{len(parent.children)}"
            return
        prefix = ""
        if parent is not None:
            parent.children.append(part)
            prefix = parent.numbering
        if composite:
            part.path, part.numbering = f"{prefix}.TEXT" if prefix else "", prefix
        else:
            part.path = part.numbering = f"{prefix}.1" if prefix else "1"

    def read_section(self, section: Section, defects: list[str]) -> int:
        """Fill `section` from its start on; return where the body begins."""
        position = self.read_fields(section, section.start, defects)
        if self.raw.startswith(_BLANK_LINES, position):
            section.end = position
            self.fields_left -= len(section.rows)
            return position + (2 if self.raw[position] == 13 else 1)
        while (after := self.after_odd_line(section, position, defects)) > position:
            position = self.read_fields(section, after, defects)
        self.fields_left -= len(section.rows)
        section.end = position
        if blank := _BLANK.match(self.raw, position):
            return blank.end()
        if position < len(self.raw) and not self.is_delimiter(position):
            defects.append("header-ended-by-text" if section.rows else "no-header")
        return position

    def read_fields(self, section: Section, position: int, defects: list[str]) -> int:
        """Add the fields from `position` on to `section`; return where the first other line begins."""
        raw, rows, names = self.raw, section.rows, section.names
        most = min(self.limits.fields, self.fields_left)
        largest = section.start + self.limits.header_bytes
        next_field = FIELD.match
        while match := next_field(raw, position):
            if raw[position] == 45 and self.is_delimiter(position):
                break
            if len(rows) >= most or position >= largest:
                _once(defects, "too-many-fields" if len(rows) >= most else "header-too-large")
                skipped = _SKIPPED.match(raw, position)
                position = max(match.end(), skipped.end() if skipped else 0)
                continue
            name = match[1].lower()
            names.setdefault(name, len(rows))
            start, end = match.span(2)
            rows.append((name, position, start, max(start, min(end, largest))))
            position = match.end()
        return position

    def after_odd_line(self, section: Section, position: int, defects: list[str]) -> int:
        """Skip a line that is no field but does not end the header section either."""
        if match := _MBOX.match(self.raw, position):
            code = "mbox-line"
        elif match := _NAMELESS.match(self.raw, position):
            code = "missing-field-name"
        elif not section.rows and (match := _FOLDS.match(self.raw, position)) and FIELD.match(self.raw, match.end()):
            code = "misplaced-fold"
        else:
            return position
        _once(defects, code)
        return match.end()

    def is_delimiter(self, position: int) -> bool:
        if not self.raw.startswith(b"--", position):
            return False
        match = _DELIMITER.match(self.raw, position)
        return match is not None and self.recognise(match[1]) is not None


def _once(defects: list[str], code: str) -> None:
    if code not in defects:
        defects.append(code)
