"""Public ids, one by one and from a supply."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailpit_py.identity import ALPHABET, LENGTH, PublicIds, new_public_id


@pytest.mark.parametrize("new", [new_public_id, PublicIds().new])
def test_an_id_has_22_characters_of_the_alphabet(new: Callable[[], str]) -> None:
    assert all(len(one) == LENGTH and set(one) <= set(ALPHABET) for one in (new() for _ in range(1_000)))


def test_threads_get_different_ids_from_one_supply() -> None:
    ids = PublicIds()
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: ids.new(), range(5_000)))
    assert len(set(drawn)) == len(drawn)


def test_every_character_is_drawn() -> None:
    assert set("".join(PublicIds().new() for _ in range(1_000))) == set(ALPHABET)
