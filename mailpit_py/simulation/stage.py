"""The moments of an SMTP dialogue at which a decision can be made."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """In the order of a dialogue; CONTENT is the moment after the final dot or the last BDAT chunk.

    AFTER is no moment of the dialogue: it is what follows the message's acceptance.
    """

    CONNECT = "CONNECT"
    HELO = "HELO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "CONTENT"
    AFTER = "AFTER"

    __hash__ = str.__hash__  # that of enumerations is no C function, and each command looks stages up
