"""A report held against the checklist of its RFC: every deviation, named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailpit_py.mail import Message, Part, read
from mailpit_py.mail.envelope import Envelope
from mailpit_py.mail.header import text_of
from mailpit_py.reports import original as original_of
from mailpit_py.reports import status_checklist
from mailpit_py.reports.decision import Event, wanted
from mailpit_py.reports.finding import Finding, finding
from mailpit_py.reports.outcome import REPORT_TYPES, Kind, ReadReport

_LONG = re.compile(rb"[^\r\n]{999}")
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_REQUIRED = ("From", "To", "Date")
_NEEDED = (("Message-ID", "no-message-id"), ("MIME-Version", "no-mime-version"))
_UNWANTED = (("Disposition-Notification-To", "asks-for-receipt"), ("Reply-To", "reply-to"))
_DISPOSITION = re.compile(r"\s*(?:manual|automatic)-action\s*/\s*mdn-sent-(?:manually|automatically)\s*;\s*\S+", re.I)
_EVENTS = {"failed": Event.FAILED, "delayed": Event.DELAYED, "delivered": Event.DELIVERED}
_EVENTS |= {"relayed": Event.RELAYED, "expanded": Event.EXPANDED}


def check(
    message: Message, report: ReadReport, *, envelope: Envelope | None = None, original: Envelope | None = None
) -> tuple[Finding, ...]:
    """Return where a report deviates from its standard; nothing if it is right.

    `envelope` is the one the report came with, `original` that of the message it is about; what
    depends on one that is not given is not checked. `report` is what `understand` made of the message.
    """
    found = [*_octets(message), *_header(message, report)]
    if report.kind is not Kind.AUTO_REPLY:
        found += _structure(message, report)
    if report.kind is Kind.DELIVERY_STATUS:
        found += status_checklist.check(report)
    elif report.kind is Kind.FEEDBACK:
        found += _feedback(report)
    elif report.kind is Kind.DISPOSITION:
        found += _disposition(report)
    if envelope is not None:
        found += _envelope(report, envelope, original)
    if original is not None and report.kind is Kind.DELIVERY_STATUS:
        found += [*_wishes(report, original), *status_checklist.against(report, original)]
    return tuple(dict.fromkeys(found))


def _octets(message: Message) -> Iterator[Finding]:
    if _LONG.search(message.raw):
        yield finding("line-too-long")
    if _BARE.search(message.raw):
        yield finding("bare-line-end")


def _header(message: Message, report: ReadReport) -> Iterator[Finding]:
    yield from (finding("missing-field", name) for name in _REQUIRED if message.field(name) is None)
    yield from (finding(code) for name, code in _NEEDED if message.field(name) is None)
    yield from (finding(code) for name, code in _UNWANTED if message.field(name) is not None)
    submitted = _value(message, "Auto-Submitted").lower()
    if not submitted.startswith(("auto-replied", "auto-generated")):
        yield finding("no-auto-submitted", submitted)
    if _value(message, "Precedence").lower() == "list":
        yield finding("precedence-list")
    is_answer = report.kind is not Kind.FEEDBACK  # a complaint is forwarded mail, and answers nothing
    has_reference = message.field("In-Reply-To") or message.field("References")
    if is_answer and not has_reference and report.original.message_id:
        yield finding("no-reference", report.original.message_id)


def _value(message: Message, name: str) -> str:
    field = message.field(name)
    return text_of(field.raw) if field else ""


def _structure(message: Message, report: ReadReport) -> Iterator[Finding]:
    part = next((each for each in message.parts() if each.content_type in REPORT_TYPES), None)
    if part is None:
        yield finding("not-a-report", report.style)
        return
    parent = next((each for each in message.parts() if part in each.children), part)
    if parent.content_type != "multipart/report":
        yield finding("not-multipart-report", parent.content_type)
    elif parent.parameters.get("report-type", "").lower() != part.content_type.partition("/")[2]:
        yield finding("report-type", parent.parameters.get("report-type", ""))
    yield from _parts(parent.children or [part], part)
    if any(defect.code == "unterminated-multipart" for defect in parent.defects):
        yield finding("unterminated")
    if part.encoding in ("base64", "quoted-printable"):
        yield finding("encoded-status", part.encoding)
    if part.content_type == "message/delivery-status" and not part.decoded.isascii():
        yield finding("non-ascii-status")


def _parts(children: list[Part], part: Part) -> Iterator[Finding]:
    if children[0] is part or not children[0].content_type.startswith(("text/", "multipart/")):
        yield finding("no-text", children[0].content_type)
    if len(children) < 2 or children[1] is not part:
        yield finding("order-of-parts")
    if len(children) > 3:
        yield finding("too-many-parts", str(len(children)))
    if len(children) > 2:
        yield from _third(children[2])


def _third(part: Part) -> Iterator[Finding]:
    if part.content_type not in original_of.RETURNED_TYPES:
        yield finding("third-part", part.content_type)
    elif not part.is_message and read(part.decoded).text.strip():
        yield finding("body-in-headers")


def _feedback(report: ReadReport) -> Iterator[Finding]:
    if not report.fields.value("Feedback-Type"):
        yield finding("no-feedback-type")
    if not report.fields.value("User-Agent"):
        yield finding("no-user-agent")
    if report.fields.value("Version") != "1":
        yield finding("feedback-version", report.fields.value("Version"))


def _disposition(report: ReadReport) -> Iterator[Finding]:
    if not report.fields.value("Final-Recipient"):
        yield finding("no-final-recipient")
    if not _DISPOSITION.match(report.fields.value("Disposition")):
        yield finding("no-disposition", report.fields.value("Disposition"))


def _envelope(report: ReadReport, envelope: Envelope, original: Envelope | None) -> Iterator[Finding]:
    if envelope.reverse_path and report.kind in (Kind.DELIVERY_STATUS, Kind.DISPOSITION):
        yield finding("reverse-path-not-null", envelope.reverse_path)
    addresses = [recipient.address for recipient in envelope.recipients]
    if report.kind is Kind.DELIVERY_STATUS and original is not None and original.reverse_path not in addresses:
        yield finding("wrong-recipient", ", ".join(addresses))


def _wishes(report: ReadReport, original: Envelope) -> Iterator[Finding]:
    if not original.reverse_path:
        yield finding("original-null")
    notify = {recipient.address.lower(): recipient.notify for recipient in original.recipients}
    for outcome in report.outcomes:
        event, wish = _EVENTS.get(outcome.action), notify.get(outcome.address.lower())
        if event is None or wish is None or not original.reverse_path:
            continue
        verdict = wanted(event, wish, original.reverse_path)
        if not verdict.is_wanted:
            yield finding("not-asked-for", f"{outcome.address}: {verdict.reason}")
