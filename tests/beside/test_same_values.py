"""Options mean the same to both: which value holds, what is then served, kept and asked for, and how it ends."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import signal
import smtplib
import socket
import ssl
import stat
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.beside.commands import Call, Programs, answers
from tests.beside.programs import Server, free_ports, is_open, mailpit, pair, sandbox
from tests.servers.smtp.serving import wait_until

MAIL = b"From: app@example.org\r\nTo: ann@example.com\r\nMessage-ID: <1@example.org>\r\nSubject: Hi\r\n\r\nHello\r\n"


def shown(folder: Path, *options: str, path: str = "/api/v1/webui", **variables: str) -> list[Any]:
    """What both answer at a path, started so."""
    with pair(folder, *options, **variables) as servers:
        return [one.get(path).json for one in servers]


def test_a_flag_holds_over_a_variable_and_the_last_of_two(tmp_path: Path) -> None:
    words = ("--label=first", "--label", " a \t b ", "--hide-delete-all-button=false", "--enable-chaos")
    theirs, ours = shown(tmp_path, *words, MP_LABEL="variable", MP_HIDE_DELETE_ALL_BUTTON="1")
    assert ours == theirs
    assert (ours["Label"], ours["HideDeleteAllButton"], ours["ChaosEnabled"]) == ("a b", False, True)


RELAY = """
host: relay.example # over the variable
port: 2525
allowed-recipients: '@example\\.com$'
blocked-recipients: "^ceo@"
override-from: Test <test@example.org>
preserve-message-ids: true
"""


def test_a_file_holds_over_variables(tmp_path: Path) -> None:
    (tmp_path / "relay.yaml").write_text(RELAY)
    family = {
        "HOST": "other.example",
        "PORT": "25",
        "RETURN_PATH": "bounces@example.org",
        "OVERRIDE_FROM": "a@b.example",
    }
    variables = {f"MP_SMTP_RELAY_{name}": value for name, value in family.items()}
    theirs, ours = shown(tmp_path, f"--smtp-relay-config={tmp_path}/relay.yaml", **variables)
    assert ours == theirs
    assert ours["MessageRelay"]["SMTPServer"] == "relay.example:2525"


@pytest.mark.parametrize("webroot", ["mail", "//mail//sub/..", "/m@il_1.x-y/"])
def test_the_path_of_the_page(tmp_path: Path, webroot: str) -> None:
    root = f"/{webroot.strip('/').partition('/')[0]}"
    with pair(tmp_path, f"--webroot={webroot}") as servers:
        for path in (f"{root}/api/v1/info", f"{root}/readyz", "/api/v1/info", "/readyz", root, "/"):
            there = [
                one.ask("GET", path) for one in (Server(x.name, x.url.rpartition(root)[0] or x.url, 0) for x in servers)
            ]
            assert there[1].status == there[0].status, path


ACCOUNTS = {
    "plain": "secret",
    "sha": "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    "ssha": "{SSHA}" + base64.b64encode(hashlib.sha1(b"secretsalt").digest() + b"salt").decode(),
    "bcrypt": "$2y$04$IyM3vQZ0K.KnTRFJOD7HAuqlwnVS5GNwKyfbTdkeBkoDVbBfgDJT2",
    "apr": "$apr1$DQTRYeFV$lBgkSWGBOnLUuIWPoCGi2/",
    "md5": "$1$abc$4lTSURpRmAg4Ge1HNGtFj/",
    "sha256": "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
}
GUESSES = [
    *((name, "secret") for name in ACCOUNTS),
    ("plain", "Secret"),
    ("plain", ""),
    ("Plain", "secret"),
    ("nobody", "secret"),
    ("sha", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="),
    ("", ""),
]


def statuses(server: Server) -> list[int]:
    """What is answered to each name and password."""
    found = [server.get("/api/v1/info").status]
    for name, password in GUESSES:
        word = base64.b64encode(f"{name}:{password}".encode()).decode()
        found.append(server.get("/api/v1/info", Authorization=f"Basic {word}").status)
    return found


@pytest.mark.parametrize("way", ["variable", "both"])
def test_who_comes_in(tmp_path: Path, way: str) -> None:
    lines = [f"{name}:{value}" for name, value in ACCOUNTS.items()]
    (tmp_path / "accounts").write_text("\n".join(lines) + "\n\n")
    options = [f"--ui-auth-file={tmp_path}/accounts"] if way == "both" else []
    with pair(tmp_path, *options, MP_UI_AUTH="other:word" if way == "both" else " ".join(lines)) as servers:
        theirs, ours = (statuses(one) for one in servers)
    assert ours == theirs


def test_who_sends(tmp_path: Path) -> None:
    with pair(tmp_path, MP_UI_AUTH="ann:secret", MP_SEND_API_AUTH="bob:word") as servers:
        theirs, ours = ([_sent(one, account) for account in ("", "ann:secret", "bob:word")] for one in servers)
    assert ours == theirs == [401, 401, 200]


def _sent(server: Server, account: str) -> int:
    body = {"From": {"Email": "app@example.org"}, "To": [{"Email": "ann@example.com"}]}
    given = {"Authorization": f"Basic {base64.b64encode(account.encode()).decode()}"} if account else {}
    return server.ask("POST", "/api/v1/send", body, Content_Type="application/json", **given).status


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A certificate and its key."""
    made = trustme.CA().issue_cert("localhost")
    made.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    made.private_key_pem.write_to_path(tmp_path / "key.pem")
    return str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")


