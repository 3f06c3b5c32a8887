"""Regular expressions that cannot hang: matched in time proportional to the text, whatever the pattern.

A backtracking matcher needs exponential time for patterns such as `(a+)+$`. This one walks all
possibilities at once, as a finite automaton whose states are built when first needed (Thompson's
construction), and bounds pattern, program, text and remembered states.
"""

from __future__ import annotations

from mailpit_py.simulation.syntax import Anchor, Characters, Choice, Node, Repeat, Sequence, SyntaxProblem, parse

INSTRUCTIONS_AT_MOST = 200
TEXT_CHARACTERS_AT_MOST = 1_000
COMPILED_NODES_AT_MOST = 5_000
TRANSITIONS_AT_MOST = 5_000

# An instruction: a class of characters, an anchor, or None; and the positions that follow.
_Instruction = tuple[Characters | Anchor | None, tuple[int, ...]]


class _State:
    """A set of positions in the program, with the states that characters lead to.

    `accepts_at_end` is the answer if the text ends here; if it `is_settled`, no character changes it.
    """

    __slots__ = ("accepts_at_end", "is_settled", "next", "positions")

    def __init__(self, positions: frozenset[int], accepts_at_end: bool, is_settled: bool) -> None:
        self.positions = positions
        self.accepts_at_end = accepts_at_end
        self.is_settled = is_settled
        self.next: dict[str, _State] = {}


class Pattern:
    """A compiled pattern. Raises SyntaxProblem for one that is wrong, not supported or too large."""

    __slots__ = ("_final", "_first", "_ignore_case", "_program", "_start", "_states", "_steps", "literals", "source")

    def __init__(self, source: str, *, ignore_case: bool = False) -> None:
        node = parse(source)
        self.source = source
        self.literals = literals_of(node)
        self._ignore_case = ignore_case
        self._program: list[_Instruction] = []
        self._steps = 0
        self._final = self._emit(None)
        self._start = self._compile(node, self._final)
        self._states: dict[frozenset[int], _State] = {}
        self._first = self._state({self._start}, at_start=True)
        self._steps = 0

    def search(self, text: str) -> bool:
        """True if the pattern is found in the first 1,000 characters of `text`; `$` is the end of all of it."""
        is_cut = len(text) > TEXT_CHARACTERS_AT_MOST
        text = text[:TEXT_CHARACTERS_AT_MOST]
        state = self._first
        for character in text.lower() if self._ignore_case else text:
            if state.is_settled:
                break
            state = state.next.get(character) or self._step(state, character)
        return self._final in state.positions if is_cut else state.accepts_at_end

    def _emit(self, what: Characters | Anchor | None, *following: int) -> int:
        if len(self._program) >= INSTRUCTIONS_AT_MOST:
            raise SyntaxProblem("the pattern is too large: use fewer or smaller repetitions")
        self._program.append((what, following))
        return len(self._program) - 1

    def _compile(self, node: Node, after: int) -> int:
        """Emit the program of `node`, built from its end; return where it begins."""
        self._steps += 1
        if self._steps > COMPILED_NODES_AT_MOST:  # repetitions of nothing emit nothing, but take time
            raise SyntaxProblem("the pattern is too large: use fewer or smaller repetitions")
        match node:
            case Sequence(items):
                for item in reversed(items):
                    after = self._compile(item, after)
                return after
            case Choice(items):
                return self._emit(None, *(self._compile(item, after) for item in items))
            case Repeat(item, low, high):
                return self._repeat(item, low, high, after)
        return self._emit(node, after)

    def _repeat(self, item: Node, low: int, high: int | None, after: int) -> int:
        if high is None:
            loop = self._emit(None, after)
            self._program[loop] = (None, (self._compile(item, loop), after))
            after = loop
        else:
            end = after
            for _ in range(high - low):
                after = self._emit(None, self._compile(item, after), end)
        for _ in range(low):
            after = self._compile(item, after)
        return after

    def _state(self, positions: set[int], *, at_start: bool = False) -> _State:
        reached = self._closure(positions, at_start=at_start, at_end=False)
        known = self._states.get(reached)
        if known is not None and not at_start:
            return known
        accepts_at_end = self._final in self._closure(positions, at_start=at_start, at_end=True)
        goes_on = accepts_at_end or any(isinstance(self._program[position][0], Characters) for position in reached)
        state = _State(reached, accepts_at_end, self._final in reached or not goes_on)
        if not at_start:
            self._states[reached] = state
        return state

    def _closure(self, positions: set[int], *, at_start: bool, at_end: bool) -> frozenset[int]:
        """Return all positions that are reached without a character; anchors hold or not."""
        reached: set[int] = set()
        waiting = list(positions)
        while waiting:
            position = waiting.pop()
            if position in reached:
                continue
            reached.add(position)
            what, following = self._program[position]
            if what is None or (isinstance(what, Anchor) and (at_end if what.is_end else at_start)):
                waiting.extend(following)
        return frozenset(reached)

    def _step(self, state: _State, character: str) -> _State:
        self._steps += 1
        if self._steps > TRANSITIONS_AT_MOST:  # memory stays bounded; what is needed is built again
            self._steps = 0
            self._states.clear()
            self._first.next.clear()
        positions = {self._start}  # a match may begin anywhere
        for position in state.positions:
            what, following = self._program[position]
            if isinstance(what, Characters) and what.holds(character, ignore_case=self._ignore_case):
                positions.update(following)
        state.next[character] = self._state(positions)
        return state.next[character]


def literals_of(node: Node) -> frozenset[str]:
    """Return texts in lower case that every match contains, as far as they are easily seen."""
    if not isinstance(node, Sequence):
        return frozenset()
    found: set[str] = set()
    run = ""
    for item in node.items:
        character = _single(item)
        if not character:
            found |= {run} | literals_of(item)
        run = run + character if character else ""
    return frozenset(found | {run}) - {""}


def _single(node: Node) -> str:
    """Return the one character in lower case that a node stands for, or nothing."""
    if not isinstance(node, Characters) or node.is_negated or len(node.ranges) != 1:
        return ""
    low, high = node.ranges[0]
    return low.lower() if low == high else ""
