"""Bounces and the clock from the command line, with a running sandbox and without one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailpit_py.cli import bounce, main
from mailpit_py.config import options
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.node import Node
from mailpit_py.reports import DIALECTS, Nasty, understand
from mailpit_py.simulation.outcome import Report
from tests.cli.conftest import Run

ORIGINAL = (
    b"Return-Path: <bounces@app.example>\r\nFrom: App <app@app.example>\r\nTo: ann@dest.example, bob@dest.example\r\n"
    b"Subject: Your invoice\r\nMessage-ID: <1@app.example>\r\n\r\nPlease pay.\r\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "original.eml"
    path.write_bytes(ORIGINAL)
    return path


def render(*words: str, stdin: bytes | None = None) -> Result:
    env = {one.variable: None for one in options()}
    return CliRunner().invoke(main, ("bounce", "render", *words), input=stdin, env=env, prog_name="mailpit-py")


def receive(node: Node, *recipients: str, notify: str = "") -> str:
    envelope = Envelope("bounces@app.example", tuple(Recipient(one, notify) for one in recipients))
    return node.sandbox.receive(Transaction(Session("s", 1, helo="app"), envelope), ORIGINAL).result(10).public_id


FULL = {
    "rfc": "4.2.2 <ann@dest.example>: mailbox is full",
    "postfix": "Recipient address rejected: Mailbox",
    "exim": "552 Mailbox quota exceeded",
    "exim_classic": "552 Mailbox quota exceeded",
    "sendmail": "552 5.2.2 <ann@dest.example>... Mailbox full",
    "qmail": "sorry, recipient mailbox is full (#5.2.2",
    "opensmtpd": "ann@dest.example: Envelope expired",
    "gmail": "OverQuotaTemp",
    "gmail_classic": "OverQuotaTemp",
    "m365": "STOREDRV.Deliver.Exception:QuotaExceededException",
    "outlook": "STOREDRV.Deliver.Exception:QuotaExceededException",
    "yahoo": "552 5.2.2 mailbox over quota",
    "ses": "4.2.2 <ann@dest.example>: mailbox is full",
    "barracuda": "552 5.2.2 mailbox full",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_report_is_written_in_each_dialect_and_its_systems_words(file: Path, dialect: str) -> None:
    written = render("--scenario", "mailbox_full", "--dialect", dialect, str(file))
    assert written.exit_code == 0, written.output
    report = understand(read(written.stdout_bytes))
    assert report is not None
    assert report.recipients[0] == "ann@dest.example"
    assert FULL[dialect] in written.output


@pytest.mark.parametrize(
    ("kind", "day", "action"), [("delay", "23 Nov 2026 08:", "delayed"), ("expiry", "18 Nov", "failed")]
)
def test_what_takes_its_time_has_taken_it(file: Path, kind: str, day: str, action: str) -> None:
    written = render("--kind", kind, "--dialect", "rfc", "--at", "1795435200", str(file)).output  # 23 Nov, 12:00
    assert f"Action: {action}" in written
    assert re.search(rf"Arrival-Date: \w+, {day}", written)
    assert "Last-Attempt-Date: Mon, 23 Nov 2026 12:00:00" in written


def test_a_provider_that_is_named_speaks_in_any_dialect(file: Path) -> None:
    words = ("--scenario", "mailbox_full", "--dialect", "m365", str(file))
    assert "OverQuotaTemp" in render("--provider", "gmail", *words).output
    assert "4.2.2 <ann@dest.example>: mailbox is full" in render("--provider", "generic", *words).output


def test_the_same_arguments_write_the_same_bytes(file: Path) -> None:
    words = ("--at", "1795435200", "--dialect", "postfix", str(file))
    assert render(*words).stdout_bytes == render(*words).stdout_bytes
    assert render(*words).stdout_bytes != render("--seed", "2", *words).stdout_bytes
    assert "Mon, 23 Nov 2026" in render(*words).output


def test_an_original_may_come_from_standard_input() -> None:
    written = render(
        "--recipient", "cid@dest.example", "--reverse-path", "me@app.example", "-", stdin=b"Subject: x\n\nx\n"
    )
    message = read(written.stdout_bytes)
    assert message.to[0].address == "me@app.example"
    assert "cid@dest.example" in written.output


@pytest.mark.parametrize(
    ("words", "stdin", "says"),
    [
        (["-"], b"Subject: x\n\n", "say --recipient"),
        (["--recipient", "a@b.example", "-"], b"Subject: x\n\n", "say --reverse-path"),
        (["--recipient", "a@b.example", "-"], b"Return-Path: <>\nSubject: x\n\n", "the reverse-path is null"),
        (["--scenario", "nothing_such", "-"], ORIGINAL, "no scenario is called"),
        (["--kind", "receipt", "-"], ORIGINAL, "Disposition-Notification-To"),
    ],
)
def test_what_cannot_be_written_is_told(words: list[str], stdin: bytes, says: str) -> None:
    refused = render(*words, stdin=stdin)
    assert refused.exit_code != 0
    assert says in refused.output


def test_a_message_of_a_running_sandbox_bounces(run: Run, node: Node) -> None:
    public_id = receive(node, "ann@dest.example", "bob@dest.example")
    sent = run(
        "bounce", "send", public_id, "--dialect", "gmail", "--recipient", "bob@dest.example", "--nasty", "nested"
    )
    assert sent.exit_code == 0, sent.output
    assert " failure  done  " in sent.output
    assert node.store.counts("default").total == 2
    assert '"state": "pending"' in run("bounce", "send", public_id, "--delay", "4h", "--json").output


def test_what_does_not_bounce_is_told_with_the_reason(run: Run, node: Node) -> None:
    public_id = receive(node, "ann@dest.example", notify="NEVER")
    refused = run("bounce", "send", public_id)
    assert (refused.exit_code, "NOTIFY=NEVER" in refused.output) == (1, True)
    assert run("bounce", "send", public_id, "--ignore-notify").exit_code == 0
    assert run("bounce", "send", public_id, "--delay", "soon").exit_code == 2
    assert run("bounce", "send", "0" * 22).exit_code == 1


def test_the_clock_is_shown_and_turned(run: Run, node: Node) -> None:
    assert "nothing is due" in run("clock").output
    receive(node, "expire@bounce.test")
    assert "next step due" in run("clock").output
    assert "stands still" in run("clock", "freeze", "--at", "2026-11-23T12:00:00Z").output
    moved = run("clock", "advance", "7000d")
    assert "2 steps" in moved.output
    assert " delay    done  expire@bounce.test " in moved.output
    assert run("clock", "advance", "2050-01-01T00:00:00Z").output.startswith("2050-01-01T00:00:00.000000Z  0 steps")
    assert '"count": 0' in run("clock", "advance", "1s", "--json").output
    assert "stands still" not in run("clock", "resume").output
    assert "+0 s" in run("clock", "reset").output
    assert '"is_frozen": false' in run("clock", "--json").output


def test_time_that_goes_back_is_told(run: Run) -> None:
    refused = run("clock", "advance", "2001-01-01T00:00:00Z")
    assert (refused.exit_code, "Time goes forward only" in refused.output) == (1, True)
    slip = run("clock", "advance", "soon")
    assert (slip.exit_code, "write 90s, 4h or 5d, or an instant" in slip.output) == (2, True)


def test_what_can_be_chosen_is_what_there_is() -> None:
    assert set(bounce.KINDS) == {one.value for one in Report}
    assert set(bounce.NASTY) == {one.value for one in Nasty}
