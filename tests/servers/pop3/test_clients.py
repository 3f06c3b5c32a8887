"""Real clients fetch every message of the corpus, and what they have is what is stored."""

from __future__ import annotations

import mailbox
import poplib
from pathlib import Path

import pytest

from mailpit_py.application.account import Accounts
from mailpit_py.mail.downgrade import downgrade
from mailpit_py.mail.envelope import Envelope, Recipient, Transaction
from mailpit_py.mail.wire import with_crlf
from mailpit_py.servers.tls import ServerTls
from mailpit_py.storage import Store
from tests.servers.client import CORPUS, HOSTILE, fetchmail, getmail, is_handed_on, private, run
from tests.servers.smtp.serving import TIMEOUT
from tests.storage.building import session

INTERNATIONAL = "From: Jörg <jörg@x.test>\r\nSubject: Grüße\r\n\r\nÜber alles\r\n".encode()
ANN = Recipient("ann@example.com")
ACCOUNTS = Accounts.parse("ann:sesame open")


@pytest.fixture
def corpus(mail) -> list[bytes]:
    """What the store has, in its order."""
    raws = [path.read_bytes() for path in CORPUS] + HOSTILE
    for raw in raws:
        mail(raw)
    return raws


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


@pytest.mark.parametrize("utf8", [True, False])
def test_poplib_reads_international_mail_as_it_is_if_it_asks_for_utf_8(serve, mail, *, utf8: bool) -> None:
    mail(INTERNATIONAL, transaction=Transaction(session(), Envelope("jörg@x.test", (ANN,), smtputf8=True)))
    client = poplib.POP3("127.0.0.1", serve().port, timeout=TIMEOUT)
    if utf8:
        client.utf8()
    client.user("everything")
    client.pass_("x")
    expected = INTERNATIONAL if utf8 else downgrade(INTERNATIONAL)
    assert client.stat() == (1, len(expected))
    assert b"".join(line + b"\r\n" for line in client.retr(1)[1]) == expected
    assert client.list(1) == b"+OK 1 %d" % len(expected)
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
    out = fetchmail("pop3", serve().port, tmp_path)
    assert all(is_handed_on(raw, out) for raw in raws)
    assert (store.counts().total, store.count(mailbox="Trash")) == (0, len(raws))


def test_getmail_takes_each_message_once(serve, corpus, store: Store, tmp_path: Path) -> None:
    assert getmail("SimplePOP3Retriever", serve().port, tmp_path) == len(corpus) == store.counts().total
