"""Reports as a running sandbox makes them of every scenario, in every dialect, read by other people's parsers."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.reports import DIALECTS
from mailpit_py.simulation.scenario import SCENARIOS
from mailpit_py.storage import Limits, Store, StoreOptions
from tests.reports import oracle
from tests.reports.test_parsers import AGENTS
from tests.simulation.test_verdict import TABLE

CASES = [f"{dialect}.{scenario}" for dialect in DIALECTS for scenario in SCENARIOS]
STANDARD = [name for name, dialect in DIALECTS.items() if dialect.is_standard]
MAIL = "From: a@app.example\r\nTo: {to}\r\nSubject: news\r\nMessage-ID: <{case}@app.example>\r\n\r\nhello\r\n"
DAYS = 6 * 86_400_000_000
DOCUMENT = (Path(__file__).parents[2] / "docs" / "bounce-parsers.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| (.*?) ?\|$", re.MULTILINE)
DIFFERENCE = re.compile(r"`(\w+)` in ([\w, ]+) \((\w)\)")
# Beside these, email-bounce-parser finds an address only if the reply has it in angle brackets.
ADDRESS_IS_SHOWN = {"postfix", "sendmail", "qmail", "yahoo", "m365"}
FULL = {  # what a mailbox that is full for the moment is reported as, when the queue gives up
    "rfc": "4.2.2",
    "postfix": "4.2.2",
    "exim": "5.0.0",
    "sendmail": "5.2.2",
    "opensmtpd": "4.4.7",
    "gmail": "4.2.2",
    "m365": "5.2.2",
    "outlook": "5.2.2",
    "ses": "4.4.7",
    "barracuda": "5.2.2",
}
EXPIRED = {"ses": ("554", "4.4.7"), "m365": ("550", "5.4.300"), "opensmtpd": (None, None)}
FULL_IN_THE_TEXT = {
    "exim_classic": "452 4.2.2",
    "gmail_classic": "452 4.2.2",
    "qmail": "(#5.2.2 - chkuser)",
    "yahoo": "552 5.2.2",
}


def address_of(case: str) -> str:
    dialect, scenario = case.split(".")
    return f"ndr+{scenario}+{dialect}@dest.example"


@dataclass(frozen=True)
class Letters:
    """The reports by case in a file each, and what was told of each recipient: reply code, status, text."""

    files: dict[str, Path]
    told: dict[str, tuple[int, str, str]]

    def message(self, case: str) -> Any:
        return email.message_from_bytes(self.files[case].read_bytes(), policy=email.policy.compat32)


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Letters:
    """One mail for each case; what the sandbox makes of it within six days."""
    folder, files, told = tmp_path_factory.mktemp("letters"), {}, {}
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        sandbox = Sandbox(store, Clock())
        kept = {case: receive(sandbox, case) for case in CASES}
        sandbox.scheduler.advance("default", microseconds=DAYS)
        for case, original in kept.items():
            (step,) = store.agenda.plans.of_message("default", original)
            (about,), (report,) = step.body["recipients"], step.reports
            told[case] = (about.get("code", 0), about.get("status", ""), about.get("text", ""))
            files[case] = folder / f"{case}.eml"
            files[case].write_bytes(store.raw("default", report) or b"")
    return Letters(files, told)


def receive(sandbox: Sandbox, case: str) -> str:
    to = address_of(case)
    envelope = Envelope(f"{case}@app.example", (Recipient(to),))
    transaction = Transaction(Session("s", 1, helo="app.example"), envelope)
    return sandbox.receive(transaction, MAIL.format(to=to, case=case).encode()).result(30).public_id


def documented() -> dict[str, tuple[str, str]]:
    """The reason that the document names for each case, and the letter of why it is another one."""
    found = {}
    for scenario, reason, differences in ROW.findall(DOCUMENT):
        found |= {f"{dialect}.{scenario}": (reason, "") for dialect in DIALECTS}
        for other, dialects, letter in DIFFERENCE.findall(differences):
            found |= {f"{dialect}.{scenario}": (other, letter) for dialect in dialects.split(", ")}
    return found


def test_flufl_finds_every_address_and_that_it_is_permanent(letters):
    flufl = pytest.importorskip("flufl.bounce", reason="the PyPI package flufl.bounce is not installed")
    found = {case: flufl.all_failures(letters.message(case)) for case in CASES}
    assert found == {case: (frozenset(), frozenset({address_of(case).encode()})) for case in CASES}


def test_the_document_explains_every_difference():
    assert documented().keys() == set(CASES)
    letters = {letter for _, letter in documented().values() if letter}
    assert letters == set(re.findall(r"^\* \((\w)\) ", DOCUMENT, re.MULTILINE))


def test_a_difference_of_a_providers_own_words_is_the_catalogues():
    known = {f"{provider}.{scenario}": reason for provider, scenario, reason, _ in TABLE}
    own = {case: reason for case, (reason, letter) in documented().items() if letter == "a"}
    assert own == {case: known[case] for case in own}


def test_what_the_catalogue_says_of_a_providers_words_holds_for_its_reports_too():
    known = {f"{provider}.{scenario}": reason for provider, scenario, reason, _ in TABLE}
    found = {case: documented()[case] for case in known.keys() & documented().keys()}
    differing = {case: reason for case, (reason, _) in found.items() if reason != known[case]}
    # In a report of its own, Exchange's status counts (5.7.501, 5.7.509, 5.4.300), in one of Postfix its words.
    assert differing == {
        "m365.spam": "spamdetected",
        "m365.dmarc": "securityerror",
        "m365.rate_limited": "expired",
        "m365.rate_limited_ip": "expired",
    }


def test_sisimai_names_agent_recipient_and_the_documented_reason_of_each(letters):
    read = oracle.ask_sisimai(letters.files.values())
    found = {name: [(one["agent"], one["recipient"], one["reason"]) for one in facts] for name, facts in read.items()}
    expected = {case: [(AGENTS[case.split(".")[0]], address_of(case), documented()[case][0])] for case in CASES}
    assert {case: facts for case, facts in found.items() if facts != expected[case]} == {}
    assert found.keys() == expected.keys()


def test_bounce_parser_takes_each_for_a_bounce_of_its_original(letters):
    read = oracle.ask_bounce_parser(letters.files.values())
    found = {name: (facts["bounce"], facts["original"].strip()) for name, facts in read.items()}
    assert found == {case: (1, f"<{case}@app.example>") for case in CASES}


def test_ruby_mail_reads_every_status_part(letters):
    cases = [case for case in CASES if case.split(".")[0] in STANDARD]
    read = oracle.ask_ruby(letters.files[case] for case in cases)
    found = {
        name: (facts["bounced"], facts["action"], facts["recipient"].split(";")[1].strip())
        for name, facts in read.items()
    }
    assert found == {case: (True, "failed", address_of(case)) for case in cases}
    assert all(re.fullmatch(r"[45]\.\d{1,3}\.\d{1,3}", facts["status"]) for facts in read.values())


def test_ruby_mail_sees_no_report_where_no_part_is_for_programs(letters):
    cases = [f"{dialect}.unknown_user" for dialect in DIALECTS if dialect not in STANDARD]
    assert oracle.ask_ruby(letters.files[case] for case in cases) == {case: {} for case in cases}


def test_bounced_which_is_strict_reads_every_standard_report(letters):
    bounced = pytest.importorskip("bounced", reason="the PyPI package bounced is not installed")
    cases = [case for case in CASES if case.split(".")[0] in STANDARD and not case.startswith("ses.")]
    found = {case: [one.recipient[1] for one in bounced.get_bounces(letters.message(case))] for case in cases}
    assert found == {case: [address_of(case)] for case in cases}


def test_email_bounce_parser_reads_both_codes_in_the_text(letters):
    cases = [case for case, (code, status, _) in letters.told.items() if code and status]
    read = oracle.ask_email_bounce_parser(letters.files[case] for case in cases)
    found = {name: (facts["code"]["basic"], facts["code"]["enhanced"]) for name, facts in read.items()}
    assert found == {case: said_by(case, letters.told[case]) for case in cases}
    assert len({case.split(".")[1] for case in cases}) > 50


def said_by(case: str, told: tuple[int, str, str]) -> tuple[str | None, str | None]:
    """What a report quotes first: the reply, or what the queue makes of one that it has waited for too long."""
    given_up = EXPIRED.get(case.split(".")[0]) if told[0] < 500 else None
    return given_up or (str(told[0]), told[1])


def test_email_bounce_parser_finds_the_address_in_angle_brackets(letters):
    cases = [case for case in CASES if case.endswith((".unknown_user", ".mailbox_full_hard", ".moved", ".spam"))]
    read = oracle.ask_email_bounce_parser(letters.files[case] for case in cases)
    found = {name: facts["recipient"] for name, facts in read.items()}
    assert found == {case: address_of(case) if is_in_brackets(case, letters) else None for case in cases}


def is_in_brackets(case: str, letters: Letters) -> bool:
    dialect = case.split(".")[0]
    if dialect.startswith("exim") and letters.told[case][0] and not case.endswith(".spam"):
        return True  # "after RCPT TO:<...>"
    return dialect in ADDRESS_IS_SHOWN or f"<{address_of(case)}>" in letters.told[case][2]


def status_of(letters: Letters, case: str) -> str:
    part = next(one for one in letters.message(case).walk() if one.get_content_type() == "message/delivery-status")
    return str(part.get_payload()[1]["Status"])


def test_a_full_mailbox_has_the_status_of_its_dialect(letters):
    assert {name: status_of(letters, f"{name}.mailbox_full") for name in FULL} == FULL
    texts = {name: letters.files[f"{name}.mailbox_full"].read_text("utf-8") for name in FULL_IN_THE_TEXT}
    assert [name for name, words in FULL_IN_THE_TEXT.items() if words not in texts[name]] == []
    assert FULL.keys() | FULL_IN_THE_TEXT.keys() == DIALECTS.keys()


def test_the_document_counts_the_reports():
    assert f"{len(CASES)} reports" in DOCUMENT
