"""The same calls of commands do the same: what is sent, put in, dumped and answered, and whether it worked."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.beside.commands import Call, Program, Programs
from tests.beside.programs import Server, mailpit, pair, sandbox
from tests.beside.real_server import Letter, RealServer, real_server
from tests.servers.smtp.serving import wait_until

HEADER = (
    b"From: Shop <shop@example.org>\nTo: Ann <ann@example.com>, bob@example.com\nCc: carl@example.com\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.org>\nSubject: Hi\n"
)
MAIL = HEADER + b"\nHello\n.dot\n"


def shape(letter: Letter) -> tuple[str, list[str], bytes | None]:
    """The name of the client, the envelope and the octets; how commands are spelled does not matter."""
    return letter.commands[0].lower(), letter.envelope, letter.raw


def sent(program: Program, folder: Path, calls: Sequence[Call]) -> list[tuple[bool, list[Any]]]:
    """Whether `sendmail` worked each time, and what it sent to a server, whose address is `SERVER` in words."""
    with ExitStack() as stack:
        servers = [stack.enter_context(real_server()) for _ in calls]
        ended = program.call_each(folder, [_to(real, one) for real, one in zip(servers, calls, strict=True)])
        return [
            (one.status == 0, [shape(letter) for letter in real.taken()])
            for one, real in zip(ended, servers, strict=True)
        ]


def _to(real: RealServer, call: Call) -> Call:
    place = f"127.0.0.1:{real.port}"
    words = ("sendmail", *(one.replace("SERVER", place) for one in call.words))
    return Call(words, call.stdin, {name: value.replace("SERVER", place) for name, value in call.variables.items()})


CALLS = """
-S SERVER eve@example.com
-S SERVER
-S SERVER -t
-S SERVER -t -i
-SSERVER -ti
-S=SERVER -it -fapp@example.org
-S SERVER -t -f app@example.org
-S SERVER -f=app@example.org eve@example.com
--smtp-addr SERVER --from app@example.org eve@example.com fay@example.com
--smtp-addr=SERVER --from=app@example.org eve@example.com
eve@example.com -S SERVER -f app@example.org
-S SERVER -oi eve@example.com
-S SERVER -oi -t -v
-S SERVER -F Shop -B8BITMIME -eq eve@example.com
-S SERVER -- eve@example.com
-S SERVER eve@example.com eve@example.com
-S SERVER root
"""


def test_sendmail_as_programs_call_it(programs: Programs, tmp_path: Path) -> None:
    lines = CALLS.strip().splitlines()
    theirs, ours = (sent(one, tmp_path, [Call(line.split(), MAIL) for line in lines]) for one in programs)
    assert dict(zip(lines, ours, strict=True)) == dict(zip(lines, theirs, strict=True))
    assert all(is_done for is_done, _ in theirs)


def test_sendmail_from_somebody_with_a_name(programs: Programs, tmp_path: Path) -> None:
    names = ("Shop <shop@example.org>", '"Shop, Inc" <shop@example.org>', "<shop@example.org>")
    calls = [Call(["-S", "SERVER", "-f", one, "eve@example.com"], MAIL) for one in names]
    theirs, ours = (sent(one, tmp_path, calls) for one in programs)
    assert ours == theirs
    assert [letters[0][1] for _, letters in theirs] == [["shop@example.org", "eve@example.com"]] * 3


def test_sendmail_by_variables(programs: Programs, tmp_path: Path) -> None:
    calls = [
        Call([], MAIL, {"MP_SENDMAIL_SMTP_ADDR": "SERVER", "MP_SENDMAIL_FROM": "App <app@example.org>"}),
        Call(
            ["-f", "eve@example.org"], MAIL, {"MP_SENDMAIL_SMTP_ADDR": "SERVER", "MP_SENDMAIL_FROM": "app@example.org"}
        ),
        Call(["-S", "SERVER"], MAIL, {"MP_SENDMAIL_SMTP_ADDR": "127.0.0.1:9"}),
    ]
    theirs, ours = (sent(one, tmp_path, calls) for one in programs)
    assert ours == theirs
    assert all(is_done for is_done, _ in theirs)


TEXTS = [
    MAIL.replace(b"\n", b"\r\n"),
    MAIL.rstrip(b"\n"),
    HEADER,
    HEADER + b"\n",
    HEADER + b"\n.\n..\n",
    HEADER + "\nGrüße\n".encode(),
    HEADER + b"X-Long: a\n b\n\tc\n\nx\n",
    HEADER.replace(b"Ann <ann@example.com>, bob@example.com", b"undisclosed-recipients:;") + b"\nx\n",
    HEADER.replace(b"Cc:", b"CC:").replace(b"To:", b"to:") + b"\nx\n",
    HEADER + b"\n" + b"x" * 5000 + b"\n",
    HEADER + b"\nnul \0 here\n",
]


def test_sendmail_of_texts(programs: Programs, tmp_path: Path) -> None:
    theirs, ours = (sent(one, tmp_path, [Call(["-S", "SERVER"], text) for text in TEXTS]) for one in programs)
    assert ours == theirs
    assert all(is_done for is_done, _ in theirs)


def test_sendmail_that_cannot(programs: Programs, tmp_path: Path) -> None:
    lines = ("-S 127.0.0.1:9 a@example.com", "-S unix:/nowhere a@example.com", "-Z", "-S nonsense a@b")
    calls = [Call(one.split(), MAIL) for one in lines]
    assert [sent(one, tmp_path, calls) for one in programs] == [[(False, [])] * 4] * 2


def test_sendmail_explains_itself(programs: Programs, tmp_path: Path) -> None:
    for one in programs:
        ended = one.call_each(tmp_path, [Call(("sendmail", "--help")), Call(("sendmail", "-h"))])
        assert [(each.status, "-S" in each.said) for each in ended] == [(0, True)] * 2


DIALOGUE = (
    b"EHLO me\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nSubject: x\r\n\r\ny\r\n.\r\nQUIT\r\n"
)


def test_smtp_over_the_standard_streams(programs: Programs, tmp_path: Path) -> None:
    heard = []
    for one in programs:
        with real_server() as real:
            words = ("sendmail", "-bs", "-S", f"127.0.0.1:{real.port}")
            calls = [Call(words, text) for text in (DIALOGUE, b"EHLO me\r\n", b"", b"QUIT\r\nNOOP\r\n")]
            ended = [(each.status, each.said) for each in one.call_each(tmp_path, calls)]
            heard.append((ended, [(letter.commands, letter.raw) for letter in real.taken()]))
    assert heard[1] == heard[0]


def test_sendmail_by_a_socket_file(programs: Programs, tmp_path: Path) -> None:
    for number, server in enumerate(programs):
        file = tmp_path / f"smtp{number}"
        with server.running(tmp_path, f"--smtp=unix:{file}:660", "--listen=127.0.0.1:0"):
            wait_until(file.exists)
            place = f"unix:{file}"
            ended = [one.call(tmp_path, "sendmail", "-S", place, "ann@example.com", stdin=MAIL) for one in programs]
            assert [one.status for one in ended] == [0, 0]


@pytest.mark.parametrize(("name", "words"), [("sendmail", []), ("my-Send.sh", []), ("sendmail", ["sendmail"])])
def test_by_its_name_the_program_is_sendmail(programs: Programs, tmp_path: Path, name: str, words: list[str]) -> None:
    place = tmp_path / name
    found = []
    for one in programs:
        place.unlink(missing_ok=True)
        if one is programs.theirs:
            place.symlink_to(one.command[0])
        else:
            place.write_text(f"#!{one.command[0]}\nfrom mailpit_py.cli.program import run\nrun()\n")
            place.chmod(0o755)
        named = Program((str(place),), one.variables)
        with real_server() as real:
            place_of_server = f"127.0.0.1:{real.port}"
            ended = named.call(tmp_path, *words, "-S", place_of_server, "-t", "-i", stdin=MAIL)
            found.append((ended.status, [shape(letter) for letter in real.taken()]))
    assert found[1] == found[0]
    assert found[0][0] == 0


FILES = {
    "1.eml": MAIL,
    "sub/2.eml": MAIL.replace(b"\n", b"\r\n"),
    "sub/deep/3.txt": b"Return-Path: <bounces@example.org>\n" + MAIL,
    "4.eml": b"From: me@example.org\nSubject: to nobody\n\nx\n",
    "5.eml": b"Bcc: dora@example.com\n" + MAIL,
    "6.eml": "From: me@example.org\nTo: büro@example.com\nSubject: ü\n\nü\n".encode(),
}


def put_in(program: Program, server: Server, folder: Path, *words: str) -> list[Any]:
    server.empty()
    program.call(folder, "ingest", "-S", f"127.0.0.1:{server.smtp_port}", *words)
    found = []
    for row in server.get("/api/v1/messages").json["messages"]:
        message = server.get(f"/api/v1/message/{row['ID']}").json
        found.append([message[key] for key in ("Subject", "ReturnPath", "From", "To", "Cc", "Bcc", "Text")])
    return sorted(found, key=repr)


@pytest.mark.parametrize(
    "words",
    [
        ["mail"],
        ["mail/1.eml", "mail/sub"],
        ["--recent=1", "mail"],
        ["--max-message-size=1", "mail"],
        ["-r", "0", "--max-message-size", "0", "mail"],
    ],
    ids=" ".join,
)
def test_ingest(programs: Programs, both: Any, tmp_path: Path, words: list[str]) -> None:
    for name, content in FILES.items():
        file = tmp_path / "mail" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (tmp_path / "mail" / "large.eml").write_bytes(MAIL + b"x" * (1 << 20))
    os.utime(tmp_path / "mail" / "sub" / "2.eml", (0, 0))
    # Either program into either server, so that what differs is neither's alone.
    for server in both:
        theirs, ours = (put_in(one, server, tmp_path, *words) for one in programs)
        assert ours == theirs


@pytest.mark.parametrize("words", [[], ["--again"], ["-v", "--max-message-size=1"]], ids=" ".join)
def test_dump_of_either_server_by_either_program(
    programs: Programs, both: Any, tmp_path: Path, words: list[str]
) -> None:
    for server in both:
        server.empty()
        ids = [server.send(MAIL.replace(b"\n", b"\r\n")), server.send(MAIL + b"x" * (1 << 20) + b"\r\n")]
        found, times = [], []
        for number, one in enumerate(programs):
            out = tmp_path / f"{server.name}{number}"
            if words == ["--again"]:
                out.mkdir()
                (out / f"{ids[0]}.eml").write_bytes(b"as it was")
                os.utime(out / f"{ids[0]}.eml", (0, 0))
            more = [word for word in words if word != "--again"]
            assert one.call(tmp_path, "dump", "--http", f"{server.url}/", *more, str(out)).status == 0
            files = sorted(out.iterdir())
            found.append({file.name: file.read_bytes() for file in files})
            times.append([file.stat().st_mtime for file in files])
        assert found[1] == found[0]
        assert times[1] == pytest.approx(times[0], abs=0.002)  # API v1 tells milliseconds
        assert set(found[0]) == {f"{one}.eml" for one in (ids if "--max-message-size=1" not in words else ids[:1])}


def test_dump_of_a_database(programs: Programs, tmp_path: Path) -> None:
    for one, start in zip(programs, (mailpit, sandbox), strict=True):
        folder = tmp_path / str(one is programs.ours)
        folder.mkdir()
        with start(folder, "--database=mail.db") as server:
            identifier = server.send(MAIL.replace(b"\n", b"\r\n"))
            raw = server.get(f"/api/v1/message/{identifier}/raw").body
        assert one.call(folder, "dump", "--database", "mail.db", "out").status == 0
        assert {file.name: file.read_bytes() for file in (folder / "out").iterdir()} == {f"{identifier}.eml": raw}
        assert one.call(folder, "reindex", "mail.db").status == 0
        assert one.call(folder, "reindex", "nowhere/mail.db").status != 0
        with start(folder, "--database=mail.db") as server:
            assert server.get("/api/v1/search?query=Hello").json["messages_count"] == 1


READY = """
-l PLACE|0; --listen=PLACE --wait --timeout=1m30s|0; -l PLACE --https=false --wait=false|0; -l PLACE --timeout .5s|0
-l PLACE --https|1; -l PLACE --webroot=/nowhere|1; -l 127.0.0.1:9|1; -l 127.0.0.1:9 --wait --timeout=100ms|1
--timeout=x|1; --nonsense|1
"""


def test_readyz(programs: Programs, both: Any, tmp_path: Path) -> None:
    cases = dict(one.strip().split("|") for line in READY.strip().splitlines() for one in line.split(";"))
    expected = {words: status != "0" for words, status in cases.items()}
    for one, server in zip(programs, both, strict=True):
        place = server.url.removeprefix("http://")
        ended = one.call_each(tmp_path, [Call(["readyz", *words.replace("PLACE", place).split()]) for words in cases])
        assert dict(zip(cases, (bool(each.status) for each in ended), strict=True)) == expected


def test_readyz_by_variables(programs: Programs, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts"
    accounts.write_text("ann:secret\n")
    with pair(tmp_path, "--webroot=/mail", f"--ui-auth-file={accounts}") as servers:
        for one, server in zip(programs, servers, strict=True):
            place = re.sub(r"^http://|/mail$", "", server.url)
            named = {"MP_UI_BIND_ADDR": place, "MP_WEBROOT": "mail/"}
            statuses = [
                one.call(tmp_path, "readyz", **named).status,
                one.call(tmp_path, "readyz", MP_UI_BIND_ADDR=place).status,
                one.call(tmp_path, "readyz", **named, MP_UI_TLS_CERT="cert.pem").status,
            ]
            assert statuses == [0, 1, 1]


def test_version(programs: Programs, tmp_path: Path) -> None:
    said = [one.call(tmp_path, "version", "--no-release-check") for one in programs]
    assert [one.status for one in said] == [0, 0]
    assert [" on linux/" in said[0].said, ", linux/" in said[1].said] == [True, True]
