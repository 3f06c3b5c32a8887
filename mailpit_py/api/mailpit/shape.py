"""Everything about one message as Mailpit's JSON, the keys in its order."""

from __future__ import annotations

import hashlib

from mailpit_py.api.mailpit.filename import shown_name
from mailpit_py.application.mailpit_json import Json, addresses, moment, sender
from mailpit_py.mail import Message, Part
from mailpit_py.mail.arrangement import Arrangement, arrange, number_of
from mailpit_py.mail.date import offset_minutes
from mailpit_py.mail.header import text_of
from mailpit_py.mail.unsubscribe import judge
from mailpit_py.storage import Outline, Stored

PLAIN_CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})


def message(stored: Stored, outline: Outline, content: Message) -> Json:
    """Everything about one message."""
    arranged = arrange(content.root)
    root = content.root
    return {
        "ID": stored.summary.public_id,
        "MessageID": content.message_id,
        "From": sender(*outline.sender),
        "To": addresses(outline.to),
        "Cc": addresses(outline.cc),
        "Bcc": addresses(outline.bcc),
        "ReplyTo": addresses(outline.reply_to),
        "ReturnPath": return_path(stored, content),
        "Subject": content.subject,
        "ListUnsubscribe": unsubscribe(content),
        "Date": date_of(stored, content),
        "Tags": list(stored.summary.tags),
        "Username": outline.username,
        "Text": text_of_message(arranged),
        "HTML": arranged.markup,
        "Size": stored.summary.size_bytes,
        "Inline": [attachment(part, root) for part in arranged.inline],
        "Attachments": [attachment(part, root) for part in arranged.attached],
        "Read": True,  # not Mailpit's, but one of its clients asks for it; to look at a message is to read it
    }


def return_path(stored: Stored, content: Message) -> str:
    """Where a report would go: the envelope's reverse-path; without one what the header says."""
    if stored.envelope.reverse_path:
        return stored.envelope.reverse_path
    field = content.field("Return-Path")
    if field is not None:
        return field.value.strip("<> \t")
    return content.from_[0].address if content.from_ else ""


def date_of(stored: Stored, content: Message) -> str:
    """The Date field by the clock of its writer; without one the time of arrival."""
    field = content.field("Date")
    if content.date is None or field is None:
        return moment(stored.summary.received_at)
    return moment(content.date, minutes_east=offset_minutes(text_of(field.raw)))


def unsubscribe(content: Message) -> Json:
    """List-Unsubscribe as it stands, its links, and what is wrong with it; nothing for an empty one."""
    field, post = content.field("List-Unsubscribe"), content.field("List-Unsubscribe-Post")
    if field is None or not field.value:
        return {"Header": "", "Links": [], "Errors": "", "HeaderPost": ""}
    found = judge(field.value)
    return {
        "Header": field.value,
        "Links": list(found.links),
        "Errors": found.errors,
        "HeaderPost": post.value if post else "",
    }


def text_of_message(arranged: Arrangement) -> str:
    """The plain text; where the sender gave none, what a reader of the HTML reads."""
    text, markup = arranged.plain, arranged.markup
    if text or not markup:
        return text
    from mailpit_py.mail.rendition import to_text  # loads the parser

    return to_text(markup)


def octets_of(part: Part) -> bytes:
    """What a part is when it is asked for: text in UTF-8, anything else as it is."""
    if part.content_type.startswith("text/") and part.charset not in PLAIN_CHARSETS:
        return part.reading[0].encode("utf-8", "replace")
    return part.decoded


def attachment(part: Part, root: Part) -> Json:
    """One part that is listed."""
    octets = octets_of(part)
    digests = {name: hashlib.new(name, octets, usedforsecurity=False).hexdigest() for name in ("md5", "sha1", "sha256")}
    return {
        "PartID": number_of(part, root),
        "FileName": shown_name(part),
        "ContentType": part.content_type,
        "ContentID": part.content_id,
        "Size": len(octets),
        "Checksums": {name.upper(): digest for name, digest in digests.items()},
    }
