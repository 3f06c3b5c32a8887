"""What a delivery status notification says, as values that every dialect writes down its own way."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from mailpit_py.mail.envelope import Reply
from mailpit_py.reports import xtext

_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,253}[A-Za-z0-9])?")
_REPLY = re.compile(r"([2-5][0-9][0-9])(?:[ -]|\Z)(?:([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |\Z))?")
_BREAKS = re.compile(r"[\r\n\0]")


class Action(StrEnum):
    """What the reporting MTA did with the message for one recipient (RFC 3464 §2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"

    @property
    def classes(self) -> str:
        """The first digits that a status may have with this action."""
        return {"failed": "54", "delayed": "4"}.get(self.value, "2")


class Nasty(StrEnum):
    """What real mail systems do to reports, and a bounce processor has to live with."""

    ENCODED_SUBJECT = "encoded-subject"
    REWRITTEN_RECIPIENT = "rewritten-recipient"
    NESTED = "nested"
    TRUNCATED = "truncated"
    BASE64_STATUS = "base64-status"


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """What became of the message for one recipient.

    `final_recipient` is the address of RCPT. `orcpt` is the ORCPT value exactly as given (RFC 3461
    §4.2), empty without one. `diagnostic` is the remote server's reply, its lines joined by LF as
    `Reply.lines` has them, or the reporting MTA's own words when no server answered; `command` is
    what was answered: `MAIL FROM`, `RCPT TO`, `DATA` or `end of DATA`. Instants are in microseconds.
    Raises ValueError if status and action disagree, or a text that has one line has several.
    """

    final_recipient: str
    action: Action
    status: str
    orcpt: str = ""
    remote_mta: str = ""
    remote_address: str = ""
    diagnostic: str = ""
    command: str = "RCPT TO"
    last_attempt: int | None = None
    will_retry_until: int | None = None
    final_log_id: str = ""

    def __post_init__(self) -> None:
        if not self.final_recipient or _BREAKS.search(self.final_recipient + self.orcpt + self.final_log_id):
            raise ValueError("a recipient is an address on one line")
        if not _STATUS.fullmatch(self.status) or self.status[0] not in self.action.classes:
            raise ValueError(f"status {self.status} does not go with {self.action.value}")
        if self.will_retry_until is not None and self.action is not Action.DELAYED:
            raise ValueError("only a delayed recipient is retried (RFC 3464 §2.3.9)")
        if self.remote_mta and not _HOST.fullmatch(self.remote_mta):
            raise ValueError(f"{self.remote_mta} is not a host name")

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the diagnostic."""
        return tuple(self.diagnostic.splitlines())

    @property
    def one_line(self) -> str:
        """The diagnostic on one line, the code of each line kept."""
        return " ".join(self.lines)

    @property
    def code(self) -> int:
        """The reply code that the diagnostic begins with, or 0: then no server answered."""
        match = _REPLY.match(self.diagnostic)
        return int(match[1]) if match else 0

    @property
    def is_given_up(self) -> bool:
        """True if the last try was put off, and the time for delivery is over."""
        is_temporary = self.code < 500 if self.code else self.status.startswith("4")
        return self.action is Action.FAILED and is_temporary

    @property
    def words(self) -> str:
        """The diagnostic's words alone, codes removed, on one line."""
        matches = ((line, _REPLY.match(line)) for line in self.lines)
        return " ".join(line[match.end() :] if match else line for line, match in matches)

    @property
    def original_recipient(self) -> tuple[str, str]:
        """Address type and decoded address of ORCPT, or two empty strings."""
        kind, _, address = self.orcpt.partition(";")
        return (kind, xtext.decode(address)) if address else ("", "")


def diagnostic_of(reply: Reply) -> str:
    """Return a reply as the text of a `RecipientStatus.diagnostic`."""
    return "\n".join(reply.lines)


@dataclass(frozen=True, slots=True)
class Report:
    """One report, before a dialect words it.

    `reverse_path` is the original's, and where the report goes. `envid` and `ret` are the values of
    MAIL exactly as given. `original` is the message as received; `queue_id` is what the reporting
    MTA called it, and `client` the host that handed it over. `smtputf8` says that the way back
    takes UTF-8 header fields (RFC 6533). Ids, boundaries and the like come from `seed` alone; what
    all reports about one message call it comes from `message_seed`, if that is given.
    Raises ValueError for a null reverse-path: a report about a report would loop (RFC 5321 §6.1).
    """

    reporting_mta: str
    reverse_path: str
    recipients: tuple[RecipientStatus, ...]
    original: bytes
    arrival: int
    at: int
    seed: str
    envid: str = ""
    ret: str = ""
    queue_id: str = ""
    message_seed: str = ""
    client: str = "localhost"
    smtputf8: bool = False
    nasty: frozenset[Nasty] = frozenset()
    original_bytes: int = 50_000

    def __post_init__(self) -> None:
        if not self.reverse_path or _BREAKS.search(self.reverse_path):
            raise ValueError("a report needs a reverse-path to go to (RFC 5321 §6.1)")
        if not self.recipients:
            raise ValueError("a report is about at least one recipient (RFC 3464 §2.1)")
        if not _HOST.fullmatch(self.reporting_mta):
            raise ValueError(f"{self.reporting_mta} is not a host name")
        if len({status.action for status in self.recipients}) > 1:
            raise ValueError("one report has one action; split it first")

    @property
    def action(self) -> Action:
        """What the report is about."""
        return self.recipients[0].action

    def about(self, *recipients: RecipientStatus) -> Report:
        """Return the report for some of its recipients; its ids differ from the whole one's."""
        marked = self.seed if recipients == self.recipients else f"{self.seed}/{recipients[0].final_recipient}"
        return replace(self, recipients=recipients, seed=marked)
