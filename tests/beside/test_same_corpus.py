"""What both say of collected mail, ordinary and odd, and of the same mail damaged at random.

What differs must have a rule that names its row.
"""

from __future__ import annotations

import random

import pytest

from tests.beside.forgiven import RULES, rule_for
from tests.beside.letters import samples
from tests.beside.programs import Pair
from tests.beside.table import row
from tests.beside.views import Difference, differences, put_in, rows, view

DAMAGED = 500
SIGNS = b"\"'<>()=;:,@?\\ \t-/.\x80\xe4%*"
WORDS = [b"=?utf-8?q?=C3=A4?=", b"\xc3\xa4", b'"', b" ", b"; x=y", b"(c)", b"%41", b"\r\n "]


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """A message with one to three mistakes, most of them in its header sections."""
    lines = raw.split(b"\r\n")
    for _ in range(chance.choice([1, 1, 2, 3])):
        at = chance.choice([chance.randrange(len(lines)), chance.randrange(min(len(lines), 12))])
        spoil(lines, at, chance)
    return b"\r\n".join(lines)


def spoil(lines: list[bytes], at: int, chance: random.Random) -> None:
    line = lines[at]
    place = chance.randrange(len(line) + 1)
    match chance.randrange(8):
        case 0:
            del lines[at : at + chance.choice([1, 1, 3])]
            lines.extend([b""] * (not lines))
        case 1:
            lines.insert(at, chance.choice(lines))
        case 2:
            del lines[at + 1 :]
        case 3:
            lines[at] = line[:place] + bytes([chance.choice(SIGNS)]) + line[place + 1 :]
        case 4:
            lines[at] = line[:place] + line[place + 1 :]
        case 5:
            lines[at] = line.swapcase()
        case 6:
            lines[at] = line[:place] + chance.choice(WORDS) + line[place:]
        case _:
            lines[at] = b""


@pytest.fixture(scope="module")
def found(roomy: Pair) -> dict[str, list[Difference]]:
    """Where the two differ in all of them."""
    whole = samples()
    chance = random.Random(1)
    names = [chance.choice(list(whole)) for _ in range(DAMAGED)]
    spoilt = {f"{number} {name}": damaged(whole[name], chance) for number, name in enumerate(names)}
    return differences(roomy, {**whole, **spoilt})


def test_what_differs_has_a_row(found: dict[str, list[Difference]]) -> None:
    odd = {name: [str(one) for one in some if rule_for(one) is None] for name, some in found.items()}
    assert {name: some for name, some in odd.items() if some} == {}


def test_each_rule_has_a_row() -> None:
    for rule in RULES:
        row(rule.words)


def test_what_is_said_twice_is_the_same(roomy: Pair) -> None:
    for server in roomy:
        ids = put_in(server, samples())
        listed = {public_id: row for public_id, row in rows(server).items() if public_id in ids.values()}
        kept = list(listed)
        first = [view(server, one, listed[one]) for one in kept]
        assert first == [view(server, one, listed[one]) for one in kept]
        again = rows(server)
        assert [again[one] for one in kept] == [{**listed[one], "Read": True} for one in kept]
