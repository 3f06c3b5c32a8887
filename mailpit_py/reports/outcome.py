"""What a report says, once read: one value for all kinds, with an explanation in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mailpit_py.mail import Address, Message
from mailpit_py.reports import status
from mailpit_py.reports.blocks import Block

_REPLY = re.compile(r"(?<![\d.])([245]\d\d)(?=[ -]|\Z)")
EMPTY = Block(())


class Kind(StrEnum):
    """The kinds of machine-readable mail."""

    DELIVERY_STATUS = "delivery-status"
    FEEDBACK = "feedback"
    DISPOSITION = "disposition"
    AUTO_REPLY = "auto-reply"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a report says about one recipient; every text is as the report has it, empty if absent.

    `action` is one word in lower case: of RFC 3464 for deliveries, the disposition of a receipt, the
    feedback type of a complaint. `address` is the final recipient, `original_address` that of ORCPT.
    """

    address: str
    action: str
    original_address: str = ""
    status: str = ""
    diagnostic: str = ""
    diagnostic_type: str = ""
    remote_mta: str = ""
    last_attempt: int | None = None
    will_retry_until: int | None = None
    log_id: str = ""
    block: Block = EMPTY

    @property
    def reply_code(self) -> int:
        """The SMTP reply code in the diagnostic, or 0."""
        match = _REPLY.search(self.diagnostic[:80])
        return int(match[1]) if match else 0

    @property
    def best_status(self) -> str:
        """The status, or the diagnostic's own one where the report's says nothing (x.0.0)."""
        inner = status.find(self.diagnostic)
        if inner and (not self.status or self.status.endswith(".0.0")):
            return inner
        return self.status

    @property
    def is_final(self) -> bool:
        """True if the message will not be delivered to this recipient any more."""
        return self.action == "failed"

    @property
    def is_transient_cause(self) -> bool:
        """True if what went wrong is of the kind that may pass: 4.x.x, or a 4xx reply."""
        return self.best_status.startswith("4.") or (not self.best_status and self.reply_code // 100 == 4)

    @property
    def explanation(self) -> str:
        """A few sentences for people, the server's own words last."""
        meaning = "" if self.action in _ARRIVED else self._reason
        given_up = " Such a problem can pass, but the time for delivery was over." if self._is_given_up else ""
        return (
            f"{self.address or 'A recipient'}: {_ACTIONS.get(self.action, self.action)}.{meaning}{given_up}{self._said}"
        )

    @property
    def _reason(self) -> str:
        """Why, in plain words; nothing where the server's own words are all there is."""
        code = self.best_status or (f"{self.reply_code // 100}.0.0" if self.reply_code else "")
        known = status.describe(code, self.diagnostic)
        if known is None or (self.diagnostic and known.says_nothing):
            return ""
        return f" The reason: {known.text} ({self.best_status})." if self.best_status else f" The reason: {known.text}."

    @property
    def _said(self) -> str:
        if not self.diagnostic or self.action in _ARRIVED:
            return ""
        speaker = f"{self.remote_mta or 'The other server'} said" if self.reply_code else "The report says"
        return f" {speaker}: {self.diagnostic}"

    @property
    def _is_given_up(self) -> bool:
        return self.is_final and self.is_transient_cause


_ARRIVED = ("delivered", "relayed", "expanded")
_ACTIONS = {
    "failed": "the message could not be delivered, and will not be tried again",
    "delayed": "the message has not been delivered yet; it is still being tried",
    "delivered": "the message has been delivered",
    "relayed": "the message went on to a system that will send no report",
    "expanded": "the message went on to everybody behind this address",
    "abuse": "the recipient says that the message is spam",
    "fraud": "the recipient says that the message is a fraud",
    "virus": "the recipient's system found a virus in the message",
    "not-spam": "the recipient says that the message is not spam after all",
    "auth-failure": "the message did not pass the recipient's authentication checks",
    "opt-out": "the recipient wants no more mail from this list",
    "displayed": "the message has been shown to the recipient",
    "deleted": "the message was deleted and may never have been seen",
    "dispatched": "the message was sent on or processed by a rule",
    "processed": "the message was processed by a rule without being shown",
    "auto-replied": "a program answered in the recipient's place",
    "": "the report does not say what happened",
}


@dataclass(frozen=True, slots=True)
class Original:
    """What a report tells about the message it is about; empty where it tells nothing."""

    message_id: str = ""
    subject: str = ""
    reverse_path: str = ""
    to: tuple[Address, ...] = ()
    envelope_id: str = ""
    message_ids: tuple[str, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report as read. `style` is the form it has, `agent` the system it seems to come from.

    `path` is the part the facts are from; `fields` are those about the whole message.
    """

    kind: Kind
    style: str
    agent: str
    path: str
    fields: Block
    outcomes: tuple[Outcome, ...]
    original: Original
    reporting_mta: str = ""
    arrival: int | None = None
    blocks: tuple[Block, ...] = ()
    text: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address that the report names as the one the original was for, without repeats."""
        named = (each.original_address or each.address for each in self.outcomes)
        return tuple(dict.fromkeys(address for address in named if address))

    @property
    def explanation(self) -> str:
        """A few sentences for people, a line for each recipient."""
        opening = (
            f"About the message {self.original.subject!r}:" if self.original.subject else "About an earlier message:"
        )
        return "\n".join([opening, *(outcome.explanation for outcome in self.outcomes)])


def is_report(message: Message) -> bool:
    """Return whether the message itself is a report by its type (RFC 6522), at whatever stage of decay."""
    return message.root.content_type == "multipart/report" or any(
        part.content_type in REPORT_TYPES for part in message.root.children
    )


STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
FEEDBACK_TYPES = frozenset({"message/feedback-report"})
DISPOSITION_TYPES = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
REPORT_TYPES = STATUS_TYPES | FEEDBACK_TYPES | DISPOSITION_TYPES
