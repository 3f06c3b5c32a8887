"""A maildrop as one session sees it: numbered once at its begin, with marks on what is to be deleted."""

from __future__ import annotations

from collections.abc import Iterator

from mailpit_py.storage import Entry


class Maildrop:
    """Messages numbered from 1, the oldest first. Numbers stay when messages are marked (RFC 1939 §5)."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        self._marked: set[int] = set()
        self._octets = sum(entry.size_octets for entry in entries)

    def __getitem__(self, number: int) -> Entry | None:
        """The message with this number, None if there is none or it is marked."""
        return self._entries[number - 1] if 0 < number <= len(self._entries) and number not in self._marked else None

    def __iter__(self) -> Iterator[tuple[int, Entry]]:
        """The messages that are not marked, with their numbers."""
        return ((number, one) for number, one in enumerate(self._entries, 1) if number not in self._marked)

    def __len__(self) -> int:
        """How many are not marked."""
        return len(self._entries) - len(self._marked)

    @property
    def octets(self) -> int:
        """The size of all that are not marked."""
        return self._octets - sum(self._entries[number - 1].size_octets for number in self._marked)

    @property
    def marked(self) -> tuple[Entry, ...]:
        """The messages that are to be deleted."""
        return tuple(self._entries[number - 1] for number in sorted(self._marked))

    def mark(self, number: int) -> None:
        """Mark a message that is there."""
        self._marked.add(number)

    def unmark_all(self) -> None:
        """Take all marks away."""
        self._marked.clear()
