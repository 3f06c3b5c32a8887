"""How values become columns and back: texts that SQLite takes, first-five lists, replies."""

from __future__ import annotations

import json
import json.encoder
from collections.abc import Iterable, Sequence
from typing import Any

from mailpit_py.mail import Address
from mailpit_py.mail.envelope import Envelope, Line, Recipient, Reply, Session
from mailpit_py.storage.cause import CAUSE_COLUMNS, NO_CAUSE, Cause, cause_row

FIRST = 5  # how many addresses a list row carries


def plain(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 has no bytes for; they become visible as `\\udc80`."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def all_plain(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Each text as `plain` gives it; nearly always they are ASCII, which is seen at once for all."""
    return texts if "".join(texts).isascii() else tuple(map(plain, texts))


def within(value: int | None) -> int | None:
    """A client's number, bounded to what a column holds (a declared SIZE may have twenty digits)."""
    return None if value is None else max(-(1 << 62), min(value, 1 << 62))


def encode_correspondents(correspondents: Sequence[Address]) -> str:
    """The first five as JSON; nothing for none."""
    if not correspondents:
        return ""
    return f"[{','.join([f'[{_quoted(one.name)},{_quoted(one.address)}]' for one in correspondents[:FIRST]])}]"


def encode_addresses(recipients: Sequence[Recipient]) -> str:
    """The addresses of the first five as JSON."""
    return f"[{','.join([_quoted(one.address) for one in recipients[:FIRST]])}]" if recipients else ""


def decode_all(texts: Sequence[str | None]) -> list[Any]:
    """The lists or objects that the texts stand for, read at once: a page has a hundred of them."""
    read: list[Any] = json.loads("[" + ",".join(text or "[]" for text in texts) + "]")
    return read


def encode_outcomes(recipients: Sequence[Recipient]) -> str:
    """The first five addresses with their replies, as JSON."""
    return _dump([[one.address, *_reply(one.reply)] for one in recipients[:FIRST]]) if recipients else ""


def decode_outcomes(text: str) -> tuple[tuple[str, Reply], ...]:
    """The inverse of `encode_outcomes`."""
    return tuple((address, Reply(*reply)) for address, *reply in json.loads(text)) if text else ()


def encode_lines(lines: Sequence[Line]) -> str:
    """A part of a dialogue as JSON: a list of `[at, side, text]`; nothing for no lines."""
    if not lines:
        return ""
    return f"[{','.join([f'[{at},{_quoted(side)},{_quoted(text)}]' for at, side, text in lines])}]"


def decode_lines(text: str) -> tuple[Line, ...]:
    """The inverse of `encode_lines`."""
    return tuple(Line(*line) for line in json.loads(text)) if text else ()


# ASCII with escapes: also carries what is not valid UTF-8, losslessly. What each message needs is put
# together from quoted texts, since an encoder costs more to begin than such a list to write.
_dump = json.JSONEncoder(separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring_ascii


def encode_dialogue(lines: tuple[Line, ...]) -> tuple[str, str]:
    """Return (prologue, transaction), each encoded.

    Only a session's first lines have a prologue: what stands from the greeting to the first MAIL.
    """
    opening = next((line for line in lines if line.side != "*"), None)
    if opening is not None and opening.side == "S" and opening.text[:3] == "220":
        for position, line in enumerate(lines):
            if line.side == "C" and line.text[:4].upper() == "MAIL":
                return encode_lines(lines[:position]), encode_lines(lines[position:])
    return "", encode_lines(lines)


def _reply(reply: Reply) -> tuple[int, str, str]:
    return reply.code, reply.status, reply.text


ENVELOPE_COLUMNS = ("reverse_path", "ret", "envid", "auth", "body", "smtputf8", "declared_bytes")


def envelope_row(envelope: Envelope) -> tuple[Any, ...]:
    """MAIL's values in the order of ENVELOPE_COLUMNS."""
    texts = (envelope.reverse_path, envelope.ret, envelope.envid, envelope.auth, envelope.body)
    return (*all_plain(texts), int(envelope.smtputf8), within(envelope.size))


DELIVERY_COLUMNS = (
    "owner_id",
    "position",
    "accepted",
    "address",
    "notify",
    "orcpt",
    "code",
    "status",
    "text",
    *CAUSE_COLUMNS,
)


_NO_CAUSE = cause_row(NO_CAUSE)


def delivery_rows(envelope: Envelope, causes: Sequence[Cause] = ()) -> list[tuple[Any, ...]]:
    """One row a recipient without its owner: the accepted ones first, each group in the order of RCPT."""
    rows: list[tuple[Any, ...]] = []
    for accepted, recipients in ((1, envelope.recipients), (0, envelope.refused)):
        for one in recipients:
            texts = all_plain((one.address, one.notify, one.orcpt))
            code, status, text = _reply(one.reply)
            cause = causes[len(rows)] if len(rows) < len(causes) else NO_CAUSE
            said = cause_row(cause) if cause else _NO_CAUSE
            rows.append((len(rows), accepted, *texts, code, plain(status), plain(text), *said))
    return rows


def read_envelope(row: Any, deliveries: Iterable[Any]) -> Envelope:
    """The envelope from a message's or attempt's row and its delivery rows."""
    accepted: list[Recipient] = []
    refused: list[Recipient] = []
    for one in deliveries:
        recipient = Recipient(one.address, one.notify, one.orcpt, Reply(one.code, one.status, one.text))
        (accepted if one.accepted else refused).append(recipient)
    return Envelope(
        reverse_path=row.reverse_path,
        recipients=tuple(accepted),
        refused=tuple(refused),
        ret=row.ret,
        envid=row.envid,
        auth=row.auth,
        body=row.body,
        smtputf8=bool(row.smtputf8),
        size=row.declared_bytes,
    )


SESSION_COLUMNS = (
    "public_id",
    "opened_at",
    "listener",
    "peer",
    "protocol",
    "helo",
    "tls_version",
    "tls_cipher",
    "auth_mechanism",
    "auth_identity",
)


def session_row(session: Session) -> tuple[Any, ...]:
    """A session's values in the order of SESSION_COLUMNS."""
    texts = (session.listener, session.peer, session.protocol, session.helo)
    secured = (session.tls_version, session.tls_cipher, session.auth_mechanism, session.auth_identity)
    return (session.public_id, session.opened_at, *all_plain(texts + secured))


def read_session(row: Any) -> Session:
    """The inverse of `session_row`."""
    return Session(**{name: getattr(row, name) for name in SESSION_COLUMNS})
