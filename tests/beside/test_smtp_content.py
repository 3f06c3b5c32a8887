"""What differs on purpose in the content of mail by SMTP: where it ends, what is refused, and what is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.beside.programs import Pair, Server, pair
from tests.beside.table import differs
from tests.beside.talking import HELLO, MAIL, RCPT, codes, replies, talking

OPENING = [HELLO, MAIL, RCPT, "DATA"]


def ending(server: Server, content: str) -> str:
    """The reply to this content and its end."""
    return replies(server.smtp_port, [*OPENING, f"{content}\r\n."])[-1]


def stored(server: Server, public_id: str) -> bytes:
    """The octets that are kept of a message."""
    return server.get(f"/api/v1/message/{public_id}/raw").body


@differs("a header section that cannot be read is refused (451)")
@pytest.mark.parametrize(
    "content", ["no header", "a: b\r\nno field\r\n\r\nx", "From ann\r\na: b\r\n\r\nx", "a: b\r\n..\r\n\r\nx"]
)
def test_a_broken_header_section(theirs: Server, ours: Server, content: str) -> None:
    assert ending(theirs, content) == "451 4.3.5 Unable to process mail"
    assert ending(ours, content) == "250 2.0.0 Ok: queued as ID"


@differs("a line that ends in CR CR LF")
def test_cr_cr_lf(both: Pair) -> None:
    theirs, ours = (stored(one, one.send(b"Subject: a\r\r\n\r\r\nx\r\r\n")) for one in both)
    assert theirs.endswith(b"\r\nSubject: a\r\n\r\nx\r\n")
    assert ours == b"Subject: a\r\r\n\r\r\nx\r\r\n"


@differs("a bare LF ends a line of content")
def test_a_dot_behind_a_bare_lf(both: Pair) -> None:
    found = []
    for server in both:
        with talking(server.smtp_port) as client:
            client.send(b"HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<r@e.com>\r\nDATA\r\n")
            client.send(b"a: b\r\n\r\nx\n..y\r\n.\r\n")
            public_id = [client.reply() for _ in range(6)][-1].rpartition(" ")[2]
        found.append(stored(server, public_id).rpartition(b"a: b\r\n\r\n")[2])
    assert found == [b"x\n.y\r\n", b"x\n..y\r\n"]


@differs("a bare LF ends a line of content")
def test_smuggling(theirs: Server, ours: Server) -> None:
    # Behind the end that only one of them sees stand a second message, and the end that both see.
    second = "MAIL FROM:<mallory@e.com>\r\nRCPT TO:<r@e.com>\r\nDATA\r\nc: d\r\n\r\n"
    for server, count in ((theirs, 5), (ours, 2)):
        with talking(server.smtp_port) as client:
            for line in OPENING:
                client.send(f"{line}\r\n".encode())
            client.send(f"a: b\r\n\r\nx\n.\r\n{second}.\r\nQUIT\r\n".encode())
            said = [client.reply()[:3] for _ in range(5 + count)]
        assert said[5:] == {5: ["250", "250", "250", "354", "250"], 2: ["250", "221"]}[count]


@differs("a bare LF ends a line of content")
def test_a_message_that_is_typed(theirs: Server, ours: Server) -> None:
    typed = b"HELO x\nMAIL FROM:<s@e.com>\nRCPT TO:<r@e.com>\nDATA\na: b\n\nx\n.\n"
    for server, count in ((theirs, 1), (ours, 2)):
        before = server.get("/api/v1/messages").json["total"]
        with talking(server.smtp_port) as client:
            client.send(typed)
            assert [client.reply()[:3] for _ in range(5)] == ["220", "250", "250", "250", "354"]
            client.send(b".\r\n")
            # What was typed is a message by itself here, and the dot after it no command.
            assert [client.reply()[:3] for _ in range(count)] == ["250", "500"][:count]
        assert server.get("/api/v1/messages").json["total"] == before + 1


@differs("a failed DATA leaves its recipients")
def test_a_message_that_is_too_large(tmp_path: Path) -> None:
    over = b"a: b\r\n\r\n" + (b"x" * 998 + b"\r\n") * 1049  # its last line is beyond 1 MiB
    expected = {"mailpit": ["552", "250", "500"], "mailpit-py": ["552", "503"]}
    with pair(tmp_path, "--max-message-size=1") as both:
        for server in both:
            with talking(server.smtp_port) as client:
                client.send("".join(f"{line}\r\n" for line in OPENING).encode())
                assert [client.reply()[:3] for _ in range(5)][-1] == "354"
                client.send(over)
                said = [client.reply()[:3]] if server.name == "mailpit" else []  # in the middle of the message
                # To one this is a recipient and an unknown command, to the other the end of the message.
                client.send(b"RCPT TO:<other@e.com>\r\n.\r\n" + b"RCPT TO:<other@e.com>\r\n" * (not said))
                said += [client.reply()[:3] for _ in range(2)]
            assert said == expected[server.name]


@differs("a failed DATA leaves its recipients")
def test_after_a_refused_message(both: Pair, tmp_path: Path) -> None:
    lines = [*OPENING, "no header\r\n.", "MAIL FROM:<t@e.com>", "RCPT TO:<other@e.com>"]
    assert codes(both.theirs.smtp_port, lines) == "250 250 250 354 451 503 250"
    with pair(tmp_path, "--smtp-strict-rfc-headers") as strict:
        assert codes(strict.theirs.smtp_port, lines) == "250 250 250 354 451 503 250"
        assert codes(strict.ours.smtp_port, lines) == "250 250 250 354 451 250 250"


@differs("`--smtp-strict-rfc-headers` refuses what cannot be read at all", "a header section that cannot be read")
def test_strict_headers(tmp_path: Path) -> None:
    with pair(tmp_path, "--smtp-strict-rfc-headers") as (theirs, ours):
        for content in ("a: b\n\nx", "a: b\r\r\n\r\nx", ": b\r\n\r\nx", "a b: c\r\n\r\nx", "\xe4: c\r\n\r\nx"):
            assert (content, ending(theirs, content)) == (content, "250 2.0.0 Ok: queued as ID")
            assert (content, ending(ours, content)[:26]) == (content, "451 4.3.5 Unable to proces")
        for content in ("no header", "a: b\r\nno field\r\n\r\nx"):
            assert [ending(one, content)[:9] for one in (theirs, ours)] == ["451 4.3.5"] * 2
