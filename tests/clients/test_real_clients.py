"""Mail from the clients that people use, plain and inside TLS with a password, and typed by hand."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from tests.process import Running, checkout

HERE = Path(__file__).parent
UNCHECKED = ssl._create_unverified_context()


@pytest.fixture(scope="module")
def running_with_tls(tmp_path_factory) -> Iterator[Running]:
    options = ("--smtp-tls-cert=auto", "--smtp-require-starttls", "--smtp-require-auth")
    with checkout(tmp_path_factory.mktemp("clients-tls"), *options) as started:
        yield started


def mail(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Acme <app@example.org>", "ann@example.com", subject
    message.set_content("It works.\n")
    return message


def run(*command: str | int | Path, text: str = "") -> None:
    program = str(command[0])
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")
    words = [str(word) for word in command]
    done = subprocess.run(words, input=text, stdout=-1, stderr=-2, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


def with_smtplib(port: int, subject: str, *, tls: bool) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        if tls:
            client.starttls(context=UNCHECKED)
            client.login("app", "secret")
        client.send_message(mail(subject))


def with_aiosmtplib(port: int, subject: str, *, tls: bool) -> None:
    secure = {"start_tls": True, "tls_context": UNCHECKED, "username": "app", "password": "secret"}
    sending = aiosmtplib.send(mail(subject), hostname="127.0.0.1", port=port, **(secure if tls else {}))
    with ThreadPoolExecutor() as threads:  # a browser test before this one may have left a loop running here
        threads.submit(asyncio.run, sending).result(60)


def with_swaks(port: int, subject: str, *, tls: bool) -> None:
    secure = ("--tls", "--auth", "PLAIN", "--auth-user", "app", "--auth-password", "secret") if tls else ()
    addresses = ("--from", "app@example.org", "--to", "ann@example.com")
    run("swaks", "--server", "127.0.0.1", "--port", port, *addresses, "--header", f"Subject: {subject}", *secure)


def with_curl(port: int, subject: str, *, tls: bool) -> None:
    secure = ("--ssl-reqd", "--insecure", "--user", "app:secret") if tls else ()
    addresses = ("--mail-from", "app@example.org", "--mail-rcpt", "ann@example.com")
    run("curl", "-sS", f"smtp://127.0.0.1:{port}", *addresses, *secure, "--upload-file", "-", text=str(mail(subject)))


def with_msmtp(port: int, subject: str, *, tls: bool) -> None:
    login = ("--tls=on", "--tls-certcheck=off", "--auth=plain", "--user=app", "--passwordeval=echo secret")
    secure = login if tls else ("--tls=off", "--auth=off")
    where = ("--host=127.0.0.1", f"--port={port}", "--from=app@example.org")
    run("msmtp", *where, *secure, "ann@example.com", text=str(mail(subject)))


def with_nodemailer(port: int, subject: str, *, tls: bool) -> None:
    if not (HERE / "node_modules").is_dir():
        pytest.skip("needs Nodemailer: npm ci in tests/clients")
    run("node", HERE / "send.mjs", port, subject, *(["tls"] if tls else []))


CLIENTS = [with_smtplib, with_aiosmtplib, with_swaks, with_curl, with_msmtp, with_nodemailer]
each_client = pytest.mark.parametrize("send", CLIENTS, ids=lambda send: send.__name__.removeprefix("with_"))


@each_client
def test_its_mail_is_there_when_the_client_is_done(running: Running, send: Callable[..., None]):
    subject = f"Plain from {send.__name__}"
    send(running.smtp_port, subject, tls=False)
    (found,) = running.find(f'subject:"{subject}"')
    assert (found["subject"], found["reverse_path"]) == (subject, "app@example.org")
    assert found["recipients"] == ["ann@example.com"]


@each_client
def test_it_logs_in_inside_tls(running_with_tls: Running, send: Callable[..., None]):
    subject = f"Secure from {send.__name__}"
    send(running_with_tls.smtp_port, subject, tls=True)
    (found,) = running_with_tls.find(f'subject:"{subject}"')
    dialogue = running_with_tls.get(f"api/v2/messages/{found['id']}/transcript").decode()
    assert '"auth_identity":"app"' in dialogue.replace(" ", "")
    assert "TLSv1" in dialogue
    assert "secret" not in dialogue


@pytest.mark.skipif(shutil.which("nc") is None, reason="needs nc")
def test_a_dialogue_typed_by_hand(running: Running):
    typed = {
        "": "220",
        "HELO me": "250",
        "MAIL FROM:<app@example.org>": "250 2.1.0",
        "RCPT TO:<ann@example.com>": "250 2.1.5",
        "DATA": "354",
        "Subject: By hand\n\nIt works.\n.": "250 2.0.0 Ok: queued as ",
        "QUIT": "221",
    }
    with typing(["nc", "-C", "127.0.0.1", str(running.smtp_port)]) as say:
        for line, reply in typed.items():
            assert say(line).startswith(reply)
    (found,) = running.find("subject:hand")
    assert running.get(f"api/v2/messages/{found['id']}/raw") == b"Subject: By hand\r\n\r\nIt works.\r\n"


@contextlib.contextmanager
def typing(command: list[str]) -> Iterator[Callable[[str], str]]:
    """Yield a function that types lines into a program and returns the line that it answers with."""
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, bufsize=1) as process:

        def say(text: str) -> str:
            if text:
                process.stdin.write(f"{text}\n")
            return process.stdout.readline()

        yield say
        process.kill()
