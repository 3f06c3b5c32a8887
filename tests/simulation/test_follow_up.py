"""What follows an accepted message: which steps, when, for whom, in whose words."""

from __future__ import annotations

import pytest

from mailpit_py.reports import DIALECTS as REAL
from mailpit_py.simulation.catalogue import PROVIDERS
from mailpit_py.simulation.decision import UNDECIDED
from mailpit_py.simulation.dialect import DIALECTS, dialect_of, remote_host
from mailpit_py.simulation.follow_up import PlannedStep, StepKind, Told, follow_up
from mailpit_py.simulation.stage import Stage
from tests.simulation.building import Run, configured, facts

HOUR, DAY = 3_600_000_000, 86_400_000_000
F, D, A = StepKind.FAILURE, StepKind.DELAY, StepKind.DELIVERED


def plan(*recipients: str, notify: str = "", tells_delivery: bool = False, **more: object) -> tuple[PlannedStep, ...]:
    about = [facts(one, notify=notify, **more) for one in recipients]
    decisions = Run().decide_each(Stage.AFTER, *about).decisions
    return follow_up(list(zip(about, decisions, strict=True)), tells_delivery=tells_delivery)


def brief(steps: tuple[PlannedStep, ...]) -> list[tuple[StepKind, int, str]]:
    return [(one.kind, one.after, one.dialect) for one in steps]


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("ann@acme.example", []),
        ("ndr@bounce.test", [(F, 0, "rfc")]),
        ("ndr+5.1.1+5s@acme.example", [(F, 5_000_000, "rfc")]),
        ("bounce+unknown_user+ndr+5s+m365@acme.example", [(F, 5_000_000, "m365")]),
        ("ndr+unknown_user@x.gmail.test", [(F, 0, "gmail")]),
        ("ndr+unknown_user+exim_classic+gmail@acme.example", [(F, 0, "exim_classic")]),
        ("delay+24h@acme.example", [(D, DAY, "rfc")]),
        ("delay+mailbox_full+postfix@acme.example", [(D, 4 * HOUR, "postfix")]),
        ("expire+mailbox_full@acme.example", [(D, 4 * HOUR, "rfc"), (F, 5 * DAY, "rfc")]),
        ("expire+postfix@acme.example", []),
        ("delay@bounce.test", [(D, 4 * HOUR, "rfc")]),
        ("expire@bounce.test", [(D, 4 * HOUR, "rfc"), (F, 5 * DAY, "rfc")]),
        ("expire+mailbox_full+yahoo+30s@bounce.test", [(D, 1_000_000, "yahoo"), (F, 30_000_000, "yahoo")]),
        ("dsn+7s@acme.example", [(A, 7_000_000, "rfc")]),
        ("ooo@bounce.test", [(StepKind.AUTO_REPLY, 0, "rfc")]),
        ("complaint+1m@acme.example", [(StepKind.COMPLAINT, 60_000_000, "rfc")]),
        ("challenge@bounce.test", [(StepKind.CHALLENGE, 0, "rfc")]),
        ("receipt+2s@acme.example", [(StepKind.RECEIPT, 2_000_000, "rfc")]),
        ("success@simulator.amazonses.com", []),
        ("bounce+x@simulator.amazonses.com", [(F, 0, "ses")]),
        ("suppressionlist@simulator.amazonses.com", [(F, 0, "ses")]),
        ("complaint@simulator.amazonses.com", [(StepKind.COMPLAINT, 0, "ses")]),
        ("ooto@simulator.amazonses.com", [(StepKind.AUTO_REPLY, 0, "ses")]),
        ("SoftBounce@bounce-testing.postmarkapp.com", [(F, 0, "rfc")]),
        ("bounced@resend.dev", [(F, 0, "rfc")]),
    ],
)
def test_the_plan_of_an_address(recipient, expected):
    assert brief(plan(recipient)) == expected


@pytest.mark.parametrize(
    ("recipient", "notify", "expected"),
    [
        ("ann@acme.example", "SUCCESS", [(A, 0)]),
        ("ann@acme.example", "FAILURE,SUCCESS", [(A, 0)]),
        ("ann@acme.example", "NEVER", []),
        ("ann@acme.example", "FAILURE,DELAY", []),
        ("ndr@bounce.test", "SUCCESS", [(F, 0)]),
        ("delay+1h@acme.example", "SUCCESS,DELAY", [(D, HOUR), (A, 2 * HOUR)]),
        ("expire@bounce.test", "SUCCESS", [(D, 4 * HOUR), (F, 5 * DAY)]),
        ("ooo@bounce.test", "SUCCESS", [(A, 0), (StepKind.AUTO_REPLY, 0)]),
    ],
)
def test_a_delivery_is_a_step_where_a_report_of_it_is_asked_for(recipient, notify, expected):
    assert [(one.kind, one.after) for one in plan(recipient, notify=notify)] == expected


