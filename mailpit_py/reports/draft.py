"""A report on its way to a dialect: the original read once, ids drawn, parts that all dialects share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailpit_py.mail import Message, read, stamp
from mailpit_py.mail.field import LONGEST, encoded_words, field
from mailpit_py.reports import decision, mime, xtext
from mailpit_py.reports.report import Action, Nasty, RecipientStatus, Report
from mailpit_py.reports.token import HEX, guid, token

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a dialect composes from: the report, and its original, read as far as the header."""

    report: Report
    message: Message

    @classmethod
    def of(cls, report: Report, message: Message | None = None) -> Draft:
        """Return the draft of a report; its original is read as far as the header, if nobody has done that."""
        return cls(report, message or read(report.original[: mime.HEADER_BYTES]))

    @property
    def host(self) -> str:
        """The reporting MTA's name."""
        return self.report.reporting_mta

    @property
    def recipients(self) -> tuple[RecipientStatus, ...]:
        """Those the report is about."""
        return self.report.recipients

    @property
    def first(self) -> RecipientStatus:
        """The first recipient."""
        return self.report.recipients[0]

    @property
    def action(self) -> Action:
        """What happened to all of them."""
        return self.report.action

    @property
    def is_success(self) -> bool:
        """True if the message arrived, or went on."""
        return self.action not in (Action.FAILED, Action.DELAYED)

    def token(self, purpose: str, length: int, alphabet: str = HEX) -> str:
        """Return characters that look random, the same for the same seed and purpose."""
        return token(self.report.seed, purpose, length, alphabet)

    def guid(self, purpose: str) -> str:
        """Return a GUID, the same for the same seed and purpose."""
        return guid(self.report.seed, purpose)

    def original_token(self, purpose: str, length: int, alphabet: str = HEX) -> str:
        """Return characters that look random, the same in every report about this original."""
        return token(self.report.message_seed or self.report.seed, purpose, length, alphabet)

    @property
    def queue_id(self) -> str:
        """What the reporting MTA called the original, drawn if nobody said."""
        return self.report.queue_id or self.original_token("queue", 11).upper()

    @property
    def utf8(self) -> bool:
        """True if the report is an internationalised one (RFC 6533 §3)."""
        if not self.report.smtputf8:
            return False
        addresses = (self.report.reverse_path, *(status.final_recipient for status in self.recipients))
        return not (all(map(str.isascii, addresses)) and self.header_section.isascii())

    @property
    def report_type(self) -> str:
        """The subtype of the second part, and the report-type of the whole."""
        return "global-delivery-status" if self.utf8 else "delivery-status"

    @property
    def header_section(self) -> bytes:
        """The original's header section with CRLF line ends."""
        return mime.on_the_wire(self.report.original[: self.message.root.header_end])

    @property
    def is_full(self) -> bool:
        """True if the content of the original goes back too."""
        report = self.report
        verdict = decision.returned(report.ret, self.action, len(report.original), report.original_bytes)
        return verdict is decision.Returned.FULL

    @property
    def envelope_id(self) -> str:
        """ENVID decoded, or an empty string."""
        return xtext.decode(self.report.envid)

    @property
    def age(self) -> str:
        """How long the message has been under way, in words."""
        return stamp.span(self.report.at - self.report.arrival)

    @property
    def lifetime(self) -> str:
        """How long delivery is tried in all, in words."""
        until = self.first.will_retry_until
        return "too" if until is None else stamp.span(until - self.report.arrival)

    @property
    def remaining(self) -> str:
        """How long delivery will still be tried, in words."""
        until = self.first.will_retry_until
        return "some time" if until is None else stamp.span(until - self.report.at)

    def subject(self, text: str) -> bytes:
        """Return the Subject field, in encoded words if that was asked for."""
        if Nasty.ENCODED_SUBJECT in self.report.nasty:
            text = encoded_words(text)
        return field("Subject", text, utf8=self.utf8)

    def to(self, *, brackets: bool = False) -> bytes:
        """Return the To field; an address that cannot be written is encapsulated (RFC 6857 §3.1.8)."""
        address = self.report.reverse_path
        if not self.utf8 and not address.isascii():
            return field("To", f"{encoded_words(address)} :;")
        return field("To", f"<{address}>" if brackets else address, utf8=self.utf8)

    def references(self, *names: str) -> list[bytes]:
        """Return these fields with the original's Message-ID, or nothing if it has none."""
        message_id = self.message.message_id
        return [field(name, f"<{message_id}>", utf8=self.utf8) for name in names if message_id]

    def failed_recipients(self) -> bytes:
        """Return X-Failed-Recipients, as Exim and Gmail write it."""
        addresses = [self.address(status.final_recipient) for status in self.recipients]
        return field("X-Failed-Recipients", ", ".join(addresses), utf8=self.utf8)

    def address(self, address: str) -> str:
        """Return an address in the form this report can carry."""
        return address if self.utf8 else xtext.escape(address)

    def typed(self, address: str, kind: str = "rfc822; ") -> str:
        """Return `type; address` of a delivery-status field; beyond ASCII the type is utf-8."""
        return f"{kind}{address}" if address.isascii() else f"utf-8; {self.address(address)}"

    def original_recipient(self, status: RecipientStatus) -> list[Row]:
        """Return Original-Recipient as a row if ORCPT was given, else nothing (RFC 3464 §2.3.1)."""
        kind, address = status.original_recipient
        return [("Original-Recipient", f"{kind};{self.address(address)}")] if address else []

    def words(self, text: str) -> str:
        """Return free text of a delivery-status field, encoded if it must be."""
        return text if self.utf8 or text.isascii() else encoded_words(text)

    def return_path(self, name: str = "Return-Path") -> bytes:
        """Return the returned copy's first field: the original's reverse-path."""
        return field(name, f"<{self.address(self.report.reverse_path)}>", utf8=self.utf8)

    def copy(self, *trace: bytes, full: bool | None = None) -> bytes:
        """Return the original with trace fields on top: whole, or the header section alone."""
        whole = self.is_full if full is None else full
        return b"".join(trace) + (mime.on_the_wire(self.report.original) if whole else self.header_section)

    def returned_type(self, *, full: bool | None = None) -> str:
        """Return the media type of the third part (RFC 6522 §3, RFC 6533 §6)."""
        whole = self.is_full if full is None else full
        if self.utf8:
            return "message/global" if whole else "message/global-headers"
        return "message/rfc822" if whole else "text/rfc822-headers"

    def status_part(
        self, head: Sequence[bytes], blocks: Iterable[Sequence[Row]], *, width: int = LONGEST, indent: str = " "
    ) -> bytes:
        """Return the second part: a block about the message, then one for each recipient (RFC 3464 §2.1)."""
        body = b"\r\n".join(
            b"".join(field(name, value, width=width, indent=indent, utf8=self.utf8) for name, value in block)
            for block in blocks
        )
        if Nasty.BASE64_STATUS in self.report.nasty:
            return mime.entity([*head, field("Content-Transfer-Encoding", "base64")], mime.base64(body))
        return mime.entity([*head, *mime.eight_bit(body)], body)
