"""From an arrival to rows, before any transaction: reading and compressing happen here, and never fail."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailpit_py.mail import read
from mailpit_py.storage.compression import Compressor
from mailpit_py.storage.kinship import Kin, recognise
from mailpit_py.storage.likeness import content_hash
from mailpit_py.storage.outline import NO_OUTLINE, OUTLINE_COLUMNS, outline_row
from mailpit_py.storage.row import (
    ENVELOPE_COLUMNS,
    all_plain,
    delivery_rows,
    encode_addresses,
    encode_correspondents,
    encode_dialogue,
    envelope_row,
    plain,
)
from mailpit_py.storage.value import Arrival

if TYPE_CHECKING:
    from mailpit_py.mail.message import Message

logger = logging.getLogger(__name__)

INDEXED_CHARACTERS = 1_000_000  # of the text; what stands further down is kept but not searched

MESSAGE_COLUMNS = (
    "id",
    "session_id",
    "public_id",
    "received_at",
    "size_bytes",
    "source",
    "content_hash",
    *OUTLINE_COLUMNS,
    *ENVELOPE_COLUMNS,
    "recipients_first",
    "recipient_count",
    "refused_count",
    "from_name",
    "from_address",
    "to_first",
    "subject",
    "snippet",
    "message_id_header",
    "date",
    "attachment_count",
    "defect_count",
    "has_text",
    "has_html",
    "readable",
)
BODY_COLUMNS = ("message_id", "subject", "sender", "addressed", "copied", "blind", "text", "files")


@dataclass(frozen=True, slots=True)
class Prepared:
    """An arrival as rows that only lack the ids, which the writer gives them."""

    arrival: Arrival
    message: tuple[Any, ...]
    body: tuple[str, ...]
    has_files: bool
    encoding: int
    content: bytes
    deliveries: list[tuple[Any, ...]]
    dialogue: tuple[str, str]
    tags: tuple[str, ...] = ()
    kin: Kin | None = None

    @property
    def readable(self) -> bool:
        """False for rows that say nothing of the content."""
        return bool(self.message[-1])


def prepare(arrival: Arrival, compressor: Compressor) -> Prepared:
    """Return the rows of `arrival`. Content that cannot be taken apart is kept as raw and envelope."""
    try:
        return _prepared(arrival, compressor, arrival.message or read(arrival.raw))
    except Exception:
        logger.exception("message=%s could not be read; it is kept as raw and envelope", arrival.public_id)
        return bare(arrival, compressor)


def bare(arrival: Arrival, compressor: Compressor) -> Prepared:
    """Return the rows of `arrival` without anything that its content says."""
    return _prepared(arrival, compressor, None)


def _prepared(arrival: Arrival, compressor: Compressor, message: Message | None) -> Prepared:
    encoding, content = compressor.pack(arrival.raw)
    envelope = arrival.transaction.envelope
    described = _EMPTY if message is None else _described(message)
    body = _body(arrival, message)
    return Prepared(
        arrival=arrival,
        message=(
            *(arrival.public_id, arrival.received_at, len(arrival.raw), arrival.source, content_hash(arrival.raw)),
            *(NO_OUTLINE if message is None else outline_row(message, envelope)),
            *envelope_row(envelope),
            encode_addresses(envelope.recipients),
            len(envelope.recipients),
            len(envelope.refused),
            *described,
        ),
        body=body,
        has_files=bool(described[_FILES]),
        encoding=encoding,
        content=content,
        deliveries=delivery_rows(envelope, arrival.causes),
        dialogue=encode_dialogue(arrival.transaction.lines),
        tags=_tags(arrival, message, body),
        kin=_kin(arrival, message),
    )


_EMPTY: tuple[Any, ...] = ("", "", "", "", "", "", None, 0, 0, 0, 0, 0)
_FILES = 7


def _described(message: Message) -> tuple[Any, ...]:
    sender = message.from_[0] if message.from_ else None
    return (
        plain(sender.name) if sender else "",
        plain(sender.address) if sender else "",
        encode_correspondents(message.to),
        plain(message.subject),
        plain(message.snippet),
        plain(message.message_id),
        _instant(message.date),
        len(message.attachments),
        len(message.defects),
        int(bool(message.text)),
        int(bool(message.html)),
        1,
    )


def _instant(date: int | None) -> int | None:
    return date if date is not None and abs(date) < 1 << 62 else None


def _body(arrival: Arrival, message: Message | None) -> tuple[str, ...]:
    envelope = arrival.transaction.envelope
    recipients = [one.address for one in envelope.recipients]
    if message is None:
        return tuple(map(plain, ("", envelope.reverse_path, _lines(recipients), "", "", "", "")))
    named = {one.address.lower() for one in (*message.to, *message.cc)}
    hidden = [address for address in recipients if address.lower() not in named]
    said = message.search_text
    columns = (
        said.subject,
        said.sender or envelope.reverse_path,  # as the list shows it
        _lines([*_names(message.to), *recipients]),
        _lines(_names(message.cc)),
        _lines([*_names(message.bcc), *hidden]),
        said.text[:INDEXED_CHARACTERS],
        said.files,
    )
    return all_plain(columns)


def _tags(arrival: Arrival, message: Message | None, body: tuple[str, ...]) -> tuple[str, ...]:
    if message is None or arrival.tagger is None:
        return ()
    return tuple(arrival.tagger(arrival, message, dict(zip(BODY_COLUMNS[1:], body, strict=True))))


def _kin(arrival: Arrival, message: Message | None) -> Kin | None:
    if message is None or arrival.source == "report":  # ours, whose original is known
        return None
    return recognise(message, arrival.transaction.envelope.reverse_path)


def _names(addresses: Iterable[Any]) -> list[str]:
    return [f"{one.name} {one.address}" for one in addresses]


def _lines(texts: list[str]) -> str:
    return "\n".join(dict.fromkeys(texts))
