"""Real clients read, mark, move and delete by IMAP, and what they have is what is stored."""

from __future__ import annotations

import imaplib
import json
import mailbox
import re
import ssl
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mailpit_py.application.account import Accounts
from mailpit_py.mail.imap import Section, section
from mailpit_py.mail.wire import with_crlf
from mailpit_py.servers.tls import ServerTls
from mailpit_py.storage import Selection, Store
from tests.mail.answer import numbered
from tests.servers.client import CORPUS, HOSTILE, environment, fetchmail, getmail, is_handed_on, private, program, run
from tests.servers.smtp.serving import TIMEOUT, wait_until
from tests.servers.terminal import terminal

# What the loop is makes no difference to a client, and some of them take their time.
pytestmark = pytest.mark.parametrize("loop_thread", ["asyncio"], indirect=True)
ACCOUNTS = Accounts.parse("ann:sesame open")
NODE_CLIENTS = Path(__file__).parents[2] / "clients"
ITEMS = ["ENVELOPE", "BODY", "BODYSTRUCTURE", "RFC822.SIZE", "INTERNALDATE", "FLAGS", "BODY.PEEK[]"]
NEW = b"From: late@x.test\r\nSubject: just arrived\r\n\r\nnews\r\n"


@pytest.fixture
def corpus(mail: Callable[..., str]) -> list[bytes]:
    """What the store has, in its order."""
    raws = [path.read_bytes() for path in CORPUS] + HOSTILE
    for raw in raws:
        mail(raw)
    return raws


def flags(store: Store, mailbox: str = "INBOX") -> dict[str, tuple[bool, bool]]:
    """Which messages of a mailbox are read, and which have a pin, by their subjects."""
    return {one.subject: (one.seen, one.pinned) for one in store.page(mailbox=mailbox, limit=100).items}


# Libraries


