"""What clients make of each simulated failure: the table of docs/what-your-library-raises.md, cell by cell."""

from __future__ import annotations

import asyncio
import re
import shutil
import smtplib
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiosmtplib
import pytest

from tests.process import Running

HERE = Path(__file__).parent
DOCUMENT = HERE.parent.parent / "docs" / "what-your-library-raises.md"
TIMEOUT = 4
MAIL = "Subject: x\r\n\r\nx\r\n"
Try = Callable[[int, Sequence[str]], str]


def table() -> dict[str, dict[str, str]]:
    """The document's cells: by the addresses of the row, by the client of the column."""
    lines = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| ")]
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {row[0]: {name.strip(" `"): cell for name, cell in zip(head, row, strict=True)} for row in rows}


def addresses(cell: str, client: str) -> list[str]:
    """The recipients that a row names, with a label for each client: none must meet what another one left."""
    return [f"{local}--{client}@bounce.test" for local in re.findall(r"`([^`]+)@`", cell)]


def with_smtplib(port: int, recipients: Sequence[str]) -> str:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=TIMEOUT) as client:
            refused = client.sendmail("app@example.org", recipients, MAIL)
    except smtplib.SMTPRecipientsRefused as error:
        return f"`SMTPRecipientsRefused` {next(iter(error.recipients.values()))[0]}"
    except smtplib.SMTPResponseException as error:
        return f"`{type(error).__name__}` {error.smtp_code}"
    except (smtplib.SMTPException, OSError) as error:
        return f"`{type(error).__name__}`"
    return f"sent, returns {next(iter(refused.values()))[0]}" if refused else "sent"


def with_aiosmtplib(port: int, recipients: Sequence[str]) -> str:
    where = {"hostname": "127.0.0.1", "port": port, "timeout": TIMEOUT}
    try:
        refused, _ = asyncio.run(aiosmtplib.send(MAIL, sender="app@example.org", recipients=list(recipients), **where))
    except aiosmtplib.SMTPRecipientsRefused as error:
        return f"`SMTPRecipientsRefused` {error.recipients[0].code}"
    except aiosmtplib.SMTPResponseException as error:
        return f"`{type(error).__name__}` {error.code}"
    except aiosmtplib.SMTPException as error:
        return f"`{type(error).__name__}`"
    return f"sent, returns {next(iter(refused.values())).code}" if refused else "sent"


def run(*command: str | int | Path) -> subprocess.CompletedProcess[bytes]:
    words = [str(word) for word in command]
    return subprocess.run(words, input=MAIL.encode(), stdout=-1, stderr=-2, check=False, timeout=60)


def exit_of(*command: str | int | Path) -> str:
    code = run(*command).returncode
    return f"exit {code}" if code else "sent"


def with_curl(port: int, recipients: Sequence[str]) -> str:
    to = [word for recipient in recipients for word in ("--mail-rcpt", recipient)]
    options = ("-sS", "--max-time", TIMEOUT, f"smtp://127.0.0.1:{port}", "--mail-from", "app@example.org")
    return exit_of("curl", *options, *to, "--upload-file", "-")


def with_msmtp(port: int, recipients: Sequence[str]) -> str:
    where = ("--host=127.0.0.1", f"--port={port}", "--from=app@example.org", "--tls=off", "--auth=off")
    return exit_of("msmtp", *where, f"--timeout={TIMEOUT}", *recipients)


def with_swaks(port: int, recipients: Sequence[str]) -> str:
    options = ("--server", "127.0.0.1", "--port", port, "--from", "app@example.org", "--timeout", TIMEOUT)
    return exit_of("swaks", *options, "--hide-all", "--to", ",".join(recipients))


def seen_by(client: str, attempt: Try, running: Running) -> dict[str, str]:
    """What a client makes of each row."""
    rows = list(table())
    with ThreadPoolExecutor(4) as pool:
        seen = pool.map(lambda row: attempt(running.smtp_port, addresses(row, client)), rows)
        return dict(zip(rows, seen, strict=True))


@pytest.mark.parametrize("attempt", [with_smtplib, with_aiosmtplib, with_curl, with_msmtp, with_swaks])
def test_each_failure_is_what_the_document_says(running: Running, attempt: Try):
    client = attempt.__name__.removeprefix("with_")
    if client in ("curl", "msmtp", "swaks") and shutil.which(client) is None:
        pytest.skip(f"needs {client}")
    assert seen_by(client, attempt, running) == {row: cells[client] for row, cells in table().items()}


def test_nodemailer_says_what_the_document_says(running: Running):
    if not (HERE / "node_modules").is_dir():
        pytest.skip("needs Nodemailer: npm ci in tests/clients")
    expected = [(row, cells["Nodemailer"].replace("`", "")) for row, cells in table().items()]
    to = [",".join(addresses(row, "nodemailer")) for row, _ in expected]
    done = run("node", HERE / "failures.mjs", running.smtp_port, TIMEOUT * 1000, *to)
    said = done.stdout.decode().replace("`", "").splitlines()
    assert list(zip([row for row, _ in expected], said, strict=True)) == expected


def test_what_is_lost_after_the_content_was_kept_if_that_was_asked_for(running: Running):
    with_smtplib(running.smtp_port, ["drop+content+kept--alone@bounce.test"])
    with_smtplib(running.smtp_port, ["drop+content--alone@bounce.test"])
    kept = {recipient for row in running.find("") for recipient in row["recipients"]}
    assert "drop+content+kept--alone@bounce.test" in kept
    assert "drop+content--alone@bounce.test" not in kept
