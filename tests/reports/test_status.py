"""Enhanced status codes in plain words."""

from __future__ import annotations

import pytest

from mailpit_py.reports.status import _DETAILS, describe, find


@pytest.mark.parametrize(
    ("code", "sentence", "registered"),
    [
        ("5.1.1", "Permanent failure: there is no such mailbox.", True),
        ("4.2.2", "Temporary failure: the mailbox is full.", True),
        ("2.0.0", "Success: nothing more is known.", True),
        ("5.7.026", "Permanent failure: several authentication checks failed, DMARC among them.", True),
        ("5.7.606", "Permanent failure: security or policy.", False),
        ("5.9.1", "Permanent failure: the kind of problem is not known.", False),
    ],
)
def test_a_code_is_said_in_words(code, sentence, registered):
    status = describe(code)
    assert (status.sentence, status.is_registered) == (sentence, registered)


@pytest.mark.parametrize("code", ["", "5.1", "3.1.1", "5.1.1.1", "5.1.1234", "five", "5.1.1\n"])
def test_what_is_no_code_has_no_meaning(code):
    assert describe(code) is None


@pytest.mark.parametrize(
    ("code", "permanent", "transient"), [("5.0.0", True, False), ("4.0.0", False, True), ("2.0.0", False, False)]
)
def test_the_class_says_whether_to_try_again(code, permanent, transient):
    status = describe(code)
    assert (status.is_permanent, status.is_transient) == (permanent, transient)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550 5.1.1 no", "5.1.1"),
        ("sorry (#5.7.1)", "5.7.1"),
        ("at 192.0.2.5.1.1 no", ""),
        ("version 15.1.1", ""),
        ("550-5.7.26 x", "5.7.26"),
        ("none", ""),
    ],
)
def test_the_first_code_in_a_text_is_found(text, expected):
    assert find(text) == expected


def test_every_registered_code_is_there_and_is_a_clause():
    subjects = {"0": 1, "1": 11, "2": 5, "3": 7, "4": 9, "5": 7, "6": 11, "7": 31}
    assert len(_DETAILS) == sum(subjects.values()) - 0
    assert all(text[0].islower() or text.startswith(("SPF", "REQUIRETLS")) for text in _DETAILS.values())
    assert not any(text.endswith(".") for text in _DETAILS.values())