def test_imaplib_reads_every_message_octet_by_octet(serve, corpus) -> None:
    with imaplib.IMAP4("127.0.0.1", serve().port, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        assert client.select() == ("OK", [str(len(corpus)).encode()])
        for number, raw in enumerate(corpus, 1):
            _, found = client.fetch(str(number), "(RFC822.SIZE BODY.PEEK[])")
            assert found[0][1] == with_crlf(raw)
            assert int(re.search(rb"RFC822.SIZE (\d+)", found[0][0])[1]) == len(with_crlf(raw))


def test_imaplib_marks_and_deletes_for_the_page_too(serve, mail, store: Store) -> None:
    for subject in ("one", "two", "three"):
        mail(f"Subject: {subject}\r\n\r\n".encode())
    with imaplib.IMAP4("127.0.0.1", serve().port, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        client.select()
        client.fetch("1", "(BODY[])")
        client.store("2", "+FLAGS", r"(\Flagged \Answered)")
        client.store("3", "+FLAGS", r"(\Deleted)")
        assert client.expunge() == ("OK", [b"3"])
    assert flags(store) == {"one": (True, False), "two": (False, True)}
    assert list(flags(store, "Trash")) == ["three"]


def test_imaplib_puts_a_message_into_the_sandbox(serve, store: Store) -> None:
    with imaplib.IMAP4("127.0.0.1", serve().port, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        assert client.append("INBOX", r"(\Seen)", '"17-Jul-1996 02:44:25 -0700"', NEW)[0] == "OK"
        client.select()
        assert client.fetch("1", "(INTERNALDATE)")[1] == [b'1 (INTERNALDATE "17-Jul-1996 09:44:25 +0000")']
    (one,) = store.page().items
    assert (store.raw("default", one.public_id), one.seen) == (NEW, True)


def test_imapclient_understands_every_answer(serve, corpus) -> None:
    with IMAPClient("127.0.0.1", serve().port, ssl=False, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        client.select_folder("INBOX")
        answers = client.fetch(client.search(), ITEMS)
        assert len(answers) == len(corpus)
        for uid, answer in answers.items():
            for number, body in numbered(answer[b"BODYSTRUCTURE"]):
                name = f"BODY[{'.'.join(map(str, number))}]".encode()
                assert len(client.fetch([uid], [b"BODY.PEEK" + name[4:]])[uid][name]) == body[6]


def test_imapclient_reads_every_message_as_it_is_where_it_asks_for_utf_8(serve, corpus) -> None:
    with IMAPClient("127.0.0.1", serve().port, ssl=False, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        assert client.enable("UTF8=ACCEPT") == [b"UTF8=ACCEPT"]
        client.select_folder("INBOX")
        for (uid, answer), raw in zip(sorted(client.fetch(client.search(), ITEMS).items()), corpus, strict=True):
            assert answer[b"BODY[]"] == with_crlf(raw), uid
            assert answer[b"RFC822.SIZE"] == len(with_crlf(raw))


def test_imapclient_hears_of_new_mail_without_asking(serve, mail) -> None:
    with IMAPClient("127.0.0.1", serve().port, ssl=False, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        client.select_folder("INBOX")
        client.idle()
        mail(NEW)
        assert (1, b"EXISTS") in client.idle_check(timeout=TIMEOUT)
        client.idle_done()
        assert client.search(["SUBJECT", "arrived"]) == [1]
        assert client.sort("REVERSE ARRIVAL") == [1]


def test_imapclient_moves_between_folders(serve, mail, store: Store) -> None:
    mail(NEW)
    with IMAPClient("127.0.0.1", serve().port, ssl=False, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        assert client.find_special_folder(b"\\Trash") == "Trash"
        client.create_folder("Später/Mehr")
        assert "Später/Mehr" in [name for _, _, name in client.list_folders()]
        client.select_folder("INBOX")
        client.move([1], "Später/Mehr")
        assert client.select_folder("Später/Mehr")[b"EXISTS"] == 1
        client.copy([1], "Junk")
    assert list(flags(store, "Junk")) == list(flags(store, "Später/Mehr")) == ["just arrived"]
    assert flags(store) == {}


def test_imapclient_logs_in_inside_tls(serve, corpus, tls: ServerTls) -> None:
    context = ssl.create_default_context(cafile=str(tls.ca_path))
    port = serve(accounts=ACCOUNTS, ssl_context=tls.context, starttls=True).port
    with IMAPClient("localhost", port, ssl=False, timeout=TIMEOUT) as client:
        client.starttls(context)
        client.plain_login("ann", "sesame open")
        assert client.folder_status("INBOX", ["MESSAGES"]) == {b"MESSAGES": len(corpus)}


def test_imapflow_reads_marks_and_hears_of_new_mail(serve, corpus, mail, store: Store) -> None:
    if not (NODE_CLIENTS / "node_modules" / "imapflow").is_dir():
        pytest.skip("needs ImapFlow: npm ci in tests/clients")
    command = [program("node"), str(NODE_CLIENTS / "read.mjs"), str(serve().port)]
    with subprocess.Popen(command, stdout=-1, stderr=-2, text=True) as process:
        folders = json.loads(process.stdout.readline())
        messages = [json.loads(process.stdout.readline()) for _ in corpus]
        found, waiting = json.loads(process.stdout.readline()), json.loads(process.stdout.readline())
        mail(NEW)
        assert (waiting, json.loads(process.stdout.readline())) == ("waiting", len(corpus) + 1)
        assert process.wait(TIMEOUT) == 0
    assert folders[0] == ["INBOX", "\\Inbox"]
    assert ["Trash", "\\Trash"] in folders
    lines = [with_crlf(raw) for raw in corpus]  # it asks for UTF-8
    assert [one["source"] for one in messages] == [sha256(one).hexdigest() for one in lines]
    assert [one["size"] for one in messages] == list(map(len, lines))
    assert found == [len(CORPUS) + 2]
    for one, raw in zip(messages, corpus, strict=True):
        for number, _, size in one["parts"]:
            assert len(section(raw, Section(tuple(map(int, number.split(".")))))) == size
    assert sum(one.pinned for one in store.page(limit=100).items) == 1


# Programs


def test_curl_reads_every_message(serve, corpus, tmp_path: Path) -> None:
    url = f"imap://127.0.0.1:{serve(accounts=ACCOUNTS).port}/INBOX;MAILINDEX=[1-{len(corpus)}]"
    run("curl", "-sS", "-u", "ann:sesame open", url, "-o", "#1", folder=tmp_path)
    for number, raw in enumerate(corpus, 1):
        assert (tmp_path / str(number)).read_bytes() == with_crlf(raw)


def test_curl_searches_inside_tls(serve, corpus, tmp_path: Path, tls: ServerTls) -> None:
    url = f"imap://localhost:{serve(ssl_context=tls.context, starttls=True).port}/INBOX?SUBJECT%20dots"
    found = run("curl", "-sS", "--ssl-reqd", "--cacert", tls.ca_path, "-u", "x:y", url, folder=tmp_path)
    assert found.split() == ["*", "SEARCH", str(len(CORPUS) + 2)]


def test_curl_puts_a_message_into_the_sandbox(serve, store: Store, tmp_path: Path) -> None:
    (tmp_path / "new.eml").write_bytes(NEW)
    url = f"imap://127.0.0.1:{serve().port}/INBOX"
    run("curl", "-sS", "-u", "x:y", "-T", "new.eml", url, folder=tmp_path)
    (one,) = store.page().items
    assert store.raw("default", one.public_id) == NEW


def test_fetchmail_fetches_and_deletes(serve, mail, store: Store, tmp_path: Path) -> None:
    raws = [path.read_bytes() for path in CORPUS if path.name in ("dsn.eml", "newsletter.eml", "forwarded.eml")]
    for raw in raws:
        mail(raw)
    out = fetchmail("imap", serve().port, tmp_path)
    assert all(is_handed_on(raw, out) for raw in raws)
    assert (store.counts().total, store.count(mailbox="Trash")) == (0, len(raws))


def test_getmail_takes_each_message_once(serve, corpus, store: Store, tmp_path: Path) -> None:
    assert getmail("SimpleIMAPRetriever", serve().port, tmp_path) == len(corpus) == store.counts().total


# Programs that keep two sides alike

MBSYNC = """
IMAPAccount far
Host 127.0.0.1
Port {port}
User everything
Pass x
SSLType None
AuthMechs PLAIN

IMAPStore far
Account far

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX
SubFolders Verbatim

Channel both
Far :far:
Near :near:
Patterns INBOX Junk
Create Both
Expunge Both
Sync All
SyncState *
"""
OFFLINEIMAP = """
[general]
accounts = a
metadata = {folder}/meta
ui = basic
[Account a]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {folder}/mail
[Repository far]
type = IMAP
remotehost = 127.0.0.1
remoteport = {port}
remoteuser = everything
remotepass = x
ssl = no
starttls = no
auth_mechanisms = PLAIN
folderfilter = lambda name: name in ("INBOX", "Junk")
"""

MUTT = """
set folder="imap://everything@127.0.0.1:{port}/"
set imap_pass="x"
set spoolfile="+INBOX"
set ssl_starttls=no
set ssl_force_tls=no
set timeout=1
set mail_check=1
set imap_idle=yes
set sleep_time=0
set delete=yes
set move=no
"""


class Maildir:
    """A Maildir that a client keeps like the sandbox; messages are named by their subjects."""

    def __init__(self, path: Path) -> None:
        self._box = mailbox.Maildir(path, create=False)

    def flags(self) -> dict[str, str]:
        self._box.clean()
        return {str(message["subject"]): message.get_flags() for message in self._box}

    def _key(self, subject: str) -> str:
        return next(key for key, message in self._box.items() if message["subject"] == subject)

    def mark(self, subject: str, flag: str) -> None:
        key = self._key(subject)
        message = self._box[key]
        message.set_subdir("cur")
        message.add_flag(flag)
        # the name carries the UID, which has to stay
        source = next(Path(self._box._path).glob(f"*/{key}*"))
        source.rename(Path(self._box._path) / "cur" / f"{source.name.partition(':')[0]}:2,{message.get_flags()}")

    def remove(self, subject: str) -> None:
        self._box.discard(self._key(subject))

    def add(self, raw: bytes) -> None:
        self._box.add(mailbox.MaildirMessage(raw))


def three_rounds(synchronise: Callable[[], None], inbox: Path, mail: Callable[..., str], store: Store) -> None:
    """Take all; change both sides and meet again; change nothing, and nothing is changed."""
    for name in ("one", "two", "three", "four"):
        mail(f"Subject: {name}\r\n\r\n{name}\r\n".encode())
    synchronise()
    near = Maildir(inbox)
    assert near.flags() == dict.fromkeys(("one", "two", "three", "four"), "")

    near.mark("one", "S")
    near.remove("two")
    near.add(b"Subject: five\n\nwritten here\n")
    mail(b"Subject: six\r\n\r\nsix\r\n")
    store.mark("default", selection(store, "three"), pinned=True).result(TIMEOUT)
    store.maildrops.discard("default", [public_id(store, "four")]).result(TIMEOUT)
    for _ in range(2):
        synchronise()
        assert near.flags() == {"one": "S", "three": "F", "five": "", "six": ""}
        far = {"one": (True, False), "three": (False, True), "five": (False, False), "six": (False, False)}
        assert flags(store) == far
        assert set(flags(store, "Trash")) == {"two", "four"}


def public_id(store: Store, subject: str) -> str:
    return next(one.public_id for one in store.page(limit=100).items if one.subject == subject)


def selection(store: Store, subject: str) -> Selection:
    return Selection.ids([public_id(store, subject)])


def test_mbsync_keeps_both_sides_alike(serve, mail, store: Store, tmp_path: Path) -> None:
    settings = private(tmp_path / "mbsyncrc", MBSYNC.format(port=serve().port, folder=tmp_path))
    three_rounds(lambda: run("mbsync", "-c", settings, "both", folder=tmp_path), tmp_path / "INBOX", mail, store)


def test_mbsync_has_every_message(serve, corpus, tmp_path: Path) -> None:
    settings = private(tmp_path / "mbsyncrc", MBSYNC.format(port=serve().port, folder=tmp_path))
    run("mbsync", "-c", settings, "both", folder=tmp_path)
    taken = [path.read_bytes() for path in (tmp_path / "INBOX" / "new").iterdir()]
    # it marks what it takes, drops each CR, and skips what has no end of its header section
    expected = [lines for raw in corpus if b"\r\n\r\n" in (lines := with_crlf(raw)) or lines.startswith(b"\r\n")]
    assert sorted(re.sub(rb"X-TUID: .*\n", b"", one) for one in taken) == sorted(
        lines.replace(b"\r", b"") for lines in expected
    )


def test_offlineimap_keeps_both_sides_alike(serve, mail, store: Store, tmp_path: Path) -> None:
    settings = private(tmp_path / "offlineimaprc", OFFLINEIMAP.format(port=serve().port, folder=tmp_path))
    inbox = tmp_path / "mail" / "INBOX"
    three_rounds(lambda: run("offlineimap", "-c", settings, "-o", folder=tmp_path), inbox, mail, store)


# Mail programs


@pytest.mark.parametrize("name", ["neomutt", "mutt"])
def test_a_mail_program_in_a_terminal_shows_marks_and_deletes(serve, mail, store, tmp_path: Path, name: str) -> None:
    mail(b"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nhello from the first\r\n")
    mail(b"Subject: second\r\n\r\nhello from the second\r\n")
    settings = private(tmp_path / "muttrc", MUTT.format(port=serve().port))
    command = [program(name), "-n", "-F", settings]
    with terminal(command, environment(tmp_path), tmp_path) as screen:
        screen.wait_for("Grüße")
        screen.type("/second\r\r")
        screen.wait_for("hello from the second")
        screen.type("q")
        screen.wait_for("Grüße")
        screen.type("F$")  # flag, and write the mailbox
        wait_until(lambda: flags(store)["second"] == (True, True))
        mail(NEW)
        screen.wait_for("just arrived")  # without a key pressed
        screen.type("=")
        screen.type("d$")
        wait_until(lambda: list(flags(store, "Trash")) == ["Grüße"])
    assert flags(store) == {"second": (True, True), "just arrived": (False, False)}
