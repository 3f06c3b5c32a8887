"""Defects that are found on demand: octets, fields, bodies."""

import pytest

from mailpit_py.mail import read

GOOD = b"From: a@example.org\r\nDate: Thu, 29 Feb 2024 12:00:00 +0000\r\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", [("empty-message", "")]),
        (GOOD + b"\r\nbody\r\n", []),
        (b"Subject: x\r\n\r\n", [("missing-from", ""), ("missing-date", "")]),
        (GOOD.replace(b"29 Feb", b"30 Feb") + b"\r\n", [("bad-date", "")]),
        (GOOD + b"\r\nbare\n", [("bare-lf", "")]),
        (GOOD + b"\r\nbare\r", [("bare-cr", "")]),
        (GOOD + b"\r\nnul\0\r\n", [("nul", "")]),
        (GOOD + b"Subject: a\r\nSUBJECT: b\r\n\r\n", [("duplicate-field", "1")]),
        (GOOD + b"X-A: a\r\nX-A: b\r\n\r\n", []),
        (GOOD + b"Subject: \xc3\xbc\r\n\r\n", []),
        (GOOD + b"Subject: \xfc\r\n\r\n", [("raw-8bit-field", "1")]),
        (GOOD + b"\r\n\xc3\xbc", [("undeclared-8bit", "1")]),
        (GOOD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xfc", [("wrong-charset", "1")]),
        (GOOD + b"Content-Type: text/plain; charset=x-foo\r\n\r\n\xfc", [("unknown-charset", "1")]),
        (GOOD + b"Content-Type: text/html; charset=latin1\r\n\r\n\xc3\xbc", [("utf8-mislabelled", "1")]),
        (GOOD + b"Content-Type: image/png\r\n\r\n\xfc", []),
        (GOOD + b"Content-Transfer-Encoding: base64\r\n\r\n!", [("bad-base64", "1")]),
        (GOOD + b"Content-Transfer-Encoding: magic\r\n\r\nx", [("unknown-encoding", "1")]),
        (GOOD + b"nothing\r\n\r\n", [("header-ended-by-text", "1")]),
    ],
)
def test_defects_are_sentences_located_at_a_part(raw, expected):
    message = read(raw)
    assert [(defect.code, defect.path) for defect in message.defects] == expected
    assert all(defect.text.endswith(".") for defect in message.defects)
    assert message.defects is message.defects
