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
    told so. What is new is counted in `len` at once, what is changed waits in `changed`.
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
        self._uids: list[int] = []
        self._items: dict[int, Item] = {}
        self._uids_of: dict[int, list[int]] = {}
        self._gone: set[int] = set()
        self._changed: set[int] = set()
        for item in opened.items:
            self._append(item)

    def __len__(self) -> int:
        return len(self._uids)

    @property
    def uids(self) -> list[int]:
        """The UIDs in the order of the sequence numbers."""
        return self._uids

    def item(self, number: int) -> Item:
        """The item with a sequence number that is there."""
        return self._items[self._uids[number - 1]]

    def number(self, uid: int) -> int:
        """The sequence number of a UID that is there."""
        return bisect_left(self._uids, uid) + 1

    def is_gone(self, uid: int) -> bool:
        """True if the item is no longer there, and only keeps its number."""
        return uid in self._gone

    def all(self) -> Iterable[Numbered]:
        """Every item that is still there, with its number."""
        return ((number, self._items[uid]) for number, uid in enumerate(self._uids, 1) if uid not in self._gone)

    def chosen(self, numbers: NumberSet, *, by_uid: bool) -> list[Numbered]:
        """The items that are named, with their numbers; one that is gone is among them."""
        if numbers.is_saved:
            uids = [uid for uid in self._uids if uid in self.saved]
        elif by_uid:
            uids = numbers.among(self._uids)
        else:
            return [(number, self.item(number)) for number in numbers.among(range(1, len(self._uids) + 1))]
        return [(self.number(uid), self._items[uid]) for uid in uids]

    # News

    def take(self, news: News) -> None:
        """Take in what happened."""
        self.cursor = news.cursor
        is_another = news.place is None or news.place.uidvalidity != self.selected.uidvalidity
        if news.place is None or is_another:  # what has this name now is another folder (RFC 9051 §2.3.1.1)
            self._gone.update(self._uids)
            return
        self.uidnext, self.highest_modseq = news.place.uidnext, news.place.highest_modseq
        there = {item.uid for item in news.items}
        self._gone.update(uid for uid in self._known(news.ids) if uid not in there)
        for item in news.items:
            self._note(item)

    def _known(self, ids: frozenset[int] | None) -> list[int]:
        """The UIDs that messages have had here; of all of them for None."""
        return self._uids if ids is None else [uid for one in ids for uid in self._uids_of.get(one, ())]

    def _note(self, item: Item) -> None:
        known = self._items.get(item.uid)
        if known is None:
            if not self._uids or item.uid > self._uids[-1]:
                self._append(item)
        elif known != item:
            self._items[item.uid] = item
            self._changed.add(item.uid)
            self.keywords.update(item.words.split())

    def _append(self, item: Item) -> None:
        self._uids.append(item.uid)
        self._items[item.uid] = item
        self._uids_of.setdefault(item.id, []).append(item.uid)
        self.keywords.update(item.words.split())

    def expunged(self) -> list[int]:
        """Forget what is gone, and return the numbers to tell, in the order in which to tell them.

        The largest comes first, so that no number is changed by one that was told before it.
        """
        numbers = sorted((self.number(uid) for uid in self._gone), reverse=True)
        for number in numbers:
            self._forget(self._uids[number - 1])
        if numbers:
            self._uids = [uid for uid in self._uids if uid not in self._gone]
        self._changed -= self._gone
        self.saved -= self._gone
        self.told_length -= sum(number <= self.told_length for number in numbers)
        self._gone.clear()
        return numbers

    def _forget(self, uid: int) -> None:
        item = self._items.pop(uid)
        left = [one for one in self._uids_of[item.id] if one != uid]
        if left:
            self._uids_of[item.id] = left
        else:
            del self._uids_of[item.id]

    def changed(self) -> list[Numbered]:
        """The items whose flags are to be told, with their numbers; each once."""
        uids = sorted(self._changed - self._gone)
        self._changed.clear()
        return [(self.number(uid), self._items[uid]) for uid in uids]

    def is_told(self, uids: Iterable[int]) -> None:
        """Tell nothing of these items: their flags were said."""
        self._changed.difference_update(uids)
