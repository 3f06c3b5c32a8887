"""The original inside a report: found, and what it tells to find it again."""

from __future__ import annotations

import re

from mailpit_py.mail import Message, Part, read
from mailpit_py.mail.header import text_of
from mailpit_py.reports import xtext
from mailpit_py.reports.blocks import Block
from mailpit_py.reports.outcome import EMPTY, Original

RETURNED_TYPES = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_ANGLE = re.compile(r"<([^<>\s]{1,998})>")
_ID_FIELDS = ("X-Original-Message-ID", "Original-Message-ID")


def find(message: Message, report_part: Part) -> Original:
    """Return what is known of the original of the report whose machine-readable part this is."""
    siblings = _siblings(message, report_part)
    later = siblings[siblings.index(report_part) + 1 :]
    part = next((each for each in later if each.content_type in RETURNED_TYPES), None)
    if part is None:
        return from_headers(message)
    return describe(read(part.decoded), message, is_whole=part.is_message)


def _siblings(message: Message, part: Part) -> list[Part]:
    return next((each.children for each in message.parts() if part in each.children), [part])


def describe(original: Message, message: Message, *, is_whole: bool, facts: Block = EMPTY) -> Original:
    """Return the original's own words, completed by the fields of the message around it."""
    ids = dict.fromkeys([original.message_id, *_ids(facts, message)])
    ids.pop("", None)
    path = original.field("Return-Path")
    return Original(
        message_id=original.message_id or next(iter(ids), ""),
        subject=original.subject,
        reverse_path=_bare(path.raw) if path else "",
        to=original.to,
        message_ids=tuple(ids),
        is_whole=is_whole,
    )


def from_headers(message: Message, facts: Block = EMPTY) -> Original:
    """Return what the fields alone tell, when the report returns nothing."""
    return describe(read(b""), message, is_whole=False, facts=facts)


def with_facts(original: Original, facts: Block) -> Original:
    """Return the original completed by the fields of the machine-readable part."""
    ids = dict.fromkeys([*original.message_ids, *_block_ids(facts)])
    return Original(
        message_id=original.message_id or next(iter(ids), ""),
        subject=original.subject,
        reverse_path=original.reverse_path or facts.value("Original-Mail-From").strip("<> "),
        to=original.to,
        envelope_id=facts.value("Original-Envelope-Id"),
        message_ids=tuple(ids),
        is_whole=original.is_whole,
    )


def _ids(facts: Block, message: Message) -> list[str]:
    found = _block_ids(facts)
    for name in (*_ID_FIELDS, "In-Reply-To", "References"):
        field = message.field(name)
        found += reversed(_ANGLE.findall(text_of(field.raw))) if field else []
    return found


def _block_ids(facts: Block) -> list[str]:
    return [match for name in _ID_FIELDS for value in facts.values(name) for match in _ANGLE.findall(value)]


def _bare(raw: bytes) -> str:
    return xtext.unescape(text_of(raw).strip().strip("<>"))