def test_who_wants_to_know_is_told_of_every_delivery():
    steps = plan("ann@acme.example", "ndr@bounce.test", "delay+1h@acme.example", tells_delivery=True)
    assert [(one.kind, [told.address for told in one.recipients]) for one in steps] == [
        (A, ["ann@acme.example"]),
        (F, ["ndr@bounce.test"]),
        (D, ["delay+1h@acme.example"]),
        (A, ["delay+1h@acme.example"]),
    ]


def test_recipients_share_a_step_if_time_and_form_are_the_same():
    steps = plan("ndr+5.1.1@a.example", "ann@acme.example", "ndr+mailbox_full@b.example", "ndr+gmail+spam@c.example")
    assert [(one.dialect, [told.address for told in one.recipients]) for one in steps] == [
        ("rfc", ["ndr+5.1.1@a.example", "ndr+mailbox_full@b.example"]),
        ("gmail", ["ndr+gmail+spam@c.example"]),
    ]


def test_a_rule_may_name_the_dialect_and_is_named():
    about = facts("ann@acme.example")
    rule = {
        "name": "late",
        "outcome": {"kind": "later", "report": "failure", "refusal": "mailbox_full", "delay": 60, "dialect": "qmail"},
    }
    (decision,) = Run(configured(rule)).decide_each(Stage.AFTER, about).decisions
    (step,) = follow_up([(about, decision)])
    assert (step.after, step.dialect, step.recipients[0].decided_by) == (60_000_000, "qmail", "rule late")


def test_nothing_follows_mail_with_the_null_reverse_path():
    assert plan("ndr+5.1.1@acme.example", "ooo@bounce.test", sender="") == ()


def test_nothing_follows_what_was_not_decided():
    assert follow_up([(facts("ann@acme.example"), UNDECIDED)]) == ()


@pytest.mark.parametrize(
    ("local", "told"),
    [
        ("ndr+unknown_user", (550, "5.1.1", "RCPT TO", "mx.dest.example")),
        ("ndr+spam", (550, "5.7.1", "end of DATA", "mx.dest.example")),
        ("ndr+unknown_user+gmail", (550, "5.1.1", "RCPT TO", "gmail-smtp-in.l.google.com")),
        ("ndr+mailbox_full+m365", (554, "5.2.2", "end of DATA", "dest-example.mail.protection.outlook.com")),
        ("ndr+blocked_ip+m365", (550, "5.7.606", "MAIL FROM", "dest-example.mail.protection.outlook.com")),
        ("bounce+ndr+conn_timeout", (0, "4.4.1", "", "")),
        ("ndr+domain_not_found", (0, "5.1.2", "", "")),
        ("ndr+domain_not_found+m365", (0, "5.4.310", "", "")),
        ("bounce+ndr+550+Nobody+here", (550, "5.0.0", "RCPT TO", "mx.dest.example")),
    ],
)
def test_who_says_what_to_which_command(local, told):
    (step,) = plan(f"{local}@dest.example")
    (one,) = step.recipients
    assert (one.code, one.status, one.command, one.remote) == told


def test_a_plan_survives_as_json():
    (step,) = plan("ndr+conn_timeout@dest.example", "ndr+unknown_user@dest.example")
    assert tuple(map(Told.of, step.as_mapping()["recipients"])) == step.recipients


def test_the_names_of_dialects_are_those_that_can_be_written():
    assert tuple(REAL) == DIALECTS
    assert {dialect_of(provider) for provider in PROVIDERS} <= set(REAL)


@pytest.mark.parametrize(
    ("provider", "recipient", "host"),
    [
        ("", "ann@dest.example", "mx.dest.example"),
        ("m365", "ann@a.dest.example", "a-dest-example.mail.protection.outlook.com"),
        ("", "ann@[192.0.2.1]", ""),
        ("gmail", "ann@почта.example", "gmail-smtp-in.l.google.com"),
        ("m365", "ann@почта.example", ""),
        ("", "postmaster", "mx.postmaster"),
        ("", "", ""),
    ],
)
def test_the_server_that_refused_has_a_name_if_its_domain_can_have_one(provider, recipient, host):
    assert remote_host(provider, recipient) == host
