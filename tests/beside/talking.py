"""Dialogues by lines with either program: what is said to it, and whole replies."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import trustme

from tests.beside.programs import Pair, free_ports, pair
from tests.servers.smtp.serving import TIMEOUT, RawClient

HELLO, MAIL, RCPT = "EHLO x", "MAIL FROM:<s@e.com>", "RCPT TO:<r@e.com>"
MESSAGE = "x: y\r\n\r\n."
TLS = "<tls>"  # among lines: the client's half of a handshake
# Our name stands where Mailpit's does; each message has an id of its own.
NAMES = (("mailpit-py", "Mailpit"), (r"(?<=queued as )[0-9A-Za-z]{22}$", "ID"))


@contextlib.contextmanager
def talking(port: int) -> Iterator[RawClient]:
    """A connection, closed at the end."""
    client = RawClient(socket.create_connection(("127.0.0.1", port), TIMEOUT))
    try:
        yield client
    finally:
        client.close()


def replies(port: int, lines: Sequence[str], *, implicit_tls: bool = False) -> list[str]:
    """The greeting, and the reply to each line; empty where the connection has ended. Lines are Latin-1."""
    with talking(port) as client:
        if implicit_tls:
            client.sock = unchecked().wrap_socket(client.sock)
        found = [client.reply(), *(_reply(client, line) for line in lines)]
    return [said_alike(one) for one in found]


def _reply(client: RawClient, line: str) -> str:
    try:
        if line == TLS:
            client.sock = unchecked().wrap_socket(client.sock)
            return TLS
        return client.ask(line.encode("latin-1"))
    except ConnectionError:  # closed with octets of ours still unread
        return ""


def unchecked() -> ssl.SSLContext:
    """TLS of a client that believes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def said_alike(reply: str) -> str:
    """A reply without what differs from program to program, and from message to message."""
    for pattern, alike in NAMES:
        reply = re.sub(pattern, alike, reply)
    return reply


def codes(port: int, lines: Sequence[str]) -> str:
    """The code of the reply to each line, `-` where there is none any more."""
    return " ".join(reply[:3] or "-" for reply in replies(port, lines)[1:])


def answers(port: int, lines: Sequence[str]) -> list[str]:
    """The greeting of POP3, and the answer to each line, its lines joined by LF; empty where the session has ended."""
    with talking(port) as client:
        return [client.line().decode(), *(_answer(client, line) for line in lines)]


def _answer(client: RawClient, line: str) -> str:
    try:
        client.send(line.encode("latin-1") + b"\r\n")
        found = [client.line().decode(errors="replace")]
        keyword, _, argument = line.upper().strip().partition(" ")
        is_list = keyword in ("CAPA", "RETR", "TOP") or (keyword in ("LIST", "UIDL", "AUTH") and not argument.strip())
        while is_list and found[0].startswith("+OK") and found[-1] != ".":
            found.append(client.line().decode(errors="replace"))
    except ConnectionError:
        return ""
    return "\n".join(found)


def certificate(folder: Path) -> list[str]:
    """The options of SMTP for a certificate and its key, which are put into `folder`."""
    issued = trustme.CA().issue_cert("localhost")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    return ["--smtp-tls-cert", str(folder / "cert.pem"), "--smtp-tls-key", str(folder / "key.pem")]


@contextlib.contextmanager
def pair_with_pop3(folder: Path, *options: str, accounts: str = "ann:secret") -> Iterator[Pair]:
    """Both, with POP3 for these accounts, at the port that stands in `pop3_port`."""
    (folder / "accounts").write_text(accounts.replace(" ", "\n"))
    theirs, ours = free_ports(2)
    options = (*options, "--pop3-auth-file", str(folder / "accounts"))
    at = {"theirs": ["--pop3", f"127.0.0.1:{theirs}"], "ours": ["--pop3", f"127.0.0.1:{ours}"]}
    with pair(folder, *options, **at) as both:
        yield Pair(replace(both.theirs, pop3_port=theirs), replace(both.ours, pop3_port=ours))
