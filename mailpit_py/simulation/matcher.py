"""How rules look at a text: a name with `*` and `?`, or a regular expression between slashes."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailpit_py.simulation.pattern import Pattern
from mailpit_py.simulation.syntax import SyntaxProblem

GLOB_CHARACTERS_AT_MOST = 500
STARS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Matcher:
    """One test of a text: a glob in any case for the whole text, or `/pattern/`, `/pattern/i` anywhere in it.

    Raises SyntaxProblem for a source that cannot be used.
    """

    source: str
    _pieces: tuple[str, ...] = field(init=False, compare=False, repr=False, default=())
    _pattern: Pattern | None = field(init=False, compare=False, repr=False, default=None)

    def __post_init__(self) -> None:
        head, _, flags = self.source.rpartition("/")
        if self.source.startswith("/") and len(head) > 0:
            if flags not in ("", "i"):
                raise SyntaxProblem(f"after the last / only i may follow, not {flags}")
            object.__setattr__(self, "_pattern", Pattern(head[1:], ignore_case=flags == "i"))
            return
        if len(self.source) > GLOB_CHARACTERS_AT_MOST or self.source.count("*") > STARS_AT_MOST:
            raise SyntaxProblem(f"at most {GLOB_CHARACTERS_AT_MOST} characters and {STARS_AT_MOST} stars")
        object.__setattr__(self, "_pieces", tuple(self.source.lower().split("*")))

    @property
    def literals(self) -> frozenset[str]:
        """Texts in lower case that everything that matches contains, as far as they are easily seen."""
        if self._pattern:
            return self._pattern.literals
        return frozenset(part for piece in self._pieces for part in piece.split("?")) - {""}

    @property
    def exact(self) -> str | None:
        """The only text in lower case that matches, or None if there are several."""
        if self._pattern or len(self._pieces) > 1 or "?" in self._pieces[0]:
            return None
        return self._pieces[0]

    def matches(self, text: str) -> bool:
        """True if `text` fits."""
        if self._pattern:
            return self._pattern.search(text)
        text = text.lower()
        head, *rest = self._pieces
        if not rest:
            return len(text) == len(head) and _at(text, head, 0)
        if not _at(text, head, 0):
            return False
        return self._rest_matches(text, len(head), rest)

    def _rest_matches(self, text: str, position: int, pieces: list[str]) -> bool:
        """Find the pieces one after the other, the last at the end; the first place is always good enough."""
        *middle, tail = pieces
        for piece in middle:
            position = _find(text, piece, position)
            if position < 0:
                return False
            position += len(piece)
        return len(text) - len(tail) >= position and _at(text, tail, len(text) - len(tail))


def _at(text: str, piece: str, position: int) -> bool:
    """True if `piece`, whose `?` stand for any character, is at `position`."""
    if "?" not in piece:
        return text.startswith(piece, position)
    part = text[position : position + len(piece)]
    return len(part) == len(piece) and all(want in ("?", found) for want, found in zip(piece, part, strict=True))


def _find(text: str, piece: str, position: int) -> int:
    """Return the first place of `piece` from `position` on, or -1."""
    if "?" not in piece:
        return text.find(piece, position)
    last = len(text) - len(piece)
    return next((place for place in range(position, last + 1) if _at(text, piece, place)), -1)
