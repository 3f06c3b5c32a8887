"""What a test asks for: filters on content and envelope, a search, and a function of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from mailpit_py.checks.wanted import Mismatch, Text, Wanted
from mailpit_py.errors import is_told
from mailpit_py.testing.message import Message

__tracebackhide__ = is_told


class Filters(TypedDict, total=False):
    """The keywords of every call that looks for mail; all that are given must hold.

    A `str` is equal to an address (the domain in any case) and contained in other texts; a compiled
    expression is searched for. `to` is a To field or a recipient of the envelope, `bcc` a recipient
    in neither To nor Cc, `sender` a From field or the reverse-path, `header` a mapping from names to
    texts (`*` for any), `attachment` a file's name (`*` for any), `query` a search as on the page,
    `where` a function that gives True for the message.
    """

    to: Text
    cc: Text
    bcc: Text
    sender: Text
    subject: Text
    text: Text
    html: Text
    header: Mapping[str, Text]
    attachment: Text
    query: str
    where: Callable[[Message], object]


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters, taken apart. `query` is empty and `where` None if they are not asked for."""

    wanted: Wanted
    query: str = ""
    where: Callable[[Message], object] | None = None

    @classmethod
    def of(cls, filters: Filters) -> Asked:
        """Take keywords apart. Raises TypeError for one that is not known."""
        given = dict(filters)
        header = tuple(dict(filters.get("header", {})).items())
        for name in ("header", "query", "where"):
            given.pop(name, None)
        if unknown := given.keys() - Filters.__optional_keys__:
            known = ", ".join(Filters.__annotations__)
            raise TypeError(f"there is no filter {', '.join(sorted(unknown))}; there are {known}")
        wanted = Wanted(header=header, **given)  # type: ignore[arg-type]  # they are Text
        return cls(wanted, filters.get("query", ""), filters.get("where"))

    def mismatches(self, message: Message, found: frozenset[str]) -> tuple[Mismatch, ...]:
        """Return what keeps a message from being the one; `found` has the ids that the search finds.

        An AssertionError of `where` is a reason as its False is.
        """
        reasons = list(self.wanted.mismatches(message.letter.message, message.envelope))
        if self.query and message.id not in found:
            reasons.append(Mismatch("query", repr(self.query), "it"))
        if self.where is not None and not reasons:
            try:
                if not self.where(message):
                    reasons.append(Mismatch("where", _name(self.where), "it"))
            except AssertionError as error:
                reasons.append(Mismatch("where", _name(self.where), f"it: {error}"))
        return tuple(reasons)

    def __str__(self) -> str:
        words = [] if self.wanted.is_anything else [str(self.wanted)]
        words += [f"query {self.query!r}"] if self.query else []
        words += [f"where {_name(self.where)}"] if self.where is not None else []
        return ", ".join(words) or "any message"


def _name(function: Callable[[Message], object]) -> str:
    return getattr(function, "__name__", repr(function))
