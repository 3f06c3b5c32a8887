"""The exceptions of the package; each edge has one table that turns them into its own words.

MailpitError
├── ConfigError          an option that cannot be used; the text says what to write instead
│   └── PlaceTaken       a place to listen at that cannot be had now
├── QueryError           a search that cannot be understood, with its position
├── NotFound             no such message, part or session in this inbox
├── BounceError          a bounce on request that cannot be made; the text says why
├── ClockError           a time to which a clock of sandbox time cannot go
├── Taken                the name is another one's already
├── TargetRefused        a place outside that may not be reached (API: 422)
│   └── TargetForbidden  its address is outside of what the operator allows
├── UnknownTransferEncoding   a part whose octets cannot be had (IMAP: UNKNOWN-CTE)
└── StorageError         the store could not do it (SMTP: 451 4.3.0)
    ├── StorageFull      no room: disk full or over the byte budget (SMTP: 452 4.3.1)
    └── StorageForeign   the file is another program's database, or a newer version's
"""

from __future__ import annotations

from typing import Any


class MailpitError(Exception):
    """The root of everything that this package raises on purpose."""


def is_told(excinfo: Any) -> bool:
    """For `__tracebackhide__` of modules that tests call: pytest then shows the test and what it is told.

    Frames of what nobody raised on purpose stay, and `--full-trace` shows all.
    """
    return isinstance(excinfo.value, MailpitError)


class ConfigError(MailpitError):
    """An option that cannot be used as given."""


class PlaceTaken(ConfigError):
    """A place to listen at that cannot be had: the option is well written, and may work another time."""


class QueryError(MailpitError):
    """A search text that cannot be understood; `position` counts characters from 0."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (at character {position + 1})")
        self.reason = reason
        self.position = position


class NotFound(MailpitError):
    """Nothing with this id in this inbox."""


class BounceError(MailpitError):
    """A bounce on request that cannot be made as it is asked for."""


class ClockError(MailpitError):
    """A time to which a clock of sandbox time cannot go."""


class Taken(MailpitError):
    """The name that was asked for is another one's already."""


class StorageError(MailpitError):
    """The store could not carry out a request; nothing of it was kept."""


class StorageFull(StorageError):
    """There is no room for this message now."""


class StorageForeign(StorageError):
    """The database file belongs to another program or to a newer version."""


class TargetRefused(MailpitError):
    """A place outside the sandbox that may not be reached, or that is not written as one."""


class TargetForbidden(TargetRefused):
    """A place outside the sandbox with an address to which it may not connect."""


class UnknownTransferEncoding(MailpitError):
    """A part was asked for without its transfer encoding, which nobody knows; the text is its name."""
