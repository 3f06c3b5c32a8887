"""The checklist of a correct report: each deviation by name, with what is asked and where."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

MUST, SHOULD, NOTE = "must", "should", "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation: a slug, a level, a sentence, the section that asks for it, and what was found.

    The level is `must`, `should`, or `note` for what is allowed and surprises all the same.
    """

    code: str
    level: str
    text: str
    section: str
    detail: str = ""


_ROWS = (
    # The envelope and the octets
    ("reverse-path-not-null", MUST, "A report is sent from the null reverse-path.", "RFC 3461 §6.1"),
    ("wrong-recipient", MUST, "A report goes to the reverse-path of its original.", "RFC 3461 §6.1"),
    ("original-null", MUST, "A message with a null reverse-path is never reported.", "RFC 5321 §6.1"),
    ("not-asked-for", MUST, "NOTIFY did not ask for this report.", "RFC 3461 §4.1"),
    ("line-too-long", MUST, "A line has more than 998 octets.", "RFC 5322 §2.1.1"),
    ("bare-line-end", MUST, "A line ends in CR or LF alone.", "RFC 5322 §2.3"),
    # The header section
    ("missing-field", MUST, "A field that every message has is missing.", "RFC 5322 §3.6"),
    ("no-message-id", SHOULD, "The report has no Message-ID.", "RFC 5322 §3.6.4"),
    ("no-auto-submitted", SHOULD, "Auto-Submitted does not say that a program wrote this.", "RFC 3834 §5"),
    ("no-mime-version", MUST, "MIME-Version is missing.", "RFC 2045 §4"),
    ("asks-for-receipt", MUST, "A report must not ask for a receipt.", "RFC 8098 §2.1"),
    ("reply-to", SHOULD, "A report has no use for Reply-To: nobody reads the answers.", "RFC 3464 §2"),
    ("precedence-list", SHOULD, "A report is not mail of a list.", "RFC 3834 §3.1.8"),
    ("no-reference", SHOULD, "Neither In-Reply-To nor References names the original.", "RFC 3834 §3.1.5"),
    # The structure
    ("not-a-report", MUST, "The report is text for people only; no program can rely on its form.", "RFC 6522 §3"),
    ("not-multipart-report", MUST, "The parts are not inside multipart/report.", "RFC 6522 §3"),
    ("report-type", MUST, "report-type is not the subtype of the second part.", "RFC 6522 §3"),
    ("order-of-parts", MUST, "The machine-readable part is not the second one.", "RFC 6522 §3"),
    ("no-text", MUST, "The first part is no text for people.", "RFC 6522 §3"),
    ("too-many-parts", MUST, "There are more than three parts.", "RFC 6522 §3"),
    ("third-part", MUST, "The third part is neither a message nor a header section.", "RFC 6522 §3"),
    ("encoded-status", MUST, "The machine-readable part is encoded; it has to be 7bit.", "RFC 3464 §2.1"),
    ("body-in-headers", MUST, "A part of headers alone holds a body too.", "RFC 6522 §4"),
    ("unterminated", MUST, "The report is cut off: its closing boundary is missing.", "RFC 2046 §5.1.1"),
    # About the message
    ("no-reporting-mta", MUST, "Reporting-MTA is missing.", "RFC 3464 §2.2.2"),
    ("mta-syntax", MUST, "An MTA is not written as `type; name` with a known type.", "RFC 3464 §2.1.2"),
    ("repeated-field", MUST, "A field that may stand once stands again.", "RFC 3464 §2.1"),
    ("date-syntax", MUST, "A date is not in the form of mail.", "RFC 3464 §2.2.5"),
    ("no-envelope-id", MUST, "ENVID was given, and Original-Envelope-Id is missing.", "RFC 3464 §2.2.1"),
    ("wrong-envelope-id", MUST, "Original-Envelope-Id is not ENVID decoded.", "RFC 3464 §2.2.1"),
    ("invented-envelope-id", MUST, "Original-Envelope-Id stands there, and ENVID was not given.", "RFC 3464 §2.2.1"),
    # About a recipient
    ("no-recipients", MUST, "The report is about no recipient.", "RFC 3464 §2.1"),
    ("no-final-recipient", MUST, "Final-Recipient is missing.", "RFC 3464 §2.3.2"),
    ("recipient-syntax", MUST, "A recipient is not written as `type; address`.", "RFC 3464 §2.1.2"),
    ("no-action", MUST, "Action is missing.", "RFC 3464 §2.3.3"),
    ("unknown-action", MUST, "Action is none of the five.", "RFC 3464 §2.3.3"),
    ("no-status", MUST, "Status is missing.", "RFC 3464 §2.3.4"),
    ("status-syntax", MUST, "Status is not class.subject.detail.", "RFC 3464 §2.3.4"),
    ("status-and-action", MUST, "The class of Status does not go with Action.", "RFC 3464 §2.3.4"),
    ("transient-failure", NOTE, "A final failure has a status of class 4: the cause may pass, the time is over.",
     "RFC 3463 §2"),
    ("status-and-diagnostic", SHOULD, "Status says something else than the server's own reply.", "RFC 3464 §2.3.6"),
    ("diagnostic-syntax", MUST, "Diagnostic-Code is not written as `type; text`.", "RFC 3464 §2.3.6"),
    ("no-remote-mta", SHOULD, "A server answered, and Remote-MTA does not name it.", "RFC 3461 §6.3"),
    ("no-diagnostic", SHOULD, "A delivery over SMTP failed, and the server's reply is not told.", "RFC 3461 §6.3"),
    ("retry-without-delay", MUST, "Will-Retry-Until stands with an action other than delayed.", "RFC 3464 §2.3.9"),
    ("attempt-before-arrival", SHOULD, "The last attempt was before the message arrived.", "RFC 3464 §2.3.7"),
    ("non-ascii-status", MUST, "The status part has octets beyond ASCII.", "RFC 3464 §2.1"),
    ("not-a-recipient", MUST, "The original was not sent to this address.", "RFC 3464 §2.3.2"),
    ("no-original-recipient", MUST, "ORCPT was given, and Original-Recipient is missing.", "RFC 3464 §2.3.1"),
    ("wrong-original-recipient", MUST, "Original-Recipient is not ORCPT decoded.", "RFC 3464 §2.3.1"),
    ("invented-original-recipient", MUST, "Original-Recipient stands there, and ORCPT was not given.",
     "RFC 3464 §2.3.1"),
    # Complaints and receipts
    ("no-feedback-type", MUST, "Feedback-Type is missing.", "RFC 5965 §3.1"),
    ("no-user-agent", MUST, "User-Agent is missing.", "RFC 5965 §3.1"),
    ("feedback-version", MUST, "Version is not 1.", "RFC 5965 §3.1"),
    ("no-disposition", MUST, "Disposition is missing, or not `mode; type`.", "RFC 8098 §3.2.6"),
)  # fmt: skip
CATALOGUE = MappingProxyType({code: Finding(code, level, text, section) for code, level, text, section in _ROWS})


def finding(code: str, detail: str = "") -> Finding:
    """Return the finding of this code with what was found."""
    row = CATALOGUE[code]
    return Finding(code, row.level, row.text, row.section, detail)
