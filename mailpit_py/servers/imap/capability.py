"""What a session says it can (RFC 9051 §7.2.2), in each of its states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpit_py.servers.imap.work import State

if TYPE_CHECKING:
    from mailpit_py.servers.imap.session import Session

ALWAYS = ("IMAP4rev1", "IMAP4rev2", "LITERAL-", "SASL-IR", "ID", "ENABLE")
BEFORE_LOGIN = ("AUTH=PLAIN", "AUTH=XOAUTH2")
AFTER_LOGIN = (
    "NAMESPACE",
    "SPECIAL-USE",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "STATUS=SIZE",
    "CHILDREN",
    "IDLE",
    "UNSELECT",
    "UIDPLUS",
    "MOVE",
    "CONDSTORE",
    "ESEARCH",
    "SEARCHRES",
    "SORT",
    "SORT=DISPLAY",
    "OBJECTID",
    "BINARY",
    "PREVIEW",
    "UTF8=ACCEPT",
)
# What ENABLE knows (RFC 5161), in capitals.
ENABLED = ("IMAP4REV2", "CONDSTORE", "UTF8=ACCEPT")


def capabilities(session: Session) -> str:
    """The capabilities at this moment, in one line."""
    if session.state is State.NOT_AUTHENTICATED:
        names = [*ALWAYS, *(["STARTTLS"] if session.offers_starttls else []), *BEFORE_LOGIN]
    else:
        limit = session.settings.largest_append_bytes
        names = [*ALWAYS, *AFTER_LOGIN, f"APPENDLIMIT={limit}" if limit else "APPENDLIMIT"]
    return " ".join(names)