def test_the_page_over_tls(programs: Programs, tmp_path: Path, files: tuple[str, str]) -> None:
    names = "--ui-tls-cert", "--ui-ssl-key"  # the latter is the former name
    for one in programs:
        smtp, page = free_ports(2)
        binds = (f"--smtp=127.0.0.1:{smtp}", f"--listen=127.0.0.1:{page}")
        with one.running(tmp_path, *binds, names[0], files[0], names[1], files[1]):
            wait_until(lambda page=page: is_open(page) and answers(page))
            trusting = ssl._create_unverified_context()
            with contextlib.closing(
                http.client.HTTPSConnection("127.0.0.1", page, timeout=60, context=trusting)
            ) as client:
                client.request("GET", "/api/v1/info")
                assert client.getresponse().status == 200
            assert one.call(tmp_path, "readyz", "--https", "--listen", f"127.0.0.1:{page}").status == 0
            assert one.call(tmp_path, "readyz", "--listen", f"127.0.0.1:{page}").status == 1


@pytest.mark.parametrize("option", ["--smtp-require-tls", "--smtp-tls-required", "--smtp-strict-rfc-headers"])
def test_mail_over_tls(tmp_path: Path, files: tuple[str, str], option: str) -> None:
    # Ours allows a login without TLS from the start, which Mailpit refuses beside these: both are told not to.
    calm = "--smtp-auth-allow-insecure=false"
    options = (f"--smtp-tls-cert={files[0]}", f"--smtp-tls-key={files[1]}", option, calm)
    with pair(tmp_path, *options) as servers:
        theirs, ours = (_replies(one, option == "--smtp-require-tls") for one in servers)
    assert ours == theirs


def _replies(server: Server, from_start: bool) -> list[int]:
    trusting = ssl._create_unverified_context()
    kind = smtplib.SMTP_SSL if from_start else smtplib.SMTP
    more = {"context": trusting} if from_start else {}
    with kind("127.0.0.1", server.smtp_port, timeout=60, **more) as client:
        replies = [client.ehlo()[0], client.docmd("MAIL", "FROM:<app@example.org>")[0], client.docmd("RSET")[0]]
        if not from_start:
            replies += [client.starttls(context=trusting)[0], client.ehlo()[0]]
        client.docmd("MAIL", "FROM:<app@example.org>")
        replies += [client.docmd("RCPT", "TO:<ann@example.com>")[0], client.docmd("DATA")[0]]
        client.send(b"Subject: x\r\n\r\ny\r\n.\r\n")
        return [*replies, client.getreply()[0]]


@pytest.mark.parametrize("mode", ["600", "0777"])
def test_socket_files(programs: Programs, tmp_path: Path, mode: str) -> None:
    found = []
    for number, one in enumerate(programs):
        smtp, page = tmp_path / f"smtp{number}", tmp_path / f"page{number}"
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(page))  # of a server that was killed
        with one.running(tmp_path, f"--smtp=unix:{smtp}:{mode}", f"--listen=unix:{page}:{mode}") as process:
            wait_until(lambda smtp=smtp, page=page: _accepts(smtp) and _accepts(page))
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(page))
                client.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                status = client.recv(100).split()[1]
            modes = [oct(stat.S_IMODE(file.stat().st_mode)) for file in (smtp, page)]
            process.terminate()
            found.append((status, modes, process.wait(60), smtp.exists(), page.exists()))
    assert found[1] == found[0] == (b"200", [f"0o{int(mode)}"] * 2, 0, False, False)


