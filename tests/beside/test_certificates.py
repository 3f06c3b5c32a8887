"""Certificates, logins and password files that the two take differently."""

from __future__ import annotations

import base64
import smtplib
from pathlib import Path

import pytest
import trustme

from tests.beside.commands import STARTS, Programs
from tests.beside.programs import Server, mailpit, pair, sandbox
from tests.beside.table import differs


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A certificate and its key."""
    made = trustme.CA().issue_cert("localhost")
    made.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    made.private_key_pem.write_to_path(tmp_path / "key.pem")
    return str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")


def hello(server: Server) -> str:
    """What EHLO is answered."""
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=60) as client:
        return client.ehlo("client.example")[1].decode()


def logged_in(server: Server, password: str, name: str = "ann") -> int:
    """The reply to a login by SMTP."""
    word = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=60) as client:
        client.ehlo("client.example")
        return client.docmd("AUTH", f"PLAIN {word}")[0]


@differs("offers no AUTH without credentials")
def test_a_login_that_nobody_set(tmp_path: Path) -> None:
    with pair(tmp_path) as servers:
        assert ["AUTH" in hello(one) for one in servers] == [False, True]
        assert logged_in(servers.ours, "anything") == 235


@differs("credentials without TLS, or with accept-any")
@pytest.mark.parametrize(
    "options",
    [
        {"MP_SMTP_AUTH": "ann:secret"},
        {"MP_SMTP_AUTH_ACCEPT_ANY": "true"},
        {"MP_SMTP_AUTH": "ann:secret", "MP_SMTP_AUTH_ACCEPT_ANY": "true", "MP_SMTP_AUTH_ALLOW_INSECURE": "true"},
    ],
)
def test_a_login_without_tls(programs: Programs, tmp_path: Path, options: dict[str, str]) -> None:
    assert [one.attempt(tmp_path, **options) for one in programs] == [1, STARTS]


@differs("requiring TLS and `--smtp-auth-allow-insecure` exclude each other")
@pytest.mark.parametrize("option", ["--smtp-require-tls", "--smtp-require-starttls"])
def test_tls_is_required_and_a_login_without_it_allowed(
    programs: Programs, tmp_path: Path, files: tuple[str, str], option: str
) -> None:
    certificate = ("--smtp-tls-cert", files[0], "--smtp-tls-key", files[1])
    outcomes = [one.attempt(tmp_path, *certificate, option, "--smtp-auth-allow-insecure") for one in programs]
    assert outcomes == [1, STARTS]


@differs("requiring TLS and `--smtp-auth-allow-insecure` exclude each other")
def test_a_password_file_requires_starttls(tmp_path: Path, files: tuple[str, str]) -> None:
    (tmp_path / "accounts").write_text("ann:secret\n")
    accounts = ("--smtp-auth-file", str(tmp_path / "accounts"))
    replies = []
    with pair(tmp_path, *accounts, "--smtp-tls-cert", files[0], "--smtp-tls-key", files[1]) as servers:
        for one in servers:
            with smtplib.SMTP("127.0.0.1", one.smtp_port, timeout=60) as client:
                client.ehlo()
                replies.append(client.docmd("MAIL", "FROM:<app@example.org>"))
        assert logged_in(servers.ours, "secret") == 235
    assert replies == [
        (530, b"5.7.0 Must issue a STARTTLS command first"),
        (530, b"5.7.0 Authentication required"),
    ]


@differs("a certificate that is made on the spot")
def test_a_certificate_is_made_on_the_spot(programs: Programs, tmp_path: Path) -> None:
    assert programs.theirs.attempt(tmp_path, "--smtp-tls-cert=sans:localhost") == 1
    with mailpit(tmp_path, "--smtp-tls-cert=sans:localhost", "--smtp-tls-key=sans:localhost") as theirs:
        assert "STARTTLS" in hello(theirs)
    for value in ("sans:localhost", "auto"):
        with sandbox(tmp_path, f"--smtp-tls-cert={value}") as ours:
            assert "STARTTLS" in hello(ours)


@differs("former variables for certificates do nothing")
def test_certificates_by_former_variables(tmp_path: Path, files: tuple[str, str]) -> None:
    with pair(tmp_path, MP_SMTP_SSL_CERT=files[0], MP_SMTP_SSL_KEY=files[1]) as servers:
        assert ["STARTTLS" in hello(one) for one in servers] == [False, True]


@differs("password files are split at any blank")
def test_a_password_of_two_words(tmp_path: Path) -> None:
    (tmp_path / "accounts").write_text("# who may come in\nann:two words\n")
    accounts = ("--smtp-auth-file", str(tmp_path / "accounts"), "--smtp-auth-allow-insecure")
    with pair(tmp_path, *accounts) as servers:
        replies = [[logged_in(one, password) for password in ("two", "two words")] for one in servers]
    assert replies == [[235, 535], [535, 235]]
