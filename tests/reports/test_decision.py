"""RFC 3461's table, whole: NOTIFY x outcome x sender decides the report, RET x outcome what it returns."""

from __future__ import annotations

import itertools

import pytest

from mailpit_py.mail import read
from mailpit_py.reports import Action, Event, Returned, build_dsn, returned, wanted
from tests.reports.scenarios import report, told

NOTIFY = ("", "NEVER", "SUCCESS", "FAILURE", "DELAY", "SUCCESS,FAILURE", "success,delay", "SUCCESS,FAILURE,DELAY")
# One row for each event, one column for each NOTIFY above: F failed, d may be delayed, D delivered, ...
TABLE = """
delivered   - - D - - D D D
listed      - - D - - D D D
relayed     - - R - - R R R
passed-on   - - - - - - - -
expanded    - - E - - E E E
delayed     d - - - d - d d
failed      F - - F - F - F
"""
CODES = {
    "-": (None, True),
    "D": (Action.DELIVERED, True),
    "R": (Action.RELAYED, True),
    "E": (Action.EXPANDED, True),
    "d": (Action.DELAYED, False),
    "F": (Action.FAILED, True),
}
CELLS = [
    (Event(event), notify, CODES[code])
    for event, *codes in (line.split() for line in TABLE.strip().splitlines())
    for notify, code in zip(NOTIFY, codes, strict=True)
]


def test_the_table_has_every_cell():
    assert {(event, notify) for event, notify, _ in CELLS} == set(itertools.product(Event, NOTIFY))


@pytest.mark.parametrize(("event", "notify", "expected"), CELLS)
def test_notify_decides_whether_an_event_is_reported(event, notify, expected):
    verdict = wanted(event, notify, "bounces@app.example")
    assert (verdict.action, verdict.must or verdict.action is None) == expected
    assert verdict.is_wanted is (verdict.action is not None)


@pytest.mark.parametrize(("event", "notify", "expected"), CELLS)
def test_the_null_reverse_path_gets_no_report_of_anything(event, notify, expected):
    assert wanted(event, notify, "").action is None


@pytest.mark.parametrize(("event", "notify", "expected"), CELLS)
def test_a_report_gets_no_report_of_anything(event, notify, expected):
    assert wanted(event, notify, "bounces@app.example", original_is_report=True).action is None


@pytest.mark.parametrize(
    ("event", "notify", "reverse_path", "reason", "section"),
    [
        (Event.FAILED, "", "", "the reverse-path is null", "RFC 5321 §6.1"),
        (Event.FAILED, "NEVER", "a@b.example", "NOTIFY=NEVER", "RFC 3461 §4.1"),
        (Event.FAILED, "DELAY", "a@b.example", "NOTIFY is given without FAILURE", "RFC 3461 §4.1"),
        (Event.DELIVERED, "", "a@b.example", "success is reported only when NOTIFY asks for it", "RFC 3461 §4.1"),
        (Event.RELAYED, "SUCCESS", "a@b.example", "NOTIFY asks for SUCCESS", "RFC 3461 §5.2.2"),
        (Event.FAILED, "", "a@b.example", "without NOTIFY this is reported", "RFC 3461 §5.2.6"),
        (Event.PASSED_ON, "SUCCESS", "a@b.example", "the next server took over the duty to report", "RFC 3461 §5.2.1"),
    ],
)
def test_the_verdict_says_why(event, notify, reverse_path, reason, section):
    verdict = wanted(event, notify, reverse_path)
    assert (verdict.reason, verdict.section) == (reason, section)


@pytest.mark.parametrize(
    ("ret", "action", "size", "expected"),
    [
        *(
            (ret, action, 100, Returned.HEADERS)
            for ret in ("", "FULL", "HDRS")
            for action in Action
            if action != "failed"
        ),
        ("", Action.FAILED, 100, Returned.FULL),
        ("FULL", Action.FAILED, 100, Returned.FULL),
        ("full", Action.FAILED, 100, Returned.FULL),
        ("HDRS", Action.FAILED, 100, Returned.HEADERS),
        ("hdrs", Action.FAILED, 100, Returned.HEADERS),
        ("FULL", Action.FAILED, 101, Returned.HEADERS),
    ],
)
def test_ret_and_outcome_decide_how_much_goes_back(ret, action, size, expected):
    assert returned(ret, action, size, 100) is expected


@pytest.mark.parametrize("ret", ["", "FULL", "HDRS"])
@pytest.mark.parametrize("action", Action)
def test_the_report_returns_what_was_decided(ret, action):
    made = report(told(action), ret=ret)
    kind = read(build_dsn(made)).root.children[2].content_type
    decided = returned(ret, action, len(made.original), made.original_bytes)
    assert (kind == "message/rfc822") is (decided is Returned.FULL)