def _accepts(file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
        client.connect(str(file))
        return True
    return False


@pytest.mark.parametrize(
    ("number", "options"), [(signal.SIGTERM, ("--database=mail.db",)), (signal.SIGINT, ())], ids=["kept", "temporary"]
)
def test_an_end_by_a_signal(
    programs: Programs, tmp_path: Path, number: signal.Signals, options: tuple[str, ...]
) -> None:
    found = []
    for one in programs:
        folder = tmp_path / str(one is programs.ours)
        folder.mkdir()
        smtp, page = free_ports(2)
        with one.running(folder, f"--smtp=127.0.0.1:{smtp}", f"--listen=127.0.0.1:{page}", *options) as process:
            wait_until(lambda smtp=smtp, page=page: is_open(smtp) and is_open(page) and answers(page))
            with smtplib.SMTP("127.0.0.1", smtp, timeout=60) as client:  # a session is open meanwhile
                client.sendmail("app@example.org", ["ann@example.com"], MAIL)
                process.send_signal(number)
                status = process.wait(60)
                client.close()
        left = sorted(file.name for file in folder.iterdir() if not file.name.endswith(".lock"))
        found.append((status, left))
    assert found[1] == found[0] == (0, ["mail.db"] if options else [])


@pytest.mark.parametrize(
    ("first", "second", "file"),
    [("-d={}/mail.db", "--db-file={}/mail.db", "mail.db"), ("--database={}", "--database={}/mailpit.db", "mailpit.db")],
)
def test_mail_is_kept(tmp_path: Path, first: str, second: str, file: str) -> None:
    for start in (mailpit, sandbox):
        folder = tmp_path / start.__name__
        folder.mkdir()
        with start(folder, first.format(folder)) as server:
            identifier = server.send(MAIL)
        assert (folder / file).is_file()
        with start(folder, *second.format(folder).split("=")) as server:
            assert [one["ID"] for one in server.get("/api/v1/messages").json["messages"]] == [identifier]


def test_mail_is_kept_where_a_former_variable_says(tmp_path: Path) -> None:
    for start in (mailpit, sandbox):
        folder = tmp_path / start.__name__
        folder.mkdir()
        with start(folder, MP_DATA_FILE=str(folder / "old.db")) as server:
            server.send(MAIL)
        with start(folder, MP_DATA_FILE=str(folder / "old.db"), MP_DATABASE=str(folder / "new.db")) as server:
            assert server.get("/api/v1/messages").json["total"] == 0
        assert sorted(one.name for one in folder.glob("*.db")) == ["new.db", "old.db"]


KEYS = ("ID", "MessageID", "Read", "From", "To", "Subject", "Tags", "Attachments", "Snippet")


def test_a_database_of_mailpit_s_is_taken_over_and_stays(tmp_path: Path) -> None:
    database = tmp_path / "mail.db"
    with mailpit(tmp_path, f"--database={database}", "--tag=greeting=hello") as theirs:
        first = theirs.send(MAIL)
        theirs.send(MAIL.replace(b"<1@", b"<2@").replace(b"Hello", b"Bye"), "ann@example.com", "hidden@example.com")
        theirs.get(f"/api/v1/message/{first}")
        before = theirs.get("/api/v1/messages").json
    octets = database.read_bytes()
    with sandbox(tmp_path, f"--database={database}") as ours:
        after = ours.get("/api/v1/messages").json
        assert [{key: one[key] for key in KEYS} for one in after["messages"]] == [
            {key: one[key] for key in KEYS} for one in before["messages"]
        ]
        assert [after[key] for key in ("total", "unread", "tags")] == [
            before[key] for key in ("total", "unread", "tags")
        ]
    assert database.read_bytes() == octets
    with mailpit(tmp_path, f"--database={database}") as theirs:
        assert theirs.get("/api/v1/messages").json == before


def test_what_each_program_says_to_its_name(programs: Programs, tmp_path: Path) -> None:
    calls = [
        Call(words) for words in (("--help",), ("-h",), ("dump", "--help"), ("ingest", "-h"), ("readyz", "--help"))
    ]
    assert [[each.status for each in one.call_each(tmp_path, calls)] for one in programs] == [[0] * 5] * 2
