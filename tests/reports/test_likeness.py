"""The reports of four mail servers beside genuine ones: the same fields in the same order in every part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailpit_py.mail import read
from mailpit_py.reports import Action, build_dsn
from mailpit_py.reports.blocks import parse
from tests.reports.oracle import reference
from tests.reports.scenarios import FAILURES, ORIGINAL, arrived, delayed, failed, report

ORCPT = "rfc822;Good+2Baddr@orig.example"
ASKED = {"envid": "Env+2B42"}
REFUSED = failed(FAILURES[0])
PAIRS = [
    ("postfix/03", REFUSED, {}),
    ("postfix/06", failed(FAILURES[0], orcpt=ORCPT), {"ret": "HDRS"} | ASKED),
    ("postfix/07", arrived(Action.RELAYED), ASKED),
    ("postfix/11", delayed(), {}),
    ("postfix/12", failed(FAILURES[6]), {}),
    ("postfix-connection/01", failed(FAILURES[8]), {}),
    ("exim/01", REFUSED, {}),
    ("exim/08", replace(arrived(Action.RELAYED), orcpt=ORCPT), ASKED),
    ("exim/09", failed(FAILURES[0], orcpt=ORCPT), {"ret": "HDRS"} | ASKED),
    ("exim/11", delayed(), {}),
    ("exim/17", failed(FAILURES[6]), {}),
    ("sendmail/01", REFUSED, {}),
    ("sendmail/08", failed(FAILURES[0], orcpt=ORCPT), {"ret": "HDRS"} | ASKED),
    ("sendmail/10", replace(arrived(Action.RELAYED), orcpt=ORCPT), ASKED),
    ("sendmail/11", delayed(), {}),
    ("sendmail/12", failed(FAILURES[6]), {}),
    ("opensmtpd/03", REFUSED, {}),
    ("opensmtpd/08", arrived(Action.RELAYED), {}),
    ("opensmtpd/12", delayed(), {}),
]


def shape(raw):
    """Field names of the message and of each part in order, media types, and the names in each block."""
    message = read(raw)
    parts = message.root.children
    return {
        "message": [field.name for field in message.fields],
        "parts": [[field.name for field in part.fields] for part in parts],
        "types": [message.root.content_type, *(part.content_type for part in parts)],
        "blocks": [[entry.name for entry in block.entries] for block in parse(parts[1].decoded)],
        "encodings": [part.encoding for part in parts],
        "end": raw[-4:],
        "trace": [field.name for field in read(parts[2].decoded).fields[:2]],
    }


@pytest.mark.parametrize(("name", "status", "changes"), PAIRS)
def test_a_report_has_the_shape_of_the_genuine_one(name, status, changes):
    genuine = (reference("real-dsn") / f"{name}.eml").read_bytes()
    dialect = name.split("/")[0].removesuffix("-connection")
    assert shape(build_dsn(report(status, **changes), dialect)) == shape(genuine)


@pytest.mark.parametrize(
    ("dialect", "name"), [("postfix", "postfix/03"), ("exim", "exim/01"), ("sendmail", "sendmail/01")]
)
def test_the_human_text_has_the_marks_of_the_genuine_one(dialect, name):
    text = read((reference("real-dsn") / f"{name}.eml").read_bytes()).text
    ours = read(build_dsn(report(original=ORIGINAL), dialect)).text
    assert text.split("\n")[0].split(" at ")[0] == ours.split("\n")[0].split(" at ")[0]
