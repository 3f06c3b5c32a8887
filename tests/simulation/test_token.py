"""The words of the address grammar: no two mean the same, and no slip of one is another."""

from __future__ import annotations

from mailpit_py.simulation.catalogue import PROVIDERS
from mailpit_py.simulation.dialect import DIALECTS
from mailpit_py.simulation.plan import VERBS
from mailpit_py.simulation.scenario import ALIASES, SCENARIOS
from mailpit_py.simulation.token import STAGES, STYLES, WORDS, nearest


def test_no_option_is_named_with_a_separator():
    names = [*VERBS, *STYLES, *STAGES, *WORDS]
    assert [name for name in names if set(name) & set("-.+@")] == []


def test_no_word_means_two_things():
    only_dialects = set(DIALECTS) - set(PROVIDERS)
    names = [*SCENARIOS, *ALIASES, *PROVIDERS, *STAGES, *STYLES, *only_dialects, "ndr", "kept"]
    assert sorted(names) == sorted(WORDS)


def test_short_words_have_no_neighbour():
    assert nearest("ab") == ""
