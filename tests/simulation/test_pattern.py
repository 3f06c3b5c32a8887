"""Rules' regular expressions: the same answers as the standard library's, in bounded time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation.matcher import Matcher
from mailpit_py.simulation.pattern import Pattern
from mailpit_py.simulation.syntax import SyntaxProblem

ATOMS = st.sampled_from(
    ["a", "b", "c", "A", ".", "[ab]", "[^a]", "[a-c]", "[^b-c1]", r"\d", r"\w", r"\S", r"\s", r"\W", r"\.", "1", " ",
     "[-a]", "[a-]", r"[\d_]", r"[\]]", "[]a]", r"\-", "", r"\t"]
)  # fmt: skip
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,1}", "{2,}", "*?", "+?", "{0}"])).map(
            lambda both: f"(?:{both[0]}){both[1]}"
        ),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: f"({'|'.join(many)})"),
        inner.map(lambda one: f"^{one}"),
        inner.map(lambda one: f"{one}$"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.lists(st.text("abcA1 .-]_\t", max_size=8), max_size=4), st.booleans())
def test_the_answers_are_those_of_the_standard_library(source, texts, ignore_case):
    oracle = re.compile(source, re.ASCII | (re.IGNORECASE if ignore_case else 0))
    pattern = Pattern(source, ignore_case=ignore_case)
    for text in texts:
        assert pattern.search(text) is bool(oracle.search(text)), (source, text)
        if pattern.search(text):
            assert all(literal in text.lower() for literal in pattern.literals)


@pytest.mark.filterwarnings("ignore:Possible:FutureWarning")  # of sets that a later version may read otherwise
@settings(deadline=None)
@given(st.text("ab(){}[]|*+?^$\\.,-0123456789dDwWsSbB:=!<>P", max_size=20))
def test_what_is_accepted_means_the_same_and_the_rest_is_a_problem(source):
    try:
        pattern = Pattern(source)
    except SyntaxProblem:
        return
    oracle = re.compile(source, re.ASCII)
    assert pattern.search("ab-0,ab") is bool(oracle.search("ab-0,ab"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"(a+)+$", "a" * 999 + "b"),
        (r"(a|a)*$", "a" * 999 + "b"),
        (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 1000),
        (r"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x", "a" * 1000),
        (r"(a?){50}a{50}", "a" * 49),
        (r"(.?){90}x", "".join(chr(33 + number * 7 % 900) for number in range(1000))),
        (r"(a|b)*a(a|b){50}$", "ab" * 500),
        (r"[^\n]*" * 15 + "x", "y" * 1_000_000),
    ],
)
def test_no_pattern_hangs(source, text):
    began = time.perf_counter()
    Pattern(source).search(text)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [("a$", "a" * 1000, True), ("a$", "a" * 1001, False), ("^a+$", "a" * 1001, False), ("^a+", "a" * 1001, True)],
)
def test_where_a_long_text_is_cut_is_not_its_end(source, text, found):
    assert Pattern(source).search(text) is found


def test_memory_is_bounded():
    pattern = Pattern(".a.")
    for start in range(0, 60_000, 900):
        pattern.search("".join(chr(0x100 + start + number) for number in range(900)))
    assert pattern._steps <= 5_001
    assert pattern.search("xay")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("(a", "not closed"),
        ("a)", "closes nothing"),
        ("[a", "ends too early"),
        ("a\\", "ends too early"),
        ("*a", "repeats nothing"),
        ("{2}", "repeats nothing"),
        ("a**", "two repetitions"),
        ("a{2}{3}", "two repetitions"),
        ("^*", "anchor cannot be repeated"),
        ("a{", "needs numbers"),
        ("a{x}", "needs numbers"),
        ("a{2,x}", "needs numbers"),
        ("a{101}", "up to 100"),
        ("a{3,2}", "up to 100"),
        (r"(a)\1", "not supported"),
        (r"\bword", "not supported"),
        ("(?=a)", "only (?:...)"),
        ("(?P<n>a)", "only (?:...)"),
        ("[b-a]", "smaller character"),
        (r"[a-\d]", "smaller character"),
        (r"[\D]", "cannot stand in"),
        ("(" * 22 + ")" * 22, "nest deeper"),
        ("a" * 501, "at most 500"),
        ("(a{50}){50}", "too large"),
        ("((((((a{0}){100}){100}){100}){100}){100}){100}", "too large"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(source, reason):
    with pytest.raises(SyntaxProblem) as caught:
        Pattern(source)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        ("invoice", {"invoice"}),
        ("INVoice", {"invoice"}),
        ("a.*invoice[0-9]+xy", {"a", "invoice", "xy"}),
        ("x(invoice)y", {"x", "invoice", "y"}),
        ("a|b", set()),
        ("(a|b)cd", {"cd"}),
        ("ab?c", {"a", "c"}),
        ("[ab]c", {"c"}),
        ("", set()),
    ],
)
def test_texts_that_every_match_contains(source, literals):
    assert Pattern(source).literals == literals


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("*@gmail.com", "ann@GMAIL.com", True),
        ("*@gmail.com", "ann@gmail.com.example", False),
        ("ANN@x.example", "ann@x.example", True),
        ("ann@x.example", "joann@x.example", False),
        ("ann@x.example", "ann@x.example2", False),
        ("a*b*c", "a1b2c", True),
        ("a*b*c", "ac", False),
        ("a*c", "ab", False),
        ("a*ba", "aba", True),
        ("ab*ba", "aba", False),
        ("*", "", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a?c*", "abcd", True),
        ("*a?c*", "xxabcd", True),
        ("*a?c*", "xxabd", False),
        ("user-*@*.example", "user-7@b.example", True),
        ("/inv(oice)?/i", "Your INVOICE", True),
        ("/^inv/", "Inv", False),
        ("/a", "/a", True),
        ("[a-z]", "[a-z]", True),
    ],
)
def test_names_with_stars(source, text, expected):
    assert Matcher(source).matches(text) is expected


@settings(deadline=None)
@given(st.text("ab*?", max_size=8), st.text("ab", max_size=10))
def test_names_with_stars_agree_with_a_regular_expression(source, text):
    oracle = re.compile("".join({"*": ".*", "?": "."}.get(character, character) for character in source))
    matcher = Matcher(source)
    assert matcher.matches(text) is bool(oracle.fullmatch(text))
    if matcher.matches(text):
        assert all(literal in text for literal in matcher.literals)
        assert matcher.exact in (None, text)


@pytest.mark.parametrize("source", ["/a/x", "*" * 21, "a" * 501, "/(/"])
def test_a_matcher_that_cannot_be_used(source):
    with pytest.raises(SyntaxProblem):
        Matcher(source)
