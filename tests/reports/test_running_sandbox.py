"""Reports as a running sandbox makes them of its own scenarios, in every dialect, read by other people's parsers."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

from mailpit_py.clock import Clock
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.sandbox import Sandbox
from mailpit_py.simulation.dialect import DIALECTS
from mailpit_py.storage import Limits, Store, StoreOptions, Summary
from tests.reports import oracle
from tests.reports.test_parsers import AGENTS

SCENARIOS = (
    "unknown_user",
    "mailbox_full_hard",
    "disabled",
    "moved",
    "domain_not_found",
    "spam",
    "too_large",
    "relay_denied",
    "conn_timeout",
    "expired",
    "rate_limited",
)
CASES = [(dialect, scenario) for dialect in DIALECTS for scenario in SCENARIOS]
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


def test_sisimai_names_the_agent_and_the_recipient_of_each(letters):
    read = oracle.ask_sisimai(letters)
    found = {name: [(one["agent"], one["recipient"]) for one in facts] for name, facts in read.items()}
    assert found == {f"{name}.{one}": [(AGENTS[name], address_of(name, one))] for name, one in CASES}
