"""The regular expressions that rules may use, parsed into a tree: no back-references, no look-around."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE_CHARACTERS_AT_MOST = 500
REPEATS_AT_MOST = 100
DEPTH_AT_MOST = 20


class SyntaxProblem(ValueError):
    """A pattern that cannot be used; the text says why and where."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character out of ranges, or any other if `is_negated`; bounds belong to the range."""

    ranges: tuple[tuple[str, str], ...]
    is_negated: bool = False

    def holds(self, character: str, *, ignore_case: bool) -> bool:
        """True if the class has this character, which is in lower case if case is ignored."""
        forms = {character, character.upper()} if ignore_case else {character}
        found = any(low <= form <= high for low, high in self.ranges for form in forms)
        return found is not self.is_negated


@dataclass(frozen=True, slots=True)
class Anchor:
    """The text's start, or its end."""

    is_end: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """One thing after the other; none at all matches everywhere."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Something `low` to `high` times; `high` is None for no end."""

    item: Node
    low: int
    high: int | None


Node = Characters | Anchor | Sequence | Choice | Repeat

_DIGIT = (("0", "9"),)
_WORD = (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"))
_SPACE = (("\t", "\r"), (" ", " "))
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_ANY = Characters((("\n", "\n"),), is_negated=True)


def parse(source: str) -> Node:
    """Return the tree of a pattern. Raises SyntaxProblem for what is wrong or not supported."""
    if len(source) > SOURCE_CHARACTERS_AT_MOST:
        raise SyntaxProblem(f"a pattern has at most {SOURCE_CHARACTERS_AT_MOST} characters")
    reader = _Reader(source)
    node = reader.choice(0)
    if reader.more:
        raise reader.problem("a ) closes nothing")
    return node


class _Reader:
    """A recursive-descent parser over one pattern."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    @property
    def more(self) -> bool:
        return self.at < len(self.source)

    def problem(self, reason: str) -> SyntaxProblem:
        return SyntaxProblem(f"{reason} (at character {self.at + 1} of the pattern)")

    def take(self, text: str) -> bool:
        if self.source.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def next(self) -> str:
        if not self.more:
            raise self.problem("the pattern ends too early")
        self.at += 1
        return self.source[self.at - 1]

    def choice(self, depth: int) -> Node:
        if depth > DEPTH_AT_MOST:
            raise self.problem(f"groups nest deeper than {DEPTH_AT_MOST}")
        items = [self.sequence(depth)]
        while self.take("|"):
            items.append(self.sequence(depth))
        return items[0] if len(items) == 1 else Choice(tuple(items))

    def sequence(self, depth: int) -> Node:
        items: list[Node] = []
        while self.more and self.source[self.at] not in "|)":
            items.append(self.repeated(depth))
        return Sequence(tuple(items))

    def repeated(self, depth: int) -> Node:
        item = self.atom(depth)
        bounds = self.bounds()
        if bounds is None:
            return item
        if isinstance(item, Anchor):
            raise self.problem("an anchor cannot be repeated")
        self.take("?")  # lazy or greedy is all the same where only the existence of a match counts
        if self.bounds() is not None:
            raise self.problem("two repetitions in a row")
        return Repeat(item, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(mark):
                return bounds
        return self.counted() if self.take("{") else None

    def counted(self) -> tuple[int, int | None]:
        end = self.source.find("}", self.at)
        low, comma, high = self.source[self.at : end if end >= 0 else None].partition(",")
        if end < 0 or not low.isdecimal() or not (high.isdecimal() or not high):
            raise self.problem("a { needs numbers, as in {2,5}; write \\{ for the character")
        least, most = int(low), (int(high) if high else None) if comma else int(low)
        if max(least, most or 0) > REPEATS_AT_MOST or (most is not None and most < least):
            raise self.problem(f"repetitions go up to {REPEATS_AT_MOST}, the smaller number first")
        self.at = end + 1
        return least, most

    def atom(self, depth: int) -> Node:
        character = self.next()
        match character:
            case "(":
                return self.group(depth)
            case "[":
                return self.characters()
            case ".":
                return _ANY
            case "^" | "$":
                return Anchor(character == "$")
            case "\\":
                return self.escape()
            case "*" | "+" | "?" | "{":
                self.at -= 1
                raise self.problem(f"{character} repeats nothing")
        return Characters(((character, character),))

    def group(self, depth: int) -> Node:
        if self.source.startswith("?", self.at) and not self.take("?:"):
            raise self.problem("of the (?...) forms only (?:...) is supported")
        node = self.choice(depth + 1)
        if not self.take(")"):
            raise self.problem("a ( is not closed")
        return node

    def escape(self) -> Characters:
        character = self.next()
        if character.lower() in _CLASSES:
            return Characters(_CLASSES[character.lower()], is_negated=character.isupper())
        if character.isalnum() and character not in _CONTROLS:
            raise self.problem(f"\\{character} is not supported")
        plain = _CONTROLS.get(character, character)
        return Characters(((plain, plain),))

    def characters(self) -> Characters:
        is_negated = self.take("^")
        ranges: list[tuple[str, str]] = []
        while not (ranges and self.take("]")):
            low = self.member()
            if low.is_negated:
                raise self.problem("\\D, \\W and \\S cannot stand in [...]")
            if len(low.ranges) == 1 and self.source[self.at : self.at + 1] == "-" and self.ranged():
                low = self.range(low.ranges[0][0])
            ranges.extend(low.ranges)
        return Characters(tuple(ranges), is_negated)

    def member(self) -> Characters:
        character = self.next()
        return self.escape() if character == "\\" else Characters(((character, character),))

    def ranged(self) -> bool:
        """True if the - that follows joins two characters, and is not the last member itself."""
        return self.source[self.at + 1 : self.at + 2] not in ("]", "")

    def range(self, low: str) -> Characters:
        self.at += 1
        high = self.member()
        if (
            len(high.ranges) != 1
            or high.is_negated
            or high.ranges[0][0] != high.ranges[0][1]
            or high.ranges[0][0] < low
        ):
            raise self.problem("a range in [...] goes from a smaller character to a larger one")
        return Characters(((low, high.ranges[0][0]),))
