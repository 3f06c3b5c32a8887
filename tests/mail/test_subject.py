"""Base subjects and the keys that IMAP sorts by (RFC 5256)."""

from __future__ import annotations

import pytest

from mailpit_py.mail.imap import base_subject, sort_key
from mailpit_py.mail.sort import casemap


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("", ""),
        ("Hello", "Hello"),
        ("  Hello   World\t", "Hello World"),
        ("Re: Hello", "Hello"),
        ("RE: re: Re:Hello", "Hello"),
        ("Fw: Hello", "Hello"),
        ("Fwd: Hello", "Hello"),
        ("Re : Hello", "Hello"),
        ("Re[2]: Hello", "Hello"),
        ("Re [list]: Hello", "Hello"),
        ("[list] Hello", "Hello"),
        ("[list] Re: [list] Hello", "Hello"),
        ("[a] [b] Re: [c] Fwd: Hello (fwd)  (FWD) ", "Hello"),
        ("[fwd: Hello]", "Hello"),
        ("[Fwd: Re: [list] Hello (fwd)]", "Hello"),
        ("Re: [Fwd: [fwd: Hello]]", "Hello"),
        ("[list]", "[list]"),  # a mark is the subject where nothing else is (§2.1 step 4)
        ("Re: [list]", "[list]"),
        ("Re:", ""),
        ("Reply: Hello", "Reply: Hello"),
        ("[a[b]] Hello", "[a[b]] Hello"),  # brackets within brackets are none of the grammar's
        ("Hello [list]", "Hello [list]"),
        ("(fwd) Hello", "(fwd) Hello"),
        ("AW: Hallo", "AW: Hallo"),  # only English marks are named
    ],
)
def test_base_subject(subject, base):
    assert base_subject(subject) == base


RAW = (
    b"Date: Mon, 1 Jan 2024 00:00:00 +0100\r\nFrom: =?utf-8?Q?=C3=84nne?= <anne@x.test>, b@y.test\r\nTo: bob@y.test\r\n"
    b"Subject: Re: =?utf-8?Q?stra=C3=9Fe?=\r\n\r\n"
)


@pytest.mark.parametrize(
    ("criterion", "key"),
    [
        ("ARRIVAL", 5),
        ("SIZE", 7),
        ("DATE", 1_704_063_600_000_000),
        ("SUBJECT", "STRASsE"),
        ("FROM", "ANNE"),
        ("TO", "BOB"),
        ("CC", ""),
        ("DISPLAYFROM", "A\u0308NNE"),
        ("DISPLAYTO", "BOB@Y.TEST"),
    ],
)
def test_what_a_criterion_compares(criterion, key):
    assert sort_key(RAW, criterion, arrived_at=5, size_octets=7) == key


def test_a_message_without_a_date_is_as_old_as_its_arrival():
    assert sort_key(b"Date: soon\r\n\r\n", "DATE", arrived_at=5, size_octets=7) == 5


def test_nothing_is_sorted_by_a_word_that_is_no_criterion():
    with pytest.raises(ValueError, match="COLOUR"):
        sort_key(RAW, "COLOUR", arrived_at=5, size_octets=7)


def test_case_is_no_difference():
    assert casemap("Grüße") == casemap("gRÜßE") != casemap("Gruße")
