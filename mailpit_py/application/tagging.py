"""Which tags a message gets when it arrives: from itself, from who sent it, and from filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailpit_py.errors import ConfigError
from mailpit_py.mail import Message
from mailpit_py.mail.tag import clean_all, named_in_addresses, named_in_header, title
from mailpit_py.simulation.address import parse
from mailpit_py.storage import Arrival

if TYPE_CHECKING:
    from mailpit_py.application.tag_filter import Filter  # loaded for who has filters

X_TAGS, PLUS_ADDRESSES = "x-tags", "plus-addresses"
SOURCES = {"x-tags": X_TAGS, "xtags": X_TAGS, "plus-addresses": PLUS_ADDRESSES, "plus-addressing": PLUS_ADDRESSES}


@dataclass(frozen=True, slots=True)
class Tagger:
    """Gives an arrival its tags. May be called from any thread."""

    filters: tuple[Filter, ...] = ()
    disabled: frozenset[str] = frozenset()
    title_case: bool = False
    username: bool = False

    def __call__(self, arrival: Arrival, message: Message, texts: Mapping[str, str]) -> Sequence[str]:
        """The tags in the order of their octets, as Mailpit stores them: large letters before small ones."""
        names = self._named(message)
        if self.username and (name := arrival.transaction.session.auth_identity):
            names.append(name)
        names += [tag for one in self.filters if one.hits(arrival, message, texts) for tag in one.tags]
        return sorted(clean_all(names)) if names else ()

    def _named(self, message: Message) -> list[str]:
        """The tags that the message itself names."""
        names = [] if X_TAGS in self.disabled else named_in_header(message)
        if PLUS_ADDRESSES not in self.disabled:
            # `ndr+mailbox_full+5s@example.com` says what shall happen, and names no tags
            names += named_in_addresses(message, lambda address: parse(address).is_ordinary)
        return [title(name.strip()) for name in names] if self.title_case else names


def read_disabled(text: str) -> frozenset[str]:
    """Read --tags-disable: sources of tags, separated by commas. Raises ConfigError."""
    names = [word.strip().lower() for word in text.split(",") if word.strip()]
    if unknown := [name for name in names if name not in SOURCES]:
        raise ConfigError(f"--tags-disable takes x-tags and plus-addresses, not {unknown[0]!r}")
    return frozenset(SOURCES[name] for name in names)
