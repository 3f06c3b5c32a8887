"""Real clients fetch every message of the corpus, and what they have is what is stored."""

from __future__ import annotations

import mailbox
import poplib
import shutil
import subprocess
from pathlib import Path

import pytest

from mailpit_py.application.account import Accounts
from mailpit_py.mail.wire import with_crlf
from mailpit_py.servers.tls import ServerTls
from mailpit_py.storage import Store
from tests.servers.smtp.serving import TIMEOUT

CORPUS = sorted((Path(__file__).parents[2] / "messages").glob("*.eml"))
HOSTILE = [
    b"Subject: bare\n\n.\n..\nlast",
    b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n\r\n",
    b"Subject: no body\r\n",
    b"\r\n\r\nno header\r\n",
    b"Subject: nul\r\n\r\na\0b\xff\xfe\r\n",
    "Subject: grüße\r\nFrom: ä@ö.test\r\n\r\nüber\r\n".encode(),
]
ACCOUNTS = Accounts.parse("ann:sesame open")


@pytest.fixture
def corpus(mail) -> list[bytes]:
    """What the store has, in its order."""
    raws = [path.read_bytes() for path in CORPUS] + HOSTILE
    for raw in raws:
        mail(raw)
    return raws


def run(*command: str | int | Path, folder: Path) -> str:
    program = str(command[0])
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "FETCHMAILHOME": str(folder)}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, stdin=-3, stdout=-1, stderr=-2, timeout=60, check=False
    )
    output = done.stdout.decode("latin-1")
    assert done.returncode == 0, output
    return output


def private(path: Path, text: str) -> Path:
    """A file that its owner alone can read, as these clients ask for."""
    path.touch(0o600)
    path.write_text(text)
    return path


def test_poplib_reads_every_message_octet_by_octet(serve, corpus) -> None:
    client = poplib.POP3("127.0.0.1", serve().port, timeout=TIMEOUT)
    client.user("everything")
    client.pass_("x")
    sizes = [int(line.split()[1]) for line in client.list()[1]]
    assert client.stat() == (len(corpus), sum(sizes))
    for number, raw in enumerate(corpus, 1):
        lines = client.retr(number)[1]
        assert b"".join(line + b"\r\n" for line in lines) == with_crlf(raw)
        assert sizes[number - 1] == len(with_crlf(raw))
    client.quit()


def test_curl_reads_every_message(serve, corpus, tmp_path: Path) -> None:
    port = serve(accounts=ACCOUNTS).port
    numbers = f"[1-{len(corpus)}]"
    run("curl", "-sS", "-u", "ann:sesame open", f"pop3://127.0.0.1:{port}/{numbers}", "-o", "#1", folder=tmp_path)
    for number, raw in enumerate(corpus, 1):
        assert (tmp_path / str(number)).read_bytes() == with_crlf(raw)


def test_curl_lists_inside_tls(serve, corpus, tmp_path: Path, tls: ServerTls) -> None:
    port = serve(ssl_context=tls.context, starttls=True).port
    listed = run(
        "curl", "-sS", "--ssl-reqd", "--cacert", tls.ca_path, "-u", "x:y", f"pop3://localhost:{port}/", folder=tmp_path
    )
    assert [int(line.split()[1]) for line in listed.split("\n") if line] == [len(with_crlf(raw)) for raw in corpus]


def test_mpop_takes_each_message_once(serve, corpus, store: Store, tmp_path: Path, tls: ServerTls) -> None:
    port = serve(accounts=ACCOUNTS, ssl_context=tls.context, starttls=True).port
    mailbox.Maildir(tmp_path / "inbox").close()
    settings = private(
        tmp_path / "mpoprc",
        f"account x\nhost localhost\nport {port}\nuser ann\npassword sesame open\ntls on\ntls_starttls on\n"
        f"tls_trust_file {tls.ca_path}\nuidls_file {tmp_path}/uidls\ndelivery maildir {tmp_path}/inbox\n"
        "received_header off\nkeep on\n",
    )
    for _ in range(2):
        run("mpop", "-C", settings, "x", folder=tmp_path)
    taken = [path.read_bytes() for path in (tmp_path / "inbox" / "new").iterdir()]
    assert sorted(taken) == sorted(with_crlf(raw).replace(b"\r\n", b"\n") for raw in corpus)
    assert store.counts().total == len(corpus)
    run("mpop", "-C", settings, "--keep=off", "x", folder=tmp_path)
    assert (store.counts().total, store.count(mailbox="Trash")) == (0, len(corpus))


def test_fetchmail_fetches_and_deletes(serve, mail, store: Store, tmp_path: Path) -> None:
    raws = [path.read_bytes() for path in CORPUS if path.name in ("dsn.eml", "newsletter.eml", "forwarded.eml")]
    for raw in raws:
        mail(raw)
    settings = private(
        tmp_path / "fetchmailrc",
        f'poll 127.0.0.1 protocol pop3 port {serve().port} no envelope\n  user "bounces" password "x" sslproto ""\n'
        f'  mda "cat >> {tmp_path}/out"\n',
    )
    run("fetchmail", "-f", settings, "--nosyslog", "--fetchall", folder=tmp_path)
    out = (tmp_path / "out").read_bytes()
    for raw in raws:
        assert with_crlf(raw).replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip() in out
    assert (store.counts().total, store.count(mailbox="Trash")) == (0, len(raws))


def test_getmail_takes_each_message_once(serve, corpus, store: Store, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    private(  # by a program, since it puts nothing into a Maildir as root
        tmp_path / "getmailrc",
        f"[retriever]\ntype = SimplePOP3Retriever\nserver = 127.0.0.1\nport = {serve().port}\nusername = ann\n"
        "password = x\n[destination]\ntype = MDA_external\npath = /bin/sh\nallow_root_commands = true\n"
        f'arguments = ("-c", "cat > $(mktemp {tmp_path}/inbox/XXXXXX)")\n'
        "[options]\ndelete = false\nread_all = false\ndelivered_to = false\nreceived = false\n",
    )
    for _ in range(2):
        run("getmail", "--getmaildir", tmp_path, folder=tmp_path)
    assert len(list((tmp_path / "inbox").iterdir())) == len(corpus)
    assert store.counts().total == len(corpus)
