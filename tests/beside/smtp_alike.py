"""SMTP of both programs compared: what of a reply counts, and what rows of the document forgive."""

from __future__ import annotations

import re

from tests.beside.programs import Pair, Server
from tests.beside.talking import replies

# Words of the row, what it says of ours, and the same without it.
FORGIVEN = [
    ("no PIPELINING, CHUNKING", r"(?m)^250-(PIPELINING|BINARYMIME|CHUNKING|DSN)\n", ""),
    ("no PIPELINING, CHUNKING", r"250-SMTPUTF8\n250 HELP", "250 SMTPUTF8"),
    ("no `CRAM-MD5`", "(?m) CRAM-MD5 XOAUTH2 OAUTHBEARER$", ""),
    ("some replies say only", r"(?<=unrecognized) \(.*\)|(?<=address): there is no @domain", ""),
    ("some replies say only", r"(?<=parameter): .*(?=\)$)|(?<=Unable to process mail): .*", ""),
    ("the enhanced code of a bad reverse-path", r"(?<=^553 )5\.1\.7", "5.1.3"),
    ("the enhanced code of a bad reverse-path", r"^500 5\.1\.[37] (?=The address is too long$)", "500 "),
]


def alike(reply: str) -> str:
    """A reply without what the rows of FORGIVEN say of ours."""
    for _, pattern, without in FORGIVEN:
        reply = re.sub(pattern, without, reply)
    # Mailpit names its mechanisms in the order of chance.
    return re.sub("AUTH LOGIN PLAIN|AUTH PLAIN LOGIN", "AUTH LOGIN PLAIN", reply)


def outcome(server: Server, lines: list[str], *, implicit_tls: bool = False) -> tuple[list[str], int]:
    """All replies, and how many messages came of them."""
    before = server.get("/api/v1/messages?limit=1").json["total"]
    said = [alike(one) for one in replies(server.smtp_port, lines, implicit_tls=implicit_tls)]
    return said, server.get("/api/v1/messages?limit=1").json["total"] - before


def check(both: Pair, lines: list[str], *, implicit_tls: bool = False) -> None:
    """Hold that the same comes of these lines."""
    theirs, ours = (outcome(one, lines, implicit_tls=implicit_tls) for one in both)
    assert ours == theirs
