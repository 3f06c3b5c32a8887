"""Options of inboxes. A part of Config, for its length."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpit_py.bind import Bind
from mailpit_py.config.option import option
from mailpit_py.errors import ConfigError
from mailpit_py.quantity import seconds_of

INBOX_NAME = re.compile(r"[0-9a-z][0-9a-z._@-]{0,63}")
INBOX_HEADER = "X-Mailpit-Inbox"
WAYS = ("plus", "header", "auth", "domain")
FIELD_NAME = re.compile(r"[!-9;-~]{1,100}")
SHORTEST_TTL = 60


@dataclass(frozen=True, kw_only=True)  # without slots, so that Config may have other bases beside it
class InboxOptions:
    """What leads mail into other inboxes than the first, and how long those live that mail has made."""

    inbox_by: str = option(
        "",
        "MP_INBOX_BY",
        "What names the inbox of a mail, in this order: plus, header, auth, domain; all mail is in one without it.",
        group="Inboxes",
        metavar="LIST",
    )
    inbox_header: str = option(
        INBOX_HEADER,
        "MP_INBOX_HEADER",
        "The header field that names an inbox, or has its key.",
        group="Inboxes",
        metavar="NAME",
    )
    inbox_ports: str = option(
        "",
        "MP_INBOX_PORTS",
        "More SMTP ports, each for one inbox, as in team-a=2525,team-b=0.0.0.0:2526.",
        group="Inboxes",
        metavar="LIST",
    )
    inbox_ttl: str = option(
        "1d",
        "MP_INBOX_TTL",
        "Remove an inbox that mail has made so long after its last use; 0 keeps it.",
        group="Inboxes",
        metavar="AGE",
    )
    max_inboxes: int = option(
        1000,
        "MP_MAX_INBOXES",
        "So many inboxes are made; mail for further ones comes into the first.",
        group="Inboxes",
        metavar="N",
    )

    @property
    def inbox_ways(self) -> tuple[str, ...]:
        """What names an inbox, each once, in its order. Raises ConfigError for another way."""
        found = tuple(dict.fromkeys(filter(None, (one.strip().lower() for one in self.inbox_by.split(",")))))
        if unknown := [one for one in found if one not in WAYS]:
            raise ConfigError(f"--inbox-by: {unknown[0]!r} names no inbox; known are {', '.join(WAYS)}")
        return found

    @property
    def inbox_places(self) -> dict[str, Bind]:
        """Where each inbox with a port of its own listens. Raises ConfigError."""
        places = {}
        for text in filter(None, (one.strip() for one in self.inbox_ports.split(","))):
            name, equals, place = text.partition("=")
            if not equals or not INBOX_NAME.fullmatch(name):
                raise ConfigError(f"--inbox-ports: write {text!r} as team-a=2525")
            try:
                places[name] = Bind.parse(f"localhost:{place}" if place.isdecimal() else place)
            except ValueError as error:
                raise ConfigError(f"--inbox-ports: {error}") from None
        return places

    @property
    def inbox_ttl_seconds(self) -> int | None:
        """How long an inbox that mail has made lives after its last use; None for ever."""
        return None if self.inbox_ttl.strip() in ("", "0") else seconds_of(self.inbox_ttl)

    def check_inboxes(self) -> None:
        """Raise ConfigError for what cannot be used."""
        _ = self.inbox_ways, self.inbox_places
        if not FIELD_NAME.fullmatch(self.inbox_header):
            raise ConfigError(f"--inbox-header: {self.inbox_header!r} cannot be the name of a header field")
        try:
            ttl = self.inbox_ttl_seconds
        except ValueError as error:
            raise ConfigError(f"--inbox-ttl: {error}") from None
        if ttl is not None and ttl < SHORTEST_TTL:
            raise ConfigError(f"--inbox-ttl is {SHORTEST_TTL} seconds or more, or 0")
        if self.max_inboxes < 1:
            raise ConfigError("--max-inboxes is at least 1")
