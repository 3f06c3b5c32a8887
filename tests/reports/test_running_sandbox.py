"""Reports as a running sandbox makes them of its own scenarios, in every dialect, read by other people's parsers."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.simulation.dialect import DIALECTS
from mailpit_py.storage import Limits, Store, StoreOptions, Summary
from tests.reports import oracle
from tests.reports.test_parsers import AGENTS

# What Sisimai says of each, and where it says something else: it looks at who reports and by what status, too.
REASONS = {
    "unknown_user": "userunknown",
    "mailbox_full_hard": "mailboxfull",
    "disabled": "filtered",
    "moved": "hasmoved",
    "domain_not_found": "hostunknown",
    "spam": "spamdetected",
    "too_large": "mesgtoobig",
    "relay_denied": "securityerror",
    "conn_timeout": "expired",
    "expired": "expired",
}
DIFFERENT = {
    **{(name, "disabled"): "suspend" for name in ("gmail", "yahoo")},
    **{(name, "spam"): "securityerror" for name in ("gmail", "postfix")},
    **{(name, "expired"): "onhold" for name in ("exim_classic", "gmail_classic", "opensmtpd", "rfc")},
    **{("m365", one): "norelaying" for one in ("domain_not_found", "unknown_user")},
    **{(name, "relay_denied"): "norelaying" for name in ("exim", "gmail", "m365", "postfix", "qmail", "sendmail")},
    ("yahoo", "unknown_user"): "filtered",
    ("m365", "too_large"): "exceedlimit",
    ("qmail", "conn_timeout"): "onhold",
}
CASES = [(dialect, scenario) for dialect in DIALECTS for scenario in REASONS]
MAIL = "From: a@app.example\r\nTo: {to}\r\nSubject: news\r\nMessage-ID: <{name}@app.example>\r\n\r\nhello\r\n"
DAYS = 6 * 86_400_000_000


def address_of(dialect: str, scenario: str) -> str:
    return f"ndr+{scenario}+{dialect}@dest.example"


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One mail for each case; what the sandbox has six days later, in a file each."""
    folder = tmp_path_factory.mktemp("letters")
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        sandbox = Sandbox(store, Clock())
        for dialect, scenario in CASES:
            to = address_of(dialect, scenario)
            raw = MAIL.format(to=to, name=f"{dialect}.{scenario}")
            envelope = Envelope(f"{dialect}.{scenario}@app.example", (Recipient(to),))
            sandbox.receive(Transaction(Session("s", 1, helo="app.example"), envelope), raw.encode()).result(30)
        sandbox.scheduler.advance("default", microseconds=DAYS)
        for row in store.page(limit=1_000).items:
            if isinstance(row, Summary) and row.report == "failure":
                local = row.recipients[0].partition("@")[0]
                (folder / f"{local}.eml").write_bytes(store.raw("default", row.public_id) or b"")
    return sorted(folder.iterdir())


def test_every_case_has_one_report(letters):
    assert {one.stem for one in letters} == {f"{dialect}.{scenario}" for dialect, scenario in CASES}


@pytest.mark.parametrize(("dialect", "scenario"), CASES)
def test_flufl_finds_the_address_and_that_it_is_permanent(letters, dialect, scenario):
    flufl = pytest.importorskip("flufl.bounce", reason="the PyPI package flufl.bounce is not installed")
    place = next(one for one in letters if one.stem == f"{dialect}.{scenario}")
    message = email.message_from_bytes(place.read_bytes(), policy=email.policy.compat32)
    assert flufl.all_failures(message) == (frozenset(), frozenset({address_of(dialect, scenario).encode()}))


def test_sisimai_names_agent_recipient_and_reason_of_each(letters):
    read = oracle.ask_sisimai(letters)
    found = {name: [(one["agent"], one["recipient"], one["reason"]) for one in facts] for name, facts in read.items()}
    assert found == {
        f"{name}.{one}": [(AGENTS[name], address_of(name, one), DIFFERENT.get((name, one), REASONS[one]))]
        for name, one in CASES
    }


def test_bounce_parser_takes_each_for_a_bounce_of_its_original(letters):
    read = oracle.ask_bounce_parser(letters)
    found = {name: (facts["bounce"], facts["original"].strip()) for name, facts in read.items()}
    assert found == {f"{name}.{one}": (1, f"<{name}.{one}@app.example>") for name, one in CASES}
