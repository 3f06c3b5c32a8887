"""The field X-Sandbox-Bounce: the same words as in an address."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.simulation.header import Directive, parse
from mailpit_py.simulation.outcome import Discard, Drop, Later, Moment, Quota, Refuse, Report, Silence
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.stage import Stage

C = Stage.CONTENT


@pytest.mark.parametrize(
    ("value", "stage", "outcome"),
    [
        ("unknown_user", C, Refuse(Refusal("unknown_user"))),
        ("unknown_user; provider=gmail", C, Refuse(Refusal("unknown_user", "gmail"))),
        ("scenario=unknown_user, provider=gmail", C, Refuse(Refusal("unknown_user", "gmail"))),
        ("BOUNCE+mailbox_full+GMAIL", C, Refuse(Refusal("mailbox_full", "gmail"))),
        ("5.1.1", C, Refuse(Refusal(status="5.1.1"))),
        (
            "550 5.1.1 Nobody + nothing, here",
            C,
            Refuse(Refusal(code=550, status="5.1.1", text="Nobody + nothing, here")),
        ),
        ("defer 4.2.2", C, Refuse(Refusal(status="4.2.2", is_temporary=True))),
        ("full 3msgs", C, Quota(Refusal("mailbox_full"), 3, times=1)),
        ("drop content kept", C, Drop(Moment.AFTER_CONTENT, keeps=True)),
        ("discard", C, Discard()),
        ("slow 5s", C, Silence(5)),
        ("unknown_user; via=ndr; delay=5s", Stage.AFTER, Later(Report.FAILURE, Refusal("unknown_user"), 5)),
        ("complaint", Stage.AFTER, Later(Report.COMPLAINT)),
    ],
)
def test_a_value_means_what_an_address_would(value, stage, outcome):
    plan = parse(value).parsed.plan
    assert (plan.stage, plan.outcome) == (stage, outcome)


@pytest.mark.parametrize(
    ("value", "recipient"),
    [
        ("unknown_user; rcpt=ann@acme.example", "ann@acme.example"),
        ("rcpt=<ann+x@acme.example> unknown_user", "ann+x@acme.example"),
        ("unknown_user", ""),
    ],
)
def test_a_value_may_name_its_recipient(value, recipient):
    directive = parse(value)
    assert (directive.recipient, directive.parsed.plan.outcome) == (recipient, Refuse(Refusal("unknown_user")))


def test_dice_and_tries_are_kept():
    plan = parse("unknown_user p30 s4 x2").parsed.plan
    assert (plan.percent, plan.seed, plan.times) == (30, 4, 2)


def test_the_domains_words_are_used():
    assert parse("unknown_user", "gmail").parsed.plan.outcome == Refuse(Refusal("unknown_user", "gmail"))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "nothing in it"),
        (" ;, ", "nothing in it"),
        ("unknwon", "unknwon is not understood; write for example X-Sandbox-Bounce: mailbox_full gmail"),
        ("unknwon_user", "unknwon_user is not understood; did you mean unknown_user?"),
        ("drop data", "too early"),
        ("slow 1000bps", "too early"),
        ("colour=red", "not understood"),
        ("provider=nonsense", "not understood"),
    ],
)
def test_a_slip_is_told_at_the_end_of_the_content(value, reason):
    error = parse(value).parsed.error
    assert (error.code, error.status) == (554, "5.6.0")
    assert reason in error.text


@settings(deadline=None)
@given(st.text(max_size=1200))
def test_no_value_raises(value):
    directive = parse(value)
    assert isinstance(directive, Directive)
    assert (directive.parsed.plan is None) is (directive.parsed.error is not None)
