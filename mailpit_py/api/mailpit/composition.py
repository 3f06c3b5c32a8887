"""A message written from the parts that Mailpit's send API takes: every text arrives as it was given."""

from __future__ import annotations

import binascii
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from urllib.parse import quote

from mailpit_py.api.mailpit import encoded_word
from mailpit_py.api.mailpit.sniffing import sniff
from mailpit_py.quantity import moment_of

CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
FIELD_NAME = re.compile(r"[!-9;-~]{1,200}\Z")
LINE_ENDS = re.compile(r"[\r\n]+")
LINE = 76  # octets; RFC 5322 §2.1.1 asks for 78


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name, which may be empty, and an address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; with a Content-ID it stands inside the HTML."""

    name: str
    content: bytes
    content_type: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a message is made from; it does not name `bcc`. Raises ValueError for what cannot be in a header section."""

    sender: Mailbox
    to: Sequence[Mailbox] = ()
    cc: Sequence[Mailbox] = ()
    bcc: Sequence[str] = ()
    reply_to: Sequence[Mailbox] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    files: Sequence[File] = ()
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = [one.address for one in (self.sender, *self.to, *self.cc, *self.reply_to)]
        texts += [text for one in self.files for text in (one.content_type, one.content_id)]
        if any(CONTROLS.search(text) for text in texts):
            raise ValueError("a header field cannot have control characters")
        if wrong := [name for name in self.fields if not FIELD_NAME.match(name)]:
            raise ValueError(f"invalid header name: {wrong[0]!r}")


def compose(draft: Draft, at: int) -> bytes:
    """The message, its header fields in the order of the alphabet; `at` (UTC microseconds) is its Date."""
    content_type, body = _structure(draft)
    values = {
        "From": _mailboxes([draft.sender]),
        "To": _mailboxes(draft.to),
        "Cc": _mailboxes(draft.cc),
        "Reply-To": _mailboxes(draft.reply_to),
        "Subject": encoded_word.field(draft.subject),
        "Date": format_datetime(moment_of(at)),
        "Mime-Version": "1.0",
        **{name: encoded_word.field(value) for name, value in draft.fields.items()},
    }
    kept = {name: value for name, value in values.items() if value or name not in ("To", "Cc", "Reply-To")}
    lines = [f"{name}: {_folded(value)}" for name, value in kept.items()]
    head = sorted([*lines, content_type[0]], key=str.lower)
    return "\r\n".join([*head, *content_type[1:], "", ""]).encode() + body


Entity = tuple[list[str], bytes]
"""The header lines of an entity, Content-Type first, and its body."""


def _structure(draft: Draft) -> Entity:
    entity = _text("text/plain", draft.text)
    if draft.html:
        entity = _multipart("alternative", [entity, _text("text/html", draft.html)])
    inline = [_file(one) for one in draft.files if one.content_id]
    attached = [_file(one) for one in draft.files if not one.content_id]
    if inline:
        entity = _multipart("related", [entity, *inline])
    return _multipart("mixed", [entity, *attached]) if attached else entity


def _text(kind: str, text: str) -> Entity:
    """A text in quoted-printable, its line ends kept as they are."""
    octets = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=False).replace(b"=0A", b"=0A=\n")
    head = [f"Content-Type: {kind}; charset=utf-8", "Content-Transfer-Encoding: quoted-printable"]
    return head, octets.replace(b"\n", b"\r\n")


def _multipart(kind: str, entities: Sequence[Entity]) -> Entity:
    boundary = f"{kind}-{secrets.token_hex(16)}"
    pieces = [
        f"--{boundary}\r\n".encode() + "\r\n".join([*head, "", ""]).encode() + body + b"\r\n" for head, body in entities
    ]
    return [f"Content-Type: multipart/{kind}; boundary={boundary}"], b"".join(pieces) + f"--{boundary}--\r\n".encode()


def _file(one: File) -> Entity:
    kind = one.content_type or sniff(one.content)
    disposition = "inline" if one.content_id else "attachment"
    head = [
        f"Content-Type: {kind}; {_parameter('name', one.name)}",
        f"Content-Disposition: {disposition}; {_parameter('filename', one.name)}",
        "Content-Transfer-Encoding: base64",
    ]
    if one.content_id:
        head.append(f"Content-Id: <{one.content_id.strip('<> ')}>")
    encoded = b64encode(one.content)
    return head, b"\r\n".join(encoded[start : start + 76] for start in range(0, len(encoded), 76))


def _parameter(name: str, value: str) -> str:
    """A parameter in plain text if it is ASCII, else as RFC 2231 §4 has it; on one line."""
    value = LINE_ENDS.sub(" ", value)
    if value.isascii() and not CONTROLS.search(value):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{name}="{escaped}"'
    return f"{name}*=utf-8''{quote(value.encode('utf-8', 'replace'), safe='')}"


def _mailboxes(mailboxes: Iterable[Mailbox]) -> str:
    return ", ".join(_mailbox(one) for one in mailboxes)


def _mailbox(one: Mailbox) -> str:
    return f"{encoded_word.name(one.name)} <{one.address}>" if one.name else f"<{one.address}>"


def _folded(value: str) -> str:
    """A value on lines that RFC 5322 §2.1.1 allows, parted at blanks."""
    lines, line = [], ""
    for word in value.split(" "):
        if line and len(line) + len(word) > LINE:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])
