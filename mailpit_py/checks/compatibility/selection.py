"""Which elements a selector finds, in time that grows with the document alone.

The parser's own search tries every ancestor for every combinator, so that three of them in a deep
document take minutes. Here it finds what stands between combinators, and sets do the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from selectolax.lexbor import SelectolaxError

_COMBINATORS = frozenset({">", "+", "~"})
_DESCENDANT = " "
_COMPOUND_AT_MOST = 200  # characters
Step = tuple[str, str]
"""A combinator (nothing for the first) and what stands behind it."""


class Elements:
    """The elements of a document in its order, by their numbers. `looks` is how many may be looked at in all."""

    def __init__(self, tree: Any, looks: int) -> None:
        self.nodes: list[Any] = tree.css("*")
        self._tree = tree
        self._looks = looks
        self._numbers = {node.mem_id: number for number, node in enumerate(self.nodes)}
        self._compounds: dict[str, frozenset[int]] = {}
        self._parents: list[int] = []
        self._before: list[int] = []
        last: dict[int, int] = {}
        for number, node in enumerate(self.nodes):
            parent = self._numbers.get(node.parent.mem_id, -1) if node.parent is not None else -1
            self._parents.append(parent)
            self._before.append(last.get(parent, -1))
            last[parent] = number

    def find(self, selectors: Sequence[Any]) -> frozenset[int] | None:
        """Return the elements that any selector of this list of tokens finds; None if that takes too long."""
        found: frozenset[int] = frozenset()
        for selector in _split(selectors):
            steps = _steps(selector)
            self._looks -= len(self.nodes) * len(steps)
            if self._looks < 0:
                return None
            found |= self._find(steps)
        return found

    def _find(self, steps: Sequence[Step]) -> frozenset[int]:
        found: frozenset[int] = frozenset()
        for combinator, compound in steps:
            there = self._compound(compound)
            found = self._related(found, combinator, there) if combinator else there
        return found

    def _compound(self, text: str) -> frozenset[int]:
        """Return what a selector without combinators finds: nothing if the parser does not know it, as `::marker`."""
        if text not in self._compounds:
            try:
                found = self._tree.css(text) if len(text) <= _COMPOUND_AT_MOST else []
            except SelectolaxError:
                found = []
            self._compounds[text] = frozenset(self._numbers[node.mem_id] for node in found)
        return self._compounds[text]

    def _related(self, left: frozenset[int], combinator: str, right: frozenset[int]) -> frozenset[int]:
        """Return those of `right` that stand to one of `left` as the combinator says."""
        way = self._before if combinator in "+~" else self._parents
        if combinator in "+>":
            return frozenset(number for number in right if way[number] in left)
        reached = bytearray(len(self.nodes) + 1)  # one more for -1: nothing
        for number, origin in enumerate(way):
            reached[number] = origin in left or reached[origin]
        return frozenset(number for number in right if reached[number])


def _split(tokens: Sequence[Any]) -> Iterator[list[Any]]:
    selector: list[Any] = []
    for token in tokens:
        if token == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def _steps(tokens: Sequence[Any]) -> list[Step]:
    """Cut a selector at its combinators; one that asks for what is inside (`:has`) or is no selector gives nothing."""
    steps: list[Step] = []
    combinator, compound = "", ""
    for token in tokens:
        if token.type == "function" and not _is_flat(token):
            return []
        is_sign = token.type == "literal" and token.value in _COMBINATORS
        if not is_sign and token.type != "whitespace":
            compound += token.serialize()
            continue
        if compound:
            steps.append((combinator, compound))
            combinator, compound = _DESCENDANT, ""
        if is_sign:
            combinator = token.value
    return [*steps, (combinator, compound)] if compound else steps


def _is_flat(function: Any) -> bool:
    """True for a function of a selector that looks at one element alone, as `:not(.a)` and `:nth-child(2n + 1)`."""
    if function.lower_name.startswith("nth-") or function.lower_name in ("lang", "dir"):
        return True
    return function.lower_name in ("not", "is", "where") and not any(
        token.type in ("whitespace", "function") or token in (*_COMBINATORS, ",") for token in function.arguments
    )
