"""A folder as one session sees it: sequence numbers, and what is still to be told (RFC 9051 §5.2, §7.5.1)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from mailpit_py.servers.imap.sequence import NumberSet
from mailpit_py.storage import SYSTEM_FLAGS, Folder, Item, News, Opened

Numbered = tuple[int, Item]


@dataclass(frozen=True, slots=True)
class Selected:
    """What is fixed from SELECT on: the folder, its UIDVALIDITY, and whether it may be changed."""

    name: str
    folder: Folder
    uidvalidity: int
    is_read_only: bool

    @property
    def has_modseq(self) -> bool:
        """False for the folder of a tag, whose messages are numbered by their mailboxes (RFC 7162 §3.1.2.2)."""
        return not self.folder.tag


class View:
    """The items of a selected folder, numbered from 1 in the order of their UIDs.

    News come in at any time with `take`; an item that is gone keeps its number until `expunged` has
    told so. What is new is counted in `len` at once, what is changed waits in `changed`. The items
    themselves are shared by all sessions that have read the same, so that many may wait.
    """

    def __init__(self, selected: Selected, opened: Opened) -> None:
        self.selected = selected
        self.cursor = opened.cursor
        self.uidnext = opened.place.uidnext
        self.highest_modseq = opened.place.highest_modseq
        self.saved: frozenset[int] = frozenset()  # UIDs: RFC 9051 §6.4.4.1
        self.told_length = 0
        # all flags that are in use but \\Seen and \\Flagged, and those of which the client knows
        self.keywords: set[str] = set(SYSTEM_FLAGS)
        self.told_keywords: set[str] = set()
        self._uids = [item.uid for item in opened.items]
        self._items = list(opened.items)
        self._highest_id = max((item.id for item in opened.items), default=0)
        self._gone: set[int] = set()
        self._changed: set[int] = set()
        for words in {item.words for item in opened.items}:
            self.keywords.update(words.split())

    def __len__(self) -> int:
        return len(self._uids)

    def item(self, number: int) -> Item:
        """The item with a sequence number that is there."""
        return self._items[number - 1]

    def number(self, uid: int) -> int:
        """The sequence number of a UID that is there."""
        return bisect_left(self._uids, uid) + 1

    def is_gone(self, uid: int) -> bool:
        """True if the item is no longer there, and only keeps its number."""
        return uid in self._gone

    def all(self) -> Iterable[Numbered]:
        """Every item that is still there, with its number."""
        return ((number, item) for number, item in enumerate(self._items, 1) if item.uid not in self._gone)

    def chosen(self, numbers: NumberSet, *, by_uid: bool) -> list[Numbered]:
        """The items that are named, with their numbers; one that is gone is among them."""
        if numbers.is_saved:
            return [(number, item) for number, item in enumerate(self._items, 1) if item.uid in self.saved]
        if by_uid:
            found = [self.number(uid) for uid in numbers.among(self._uids)]
        else:
            found = numbers.among(range(1, len(self._uids) + 1))
        return [(number, self.item(number)) for number in found]

    # News

    def take(self, news: News) -> None:
        """Take in what happened."""
        self.cursor = news.cursor
        if news.place is None or news.place.uidvalidity != self.selected.uidvalidity:
            # what has this name now is another folder (RFC 9051 §2.3.1.1)
            self._gone.update(self._uids)
            return
        self.uidnext, self.highest_modseq = news.place.uidnext, news.place.highest_modseq
        self._gone.update(self._missing(news))
        for item in news.items:
            self._note(item)

    def _missing(self, news: News) -> list[int]:
        """The UIDs that messages have had here and have no more."""
        there = {item.uid for item in news.items}
        if news.ids is None:
            return [uid for uid in self._uids if uid not in there]
        # a message that was not here before has lost no UID, and all are looked through only for others
        may_have_lost = {number for number in news.ids if number <= self._highest_id}
        may_have_lost -= {item.id for item in news.items if self._has(item.uid)}
        if not may_have_lost:
            return []
        return [item.uid for item in self._items if item.id in may_have_lost and item.uid not in there]

    def _has(self, uid: int) -> bool:
        number = self.number(uid)
        return number <= len(self._uids) and self._uids[number - 1] == uid

    def _note(self, item: Item) -> None:
        if self._has(item.uid):
            number = self.number(item.uid)
            if self._items[number - 1] == item:
                return
            self._items[number - 1] = item
            self._changed.add(item.uid)
        elif not self._uids or item.uid > self._uids[-1]:
            self._uids.append(item.uid)
            self._items.append(item)
            self._highest_id = max(self._highest_id, item.id)
        self.keywords.update(item.words.split())

    def expunged(self) -> list[int]:
        """Forget what is gone, and return the numbers to tell, in the order in which to tell them.

        The largest comes first, so that no number is changed by one that was told before it.
        """
        numbers = sorted((self.number(uid) for uid in self._gone), reverse=True)
        if numbers:
            self._items = [item for item in self._items if item.uid not in self._gone]
            self._uids = [item.uid for item in self._items]
        self._changed -= self._gone
        self.saved -= self._gone
        self._gone.clear()
        told = [number for number in numbers if number <= self.told_length]  # of the others nobody knew
        self.told_length -= len(told)
        return told

    def changed(self) -> list[Numbered]:
        """The items whose flags are to be told, with their numbers; each once."""
        numbers = [self.number(uid) for uid in sorted(self._changed - self._gone)]
        self._changed.clear()
        return [(number, self.item(number)) for number in numbers]

    def is_told(self, uids: Iterable[int]) -> None:
        """Tell nothing of these items: their flags were said."""
        self._changed.difference_update(uids)
