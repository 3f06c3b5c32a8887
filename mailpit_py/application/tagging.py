"""Which tags a message gets when it arrives: from itself, from who sent it, and from filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailpit_py.errors import ConfigError
from mailpit_py.mail import Message
from mailpit_py.mail.tag import clean_all, named_in_addresses, named_in_header, title
from mailpit_py.simulation.address import OWN_DOMAINS, parse
from mailpit_py.storage import Arrival

if TYPE_CHECKING:
    from mailpit_py.application.tag_filter import Filter  # loaded for who has filters

X_TAGS, PLUS_ADDRESSES = "x-tags", "plus-addresses"
SOURCES = {"x-tags": X_TAGS, "xtags": X_TAGS, "plus-addresses": PLUS_ADDRESSES, "plus-addressing": PLUS_ADDRESSES}


def is_no_key(word: str) -> bool:
    """False: no inbox has a key."""
    return False


@dataclass(frozen=True, slots=True)
class Tagger:
    """Gives an arrival its tags. May be called from any thread.

    `domains` are those on which every address is one of simulation; None where nothing is simulated.
    `is_key` tells of what stands behind a plus whether it is the key of an inbox, and no tag.
    """

    filters: tuple[Filter, ...] = ()
    disabled: frozenset[str] = frozenset()
    title_case: bool = False
    username: bool = False
    domains: tuple[str, ...] | None = OWN_DOMAINS
    is_key: Callable[[str], bool] = is_no_key

    def __call__(self, arrival: Arrival, message: Message, texts: Mapping[str, str]) -> Sequence[str]:
        """The tags in the order of their octets, as Mailpit stores them: large letters before small ones."""
        names = self._named(message, [one.address for one in arrival.transaction.envelope.recipients])
        if self.username and (name := arrival.transaction.session.auth_identity):
            names.append(name)
        names += [tag for one in self.filters if one.hits(arrival, message, texts) for tag in one.tags]
        return sorted(clean_all(names)) if names else ()

    def _named(self, message: Message, recipients: Sequence[str]) -> list[str]:
        """The tags that the message itself and its recipients name."""
        names = [] if X_TAGS in self.disabled else named_in_header(message)
        if PLUS_ADDRESSES not in self.disabled:
            found = named_in_addresses(message, recipients, self._is_ordinary)
            names += [one for one in found if not self.is_key(one)]
        return [title(name.strip()) for name in names] if self.title_case else names

    def _is_ordinary(self, address: str) -> bool:
        """False for an address whose plus asks for a failure, as in `expire+5d@...`."""
        return self.domains is None or parse(address, self.domains).is_ordinary


def read_disabled(text: str) -> frozenset[str]:
    """Read --tags-disable: sources of tags, separated by commas. Raises ConfigError."""
    names = [word.strip().lower() for word in text.split(",")] if text.strip() else []
    if unknown := [name for name in names if name not in SOURCES]:
        raise ConfigError(f"--tags-disable takes x-tags and plus-addresses, not {unknown[0]!r}")
    return frozenset(SOURCES[name] for name in names)
