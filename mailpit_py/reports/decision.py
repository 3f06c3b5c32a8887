"""Whether a report is sent, and how much of the original it returns: RFC 3461 as a function."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailpit_py.reports.report import Action


class Event(StrEnum):
    """What happened to a message for one recipient after it was accepted."""

    DELIVERED = "delivered"
    LISTED = "listed"
    RELAYED = "relayed"
    PASSED_ON = "passed-on"
    EXPANDED = "expanded"
    DELAYED = "delayed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a report is wanted, in which action, why, and which section says so.

    `must` is False where a server may send the report and need not.
    """

    action: Action | None
    reason: str
    section: str
    must: bool = True

    @property
    def is_wanted(self) -> bool:
        """True if a report is to be sent."""
        return self.action is not None


_ACTIONS = {
    Event.DELIVERED: (Action.DELIVERED, "SUCCESS", "RFC 3461 §5.2.3"),
    Event.LISTED: (Action.DELIVERED, "SUCCESS", "RFC 3461 §5.2.7.1"),
    Event.RELAYED: (Action.RELAYED, "SUCCESS", "RFC 3461 §5.2.2"),
    Event.EXPANDED: (Action.EXPANDED, "SUCCESS", "RFC 3461 §5.2.7.3"),
    Event.DELAYED: (Action.DELAYED, "DELAY", "RFC 3461 §5.2.5"),
    Event.FAILED: (Action.FAILED, "FAILURE", "RFC 3461 §5.2.6"),
}


def notify_words(notify: str) -> frozenset[str]:
    """Return the words of a NOTIFY value in upper case; empty when the parameter was absent."""
    return frozenset(word.strip() for word in notify.upper().split(",") if word.strip())


def wanted(event: Event, notify: str, reverse_path: str, *, original_is_report: bool = False) -> Verdict:
    """Decide whether `event` is reported for a recipient with this NOTIFY.

    Never to the null reverse-path, never about a report: both would loop.
    """
    if not reverse_path:
        return Verdict(None, "the reverse-path is null", "RFC 5321 §6.1")
    if original_is_report:
        return Verdict(None, "the original is itself a report or an automatic reply", "RFC 3834 §2")
    if event is Event.PASSED_ON:
        return Verdict(None, "the next server took over the duty to report", "RFC 3461 §5.2.1")
    words = notify_words(notify)
    action, word, section = _ACTIONS[event]
    if "NEVER" in words:
        return Verdict(None, "NOTIFY=NEVER", "RFC 3461 §4.1")
    if word in words:
        return Verdict(action, f"NOTIFY asks for {word}", section, must=event is not Event.DELAYED)
    if words:
        return Verdict(None, f"NOTIFY is given without {word}", "RFC 3461 §4.1")
    if word == "SUCCESS":
        return Verdict(None, "success is reported only when NOTIFY asks for it", "RFC 3461 §4.1")
    return Verdict(action, "without NOTIFY this is reported", section, must=event is Event.FAILED)


class Returned(StrEnum):
    """How much of the original a report carries."""

    FULL = "full"
    HEADERS = "headers"


def returned(ret: str, action: Action, size_bytes: int, cap_bytes: int) -> Returned:
    """Decide how much of an original of this size goes back (RFC 3461 §4.3).

    Only a failure returns content, unless RET=HDRS; above the cap nobody does.
    """
    if action is not Action.FAILED or ret.upper() == "HDRS" or size_bytes > cap_bytes:
        return Returned.HEADERS
    return Returned.FULL
