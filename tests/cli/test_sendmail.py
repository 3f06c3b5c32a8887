"""`sendmail` as programs call it: what reaches the sandbox, and which exit code tells what."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailpit_py.cli import program, sendmail
from mailpit_py.config import Config
from mailpit_py.mail import read
from mailpit_py.node import Node
from tests.cli.conftest import address, invoke, newest

HEADER = b"From: Shop <shop@example.org>\nTo: ann@example.com\nDate: Mon, 23 Nov 2026 12:00:00 +0000\n"
MAIL = HEADER + b"Message-ID: <1@example.org>\nSubject: Order\n\nThank you\n.\nand more\n"


def send(node: Node, *words: str, stdin: bytes = MAIL, **variables: str):
    return invoke("sendmail", "-S", address(node), *words, stdin=stdin, **variables)


def envelope(node: Node) -> tuple[str, list[str]]:
    found = newest(node)[0].envelope
    return found.reverse_path, [one.address for one in found.recipients]


def test_a_message_arrives_as_it_was_with_crlf(node: Node) -> None:
    assert send(node, "-f", "app@example.org", "bob@example.com").exit_code == 0
    assert envelope(node) == ("app@example.org", ["bob@example.com"])
    assert newest(node)[1] == MAIL.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("words", "recipients"),
    [
        ((), ["ann@example.com", "carl@example.com", "dora@example.com"]),
        (("-t",), ["ann@example.com", "carl@example.com", "dora@example.com"]),
        (("-t", "eve@example.com"), ["eve@example.com", "ann@example.com", "carl@example.com", "dora@example.com"]),
        (("eve@example.com", "fay@example.com"), ["eve@example.com", "fay@example.com"]),
        (("eve@example.com,fay@example.com",), ["eve@example.com", "fay@example.com"]),
        (('"E, ve" <eve@example.com>, <fay@example.com>',), ["eve@example.com", "fay@example.com"]),
    ],
)
def test_recipients_are_named_or_taken_from_the_header(node: Node, words, recipients) -> None:
    without_bcc = b"Cc: Carl <carl@example.com>\n" + MAIL
    stdin = without_bcc.replace(MAIL, b"Bcc: dora@example.com,\n ann@example.com\n" + MAIL)
    assert send(node, "-fapp@example.org", *words, stdin=stdin).exit_code == 0
    assert sorted(envelope(node)[1]) == sorted(recipients)
    assert newest(node)[1] == (stdin if "-t" not in words else without_bcc).replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    "words",
    [
        ("-t", "-i"),
        ("-ti", "-fapp@example.org"),
        ("-oi", "-t", "-odb", "-oem"),
        ("-i", "-B8BITMIME", "-O", "DeliveryMode=b", "-v", "-t"),
        ("-t", "-em", "-G", "-n", "-U", "-L", "tag"),
    ],
)
def test_flags_of_sendmail_are_understood(node: Node, words) -> None:
    assert send(node, *words).exit_code == 0
    assert envelope(node)[1] == ["ann@example.com"]


def test_what_sendmail_would_add_is_added(node: Node) -> None:
    assert send(node, "-f", "app@example.org", "-F", "Jörg App", "ann@example.com", stdin=b"Subject: x\n\nHi\n")
    message = read(newest(node)[1])
    assert [(one.name, one.address) for one in message.from_] == [("Jörg App", "app@example.org")]
    assert message.date is not None
    assert message.message_id.endswith(f"@{socket.gethostname()}")
    assert message.subject == "x"


def test_a_text_without_a_header_section_gets_one(node: Node) -> None:
    assert send(node, "ann@example.com", stdin=b"just a text\n").exit_code == 0
    assert read(newest(node)[1]).text == "just a text\n"


def test_the_line_between_messages_of_a_mailbox_is_left_out(node: Node) -> None:
    assert send(node, stdin=b"From app Mon Nov 23 12:00:00 2026\n" + MAIL).exit_code == 0
    assert newest(node)[1] == MAIL.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("words", "reverse_path"),
    [
        (("-f", "<>"), ""),
        (("-f", "<app@example.org>"), "app@example.org"),
        (("--from=app@example.org",), "app@example.org"),
        (("-r", "app@example.org"), "app@example.org"),
        (("-f=App <app@example.org>",), "app@example.org"),
    ],
)
def test_the_reverse_path_is_named(node: Node, words, reverse_path) -> None:
    assert send(node, *words).exit_code == 0
    assert envelope(node)[0] == reverse_path


def test_variables_name_server_and_reverse_path(node: Node) -> None:
    variables = {"MP_SENDMAIL_SMTP_ADDR": address(node), "MP_SENDMAIL_FROM": "variable@example.org"}
    assert invoke("sendmail", "-t", stdin=MAIL, **variables).exit_code == 0
    assert envelope(node)[0] == "variable@example.org"


def test_reports_are_asked_for(node: Node) -> None:
    assert send(node, "-N", "failure,delay", "-R", "hdrs", "-V", "a+b=c", "ann@example.com").exit_code == 0
    found = newest(node)[0].envelope
    assert (found.ret, found.envid, found.recipients[0].notify) == ("HDRS", "a+2Bb+3Dc", "FAILURE,DELAY")


def test_addresses_beyond_ascii_are_sent(node: Node) -> None:
    assert send(node, "-f", "jörg@example.org", "ünal@example.com").exit_code == 0
    assert envelope(node) == ("jörg@example.org", ["ünal@example.com"])


@pytest.mark.parametrize(
    ("words", "stdin", "status", "said"),
    [
        (("bounce+mailbox_full@bounce.test",), MAIL, 75, "452 4.2.2"),
        (("bounce+5.7.1@bounce.test",), MAIL, 69, "5.7.1"),
        (("bounce+unknown_user@bounce.test",), MAIL, 67, "550 5.1.1"),
        (("defer-4.2.1@bounce.test",), MAIL, 75, "4.2.1"),
        (("ann@example.com", "bounce+unknown_user@bounce.test"), MAIL, 67, "550 5.1.1"),
        ((), b"Subject: nobody\n\n", 64, "there is no recipient"),
        (("a b@example.com",), MAIL, 65, "'a b@example.com' is not an address"),
        (("-f", "a\nRCPT TO:<x@y>"), MAIL, 65, "is not an address"),
        (("-bd",), MAIL, 64, "-bd is not supported"),
        (("-Z",), MAIL, 64, "No such option"),
        (("-S", "here:port"), MAIL, 64, "-S: write it as host:port"),
        (("-S", "127.0.0.1:9"), MAIL, 69, "no SMTP server can be used at 127.0.0.1:9"),
        (("ann@example.com",), MAIL + b"x" * (1 << 20), 69, "552 5.3.4"),
    ],
)
def test_what_goes_wrong_is_said_with_an_exit_code(node: Node, words, stdin, status, said) -> None:
    result = send(node, *words, stdin=stdin)
    assert (result.exit_code, said in result.stderr) == (status, True), result.stderr


@pytest.mark.parametrize(
    ("replies", "status", "said"),
    [
        (b"554 5.3.2 not now\r\n", 69, "answers 554 5.3.2 not now"),
        (b"421 4.3.2 later\r\n", 75, "answers 421 4.3.2 later"),
        (b"220 here\r\n500 what\r\n500 what\r\n221 bye\r\n", 69, "no SMTP server can be used"),
    ],
)
def test_a_server_that_takes_nobody_is_quoted_and_left(replies: bytes, status: int, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as pool:
        heard = pool.submit(turn_away, listener, replies)
        result = invoke("sendmail", "-S", f"127.0.0.1:{listener.getsockname()[1]}", "-t", stdin=MAIL)
        assert heard.result(60).endswith(b"quit\r\n" if replies.startswith(b"220") else b"")
    assert (result.exit_code, said in result.stderr) == (status, True), result.stderr


def turn_away(listener: socket.socket, replies: bytes) -> bytes:
    """Say this to one client, whatever it says; return that once it has ended the connection."""
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as octets:
        connection.sendall(replies)
        return octets.read()


def test_a_call_for_help_is_answered() -> None:
    assert "MAIL FROM" in invoke("sendmail", "-h").output


def test_the_queue_is_empty() -> None:
    assert invoke("sendmail", "-bp").output == "Mail queue is empty\n"
    assert invoke("sendmail", "-bi").exit_code == 0


def test_a_wrong_call_of_the_program_is_a_usage_error_of_sysexits() -> None:
    assert program.sendmail(["--nonsense"]) == sendmail.EX_USAGE


def test_the_name_of_the_command_behind_that_of_the_program_is_passed_over() -> None:
    assert program.sendmail(["sendmail", "-bp"]) == sendmail.EX_OK
    assert program.sendmail(["sendmail", "--nonsense"]) == sendmail.EX_USAGE


@pytest.mark.parametrize("name", ["sendmail", "/usr/sbin/SendMail", "my-send.sh"])
def test_the_program_is_sendmail_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("sys.argv", [name])
    assert program.is_sendmail()


def test_lines_that_end_in_two_carriage_returns_end_in_one(node: Node) -> None:
    assert send(node, "ann@example.com", stdin=MAIL.replace(b"\n", b"\r\r\n")).exit_code == 0
    assert newest(node)[1] == MAIL.replace(b"\n", b"\r\n")


def test_a_socket_file_is_reached_and_tls_is_used_where_it_is_offered(tmp_path: Path) -> None:
    unix = f"unix:{tmp_path}/smtp:600"
    with Node(Config(smtp=unix, listen="127.0.0.1:0")) as node:
        assert invoke("sendmail", "-S", f"unix:{tmp_path}/smtp", "-t", stdin=MAIL).exit_code == 0
        assert newest(node)[1] == MAIL.replace(b"\n", b"\r\n")
    with Node(
        Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", smtp_tls_cert="auto", smtp_require_starttls=True)
    ) as node:
        assert send(node, "-t").exit_code == 0
        session = newest(node)[0].session
        assert session is not None
        assert session.session.tls_version.startswith("TLSv1")
