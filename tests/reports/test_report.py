"""The values: what no report can say is refused when it is made."""

from __future__ import annotations

import pytest

from mailpit_py.mail.envelope import Reply
from mailpit_py.mail.stamp import compact, rfc5322, span
from mailpit_py.reports import Action, RecipientStatus, diagnostic_of
from mailpit_py.reports.token import guid, token
from mailpit_py.reports.xtext import decode, encode
from tests.reports.scenarios import FAILURES, NOON, delayed, failed, report

ADDRESS = "a@b.example"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"status": "4.0"}, "status 4.0 does not go with failed"),
        ({"status": "2.0.0"}, "status 2.0.0 does not go with failed"),
        ({"status": "5.1.1", "action": Action.DELAYED}, "status 5.1.1 does not go with delayed"),
        ({"status": "5.0.0", "action": Action.RELAYED}, "status 5.0.0 does not go with relayed"),
        ({"will_retry_until": 1}, "only a delayed recipient is retried"),
        ({"final_recipient": ""}, "a recipient is an address on one line"),
        ({"final_recipient": "a@b\r\nX: y"}, "a recipient is an address on one line"),
        ({"orcpt": "rfc822;a\n"}, "a recipient is an address on one line"),
        ({"remote_mta": "mx\r\n.example"}, "is not a host name"),
    ],
)
def test_a_recipient_that_cannot_be_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        RecipientStatus(**{"final_recipient": ADDRESS, "action": Action.FAILED, "status": "5.1.1"} | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reverse_path": ""}, "a report needs a reverse-path"),
        ({"reverse_path": "a@b\nc"}, "a report needs a reverse-path"),
        ({"recipients": ()}, "about at least one recipient"),
        ({"reporting_mta": "a b"}, "a b is not a host name"),
        ({"recipients": (failed(FAILURES[0]), delayed())}, "one report has one action"),
    ],
)
def test_a_report_that_cannot_be_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        report(**changes)


@pytest.mark.parametrize(
    ("diagnostic", "code", "words"),
    [
        ("550 5.1.1 no such user", 550, "no such user"),
        ("550-5.7.26 first\n550 5.7.26 last", 550, "first last"),
        ("550 no status", 550, "no status"),
        ("550", 550, ""),
        ("Connection refused", 0, "Connection refused"),
        ("5501 is no code", 0, "5501 is no code"),
        ("", 0, ""),
    ],
)
def test_a_diagnostic_is_taken_apart(diagnostic, code, words):
    status = failed(FAILURES[0], diagnostic=diagnostic)
    assert (status.code, status.words) == (code, words)


def test_a_reply_becomes_a_diagnostic():
    assert diagnostic_of(Reply(550, "5.7.26", "first\nlast")) == "550-5.7.26 first\n550 5.7.26 last"


def test_a_part_of_a_report_has_ids_of_its_own():
    pair = report(failed(FAILURES[0], "a@b.example"), failed(FAILURES[0], "c@b.example"))
    assert [pair.about(each).seed for each in pair.recipients] == ["seed/a@b.example", "seed/c@b.example"]
    assert pair.about(*pair.recipients).seed == "seed"


@pytest.mark.parametrize(
    ("text", "encoded"),
    [("Env+42", "Env+2B42"), ("a=b c", "a+3Db+20c"), ("plain", "plain"), ("нет@x", "\\x{43D}\\x{435}\\x{442}@x")],
)
def test_xtext_goes_both_ways(text, encoded):
    assert encode(text) == encoded
    assert decode(encoded) == text


@pytest.mark.parametrize("text", ["+2", "+zz", "\\x{110000}", "\\x{D800}", "\\x{}"])
def test_xtext_that_is_none_stays(text):
    assert decode(text) == text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 seconds"), (1, "1 second"), (60, "1 minute"), (7_200, "2 hours"), (86_400, "1 day"), (432_000, "5 days")],
)
def test_a_span_is_said_in_its_largest_unit(seconds, words):
    assert span(seconds * 1_000_000) == words


@pytest.mark.parametrize(
    ("at", "offset", "expected"),
    [
        (NOON, 0, "Mon, 23 Nov 2026 12:00:00 +0000"),
        (NOON, -8, "Mon, 23 Nov 2026 04:00:00 +0000"),
        (0, 0, "Thu, 1 Jan 1970 00:00:00 +0000"),
    ],
)
def test_a_date_is_written_as_mail_writes_it(at, offset, expected):
    assert rfc5322(at, offset_hours=offset) == expected


def test_a_compact_date_is_fourteen_digits():
    assert compact(NOON) == "20261123120000"


def test_tokens_depend_on_seed_and_purpose_alone():
    assert token("seed", "a", 8) == token("seed", "a", 8)
    assert len({token("seed", "a", 8), token("seed", "b", 8), token("other", "a", 8)}) == 3
    assert [len(piece) for piece in guid("seed", "a").split("-")] == [8, 4, 4, 4, 12]
