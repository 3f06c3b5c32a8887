"""Which mail system a report seems to come from, by the marks that each leaves."""

from __future__ import annotations

from mailpit_py.mail import Message
from mailpit_py.mail.header import text_of

# Dialect, field, and what its value contains in lower case; the first that fits.
_MARKS = (
    ("gmail", "X-Gm-Message-State", ""),
    ("gmail_classic", "From", "mailer-daemon@googlemail.com"),
    ("m365", "X-MS-Exchange-Message-Is-Ndr", ""),
    ("ses", "X-SES-Outgoing", ""),
    ("yahoo", "X-YMailISG", ""),
    ("outlook", "X-DSNContext", ""),
    ("barracuda", "Subject", "blocked by our bulk email filter"),
    ("qmail", "Received", "(qmail "),
    ("exim", "Content-Type", "-eximdsn-"),
    ("exim_classic", "Received", "(exim "),
    ("opensmtpd", "Received", "(opensmtpd)"),
    ("postfix", "Received", "(postfix)"),
    ("sendmail", "Auto-Submitted", "auto-generated ("),
    ("sendmail", "Subject", "returned mail: see transcript"),
)


def guess(message: Message) -> str:
    """Return the name of a dialect, or `''`. Looks at the message's own header section only."""
    for name, field_name, mark in _MARKS:
        field = message.field(field_name)
        if field is not None and mark in text_of(field.raw[:2_000]).lower():
            return name
    return ""
