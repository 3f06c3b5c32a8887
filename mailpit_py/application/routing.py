"""Which inbox mail is for: what its connection, its recipients and its header say, once somebody has asked for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailpit_py.config.inbox import FIELD_NAME, INBOX_HEADER, INBOX_NAME, WAYS
from mailpit_py.errors import ConfigError
from mailpit_py.mail import read_values
from mailpit_py.mail.envelope import Envelope, Session
from mailpit_py.simulation.address import parse
from mailpit_py.storage import DEFAULT_INBOX
from mailpit_py.storage.likeness import header_section


@dataclass(frozen=True, slots=True)
class Routing:
    """What chooses an inbox by its name, in the order in which it is asked; without any, all mail stays in the first.

    `plus` is what stands behind the last plus of a recipient's local part, `header` the value of a
    field, `auth` the name of the login, `domain` that of the recipient. Raises ConfigError for
    another way, or for what cannot be the name of a field.
    """

    by: tuple[str, ...] = ()
    header: str = INBOX_HEADER

    def __post_init__(self) -> None:
        if unknown := [one for one in self.by if one not in WAYS]:
            raise ConfigError(f"{unknown[0]!r} chooses no inbox; known are {', '.join(WAYS)}")
        if not FIELD_NAME.fullmatch(self.header):
            raise ConfigError(f"{self.header!r} cannot be the name of a header field")


def _nobody(key: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Router:
    """Says for which inbox mail is. Neither waits nor reads the database: SMTP asks it at each command.

    What was issued goes first: an inbox's key behind the plus of a recipient, the inbox to which the
    connection is bound (its port, or a login with an inbox's token), then a key in the header field.
    A request that names its inbox is left no choice. Then the ways of `routing` give names, also of
    inboxes that are not there yet. `of_key` finds the inbox of a key, `has_keys` says whether there
    is any.
    """

    routing: Routing = Routing()
    of_key: Callable[[str], str | None] = _nobody
    has_keys: bool = False

    @property
    def is_idle(self) -> bool:
        """True while nothing but a connection that is bound leads out of the first inbox."""
        return not (self.has_keys or self.routing.by)

    def of(self, session: Session, address: str = "", header: str = "") -> str:
        """The inbox of one recipient, or of a connection that has named none yet."""
        if self.is_idle or (session.inbox and session.protocol == "HTTP"):
            return session.inbox or DEFAULT_INBOX
        local, _, domain = address.rpartition("@")
        _, plus, part = local.rpartition("+")
        said = {"plus": part if plus else "", "header": header, "auth": session.auth_identity, "domain": domain}
        if self.has_keys and (found := self.of_key(said["plus"])):
            return found
        if found := session.inbox or self.of_key(header):
            return found
        return next(self._named(said, address), DEFAULT_INBOX)

    def of_each(self, session: Session, envelope: Envelope, raw: bytes | None = None) -> tuple[str, ...]:
        """The inbox of each accepted recipient, in their order; `raw` is the content once it is known."""
        if self.is_idle:
            return (session.inbox or DEFAULT_INBOX,) * len(envelope.recipients)
        header = self.header_in(raw)
        return tuple(self.of(session, one.address, header) for one in envelope.recipients)

    def header_in(self, raw: bytes | None) -> str:
        """What the header section of a message says about its inbox, or nothing."""
        name = self.routing.header.lower()
        if raw is None or self.is_idle or name.encode() not in (head := header_section(raw)).lower():
            return ""
        return next((value.strip() for _, value in read_values(head, {name})), "")

    def _named(self, said: dict[str, str], address: str) -> Iterator[str]:
        for way in self.routing.by:
            name = said[way].lower()
            # `bounce+mailbox_full@example.com` asks for a failure, not for an inbox
            if INBOX_NAME.fullmatch(name) and not (way == "plus" and not parse(address).is_ordinary):
                yield name
