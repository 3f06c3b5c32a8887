"""Keys of SEARCH held against the items of a folder, and what RETURN makes of those that are found: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailpit_py.servers.imap.search_key import Changed, Either, Every, Flagged, Key, Named, Not, Sized, Stored
from mailpit_py.servers.imap.sequence import compact
from mailpit_py.storage import Item, query

Predicate = Callable[[Item], bool]
RETURNS = ("MIN", "MAX", "ALL", "COUNT", "SAVE")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What keys ask for beside the flags: the UIDs that are named, the ids that are found, sizes by id."""

    named: Mapping[Named, frozenset[int]]
    found: Mapping[query.Node, frozenset[int]]
    octets: Mapping[int, int]


def predicate(key: Key, known: Knowledge) -> Predicate:
    """Return the function that says whether the key holds of an item."""
    match key:
        case Not(inner):
            one = predicate(inner, known)
            return lambda item: not one(item)
        case Every(keys):
            parts = [predicate(part, known) for part in keys]
            return lambda item: all(part(item) for part in parts)
        case Either(keys):
            parts = [predicate(part, known) for part in keys]
            return lambda item: any(part(item) for part in parts)
        case _:
            return _simple(key, known)


def _simple(key: Flagged | Named | Changed | Sized | Stored, known: Knowledge) -> Predicate:
    match key:
        case Flagged(flag):
            wanted = flag.lower()
            return lambda item: any(one.lower() == wanted for one in item.flags)
        case Named():
            uids = known.named[key]
            return lambda item: item.uid in uids
        case Changed(modseq):
            return lambda item: item.modseq >= modseq
        case Sized(above, below):
            return lambda item: _is_between(known.octets.get(item.id), above, below)
        case Stored(node):
            ids = known.found[node]
            return lambda item: item.id in ids


def _is_between(size: int | None, above: int | None, below: int | None) -> bool:
    return size is not None and (above is None or size > above) and (below is None or size < below)


def leaves(key: Key) -> Iterator[Flagged | Named | Changed | Sized | Stored]:
    """Everything that a key asks for."""
    match key:
        case Not(inner):
            yield from leaves(inner)
        case Every(keys) | Either(keys):
            for part in keys:
                yield from leaves(part)
        case _:
            yield key


def is_known_at_once(key: Key) -> bool:
    """True if nothing has to be read for the key."""
    return not any(isinstance(leaf, Stored | Sized) for leaf in leaves(key))


@dataclass(frozen=True, slots=True)
class Return:
    """What the answer to a search says (RFC 9051 §6.4.4, RFC 5182); `is_extended` makes it ESEARCH."""

    options: frozenset[str] = frozenset()
    is_extended: bool = False

    @property
    def saves(self) -> bool:
        """True if the result is kept for `$`."""
        return "SAVE" in self.options

    @property
    def told(self) -> frozenset[str]:
        """What is said; ALL where nothing else is asked for."""
        said = self.options - {"SAVE"}
        return said or (frozenset() if self.saves else frozenset({"ALL"}))

    def kept(self, uids: Sequence[int]) -> frozenset[int]:
        """The UIDs that `$` stands for then (RFC 5182 §2.1): all, or just the ends that were asked for."""
        if not self.options & {"MIN", "MAX"} or self.options & {"ALL", "COUNT"}:
            return frozenset(uids)
        ends = [*(uids[:1] if "MIN" in self.options else []), *(uids[-1:] if "MAX" in self.options else [])]
        return frozenset(ends)

    def extended(self, tag: str, numbers: Sequence[int], *, by_uid: bool, modseq: int | None) -> str:
        """The ESEARCH line about these numbers, which rise; empty if there is nothing to say."""
        told, words = self.told, []
        if numbers:
            words += [f"MIN {numbers[0]}"] if "MIN" in told else []
            words += [f"MAX {numbers[-1]}"] if "MAX" in told else []
            words += [f"ALL {compact(numbers)}"] if "ALL" in told else []
        words += [f"COUNT {len(numbers)}"] if "COUNT" in told else []
        words += [f"MODSEQ {modseq}"] if numbers and modseq is not None else []
        if not told:
            return ""
        return " ".join([f'* ESEARCH (TAG "{tag}")', *(["UID"] if by_uid else []), *words])
