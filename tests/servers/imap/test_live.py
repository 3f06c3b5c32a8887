"""What happens elsewhere is told at once, and what a client does is seen elsewhere: two sides of one journal."""

from __future__ import annotations

import imaplib

import pytest

from mailpit_py.application.bouncing import Wish
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.simulation.outcome import Report
from mailpit_py.storage import Inbox, Selection, Store
from tests.servers.imap.test_connection import RAW, logged_in, until
from tests.servers.smtp.serving import TIMEOUT, RawClient
from tests.storage.building import arrival, keep


def idling(served, mailbox: str = "INBOX") -> RawClient:
    client = logged_in(served, mailbox)
    client.send(b"3 IDLE\r\n")
    assert client.line() == b"+ idling"
    return client


def ask(client: RawClient, command: bytes) -> list[bytes]:
    """The answers to a command, without the last line."""
    client.send(b"9 " + command + b"\r\n")
    return until(client, b"9 ")[:-1]


def test_new_mail_appears_in_idle(serve, mail) -> None:
    client = idling(serve())
    mail(RAW)
    assert client.line() == b"* 1 EXISTS"
    mail(RAW)
    assert client.line() == b"* 2 EXISTS"
    client.send(b"DONE\r\n4 FETCH 1:2 UID\r\n")
    assert until(client, b"4 OK") == [
        b"3 OK IDLE completed",
        b"* 1 FETCH (UID 1)",
        b"* 2 FETCH (UID 2)",
        b"4 OK FETCH completed",
    ]


def test_what_the_page_changes_appears_in_idle(serve, mail, store: Store) -> None:
    first, second = mail(RAW), mail(RAW)
    client = idling(serve())
    store.mark("default", Selection.ids([second]), seen=True, pinned=True).result(10)
    assert client.line() == b"* 2 FETCH (FLAGS (\\Flagged \\Seen))"
    store.delete("default", Selection.ids([first])).result(10)
    assert client.line() == b"* 1 EXPUNGE"
    store.mark("default", Selection.ids([second]), seen=False).result(10)
    assert client.line() == b"* 1 FETCH (FLAGS (\\Flagged))"
    store.delete("default", Selection.everything()).result(10)
    assert client.line() == b"* 1 EXPUNGE"


def test_what_is_discarded_by_pop3_leaves_inbox_and_is_in_trash(serve, mail, store: Store) -> None:
    served = serve()
    here, there = idling(served), idling(served, "Trash")
    public_id = mail(RAW)
    assert here.line() == b"* 1 EXISTS"
    store.maildrops.discard("default", [public_id]).result(10)
    assert here.line() == b"* 1 EXPUNGE"
    assert there.line() == b"* 1 EXISTS"


def test_nobody_of_a_hundred_who_wait_misses_anything(serve, mail) -> None:
    served = serve()
    clients = [idling(served) for _ in range(100)]
    for _ in range(5):
        mail(RAW)
    for client in clients:
        while client.line() != b"* 5 EXISTS":
            pass


def test_a_client_of_another_mailbox_hears_nothing(serve, mail) -> None:
    served = serve()
    client = idling(served, "Junk")
    mail(RAW)
    client.send(b"DONE\r\n")
    assert client.line() == b"3 OK IDLE completed"


def test_what_is_committed_is_seen_by_the_next_command(serve, mail) -> None:
    client = logged_in(serve())
    for number in range(1, 20):
        mail(RAW)
        assert ask(client, b"NOOP") == [b"* %d EXISTS" % number]


def test_flags_are_the_pages(serve, mail, store: Store) -> None:
    mail(RAW)
    client = logged_in(serve())
    head = store.head()
    ask(client, b"STORE 1 +FLAGS (\\Seen \\Flagged $Done)")
    (item,) = store.page().items
    assert (item.seen, item.pinned, item.flags) == (True, True, ("$Done",))
    assert (store.counts().unread, store.counts().pinned) == (0, 1)
    (change,) = store.changes(head).items
    assert (change.kind, change.refs[0].seen, change.refs[0].pinned) == ("changed", True, True)


def test_nothing_is_expunged_while_numbers_are_used(serve, mail, store: Store) -> None:
    first, _ = mail(RAW), mail(RAW)
    client = logged_in(serve())
    store.delete("default", Selection.ids([first])).result(10)
    assert ask(client, b"FETCH 1:2 FLAGS") == [b"* 1 FETCH (FLAGS ())", b"* 2 FETCH (FLAGS ())"]
    assert ask(client, b"STORE 2 +FLAGS.SILENT (\\Seen)") == []
    client.send(b"4 FETCH 1:2 (RFC822.SIZE)\r\n")
    assert until(client, b"4 ") == [
        b"* 1 FETCH ()",
        b"* 2 FETCH (RFC822.SIZE 22)",
        b"4 NO [EXPUNGEISSUED] some of these messages are gone",
    ]
    assert ask(client, b"UID FETCH 1:2 FLAGS") == [b"* 1 EXPUNGE", b"* 1 FETCH (UID 2 FLAGS (\\Seen))"]


def test_two_sessions_see_what_the_other_does(serve, mail) -> None:
    for _ in range(3):
        mail(RAW)
    served = serve()
    one, other = logged_in(served), logged_in(served)
    ask(one, b"STORE 1,3 +FLAGS (\\Deleted)")
    assert ask(other, b"NOOP") == [b"* 1 FETCH (FLAGS (\\Deleted))", b"* 3 FETCH (FLAGS (\\Deleted))"]
    assert ask(one, b"EXPUNGE") == [b"* 3 EXPUNGE", b"* 1 EXPUNGE"]
    assert ask(other, b"EXPUNGE") == [b"* 3 EXPUNGE", b"* 1 EXPUNGE"]
    assert ask(other, b"FETCH 1:* UID") == [b"* 1 FETCH (UID 2)"]


def test_a_new_keyword_is_told(serve, mail) -> None:
    mail(RAW)
    served = serve()
    one, other = logged_in(served), logged_in(served)
    ask(one, b"STORE 1 +FLAGS (todo)")
    told = ask(other, b"NOOP")
    assert told[0] == b"* FLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen todo)"
    assert told[-1] == b"* 1 FETCH (FLAGS (todo))"


def test_what_is_put_in_is_listed_on_the_page(serve, sandbox: Sandbox, store: Store) -> None:
    raw = b"From: ann@example.com\r\nTo: bob@example.com\r\nSubject: put\r\n\r\nx\r\n"
    with imaplib.IMAP4("127.0.0.1", serve().port, timeout=TIMEOUT) as client:
        client.login("everything", "x")
        client.append("INBOX", "(\\Seen)", None, raw)
        client.append("Junk", None, None, raw)
    (item,) = store.page().items
    assert (item.source, item.reverse_path, item.recipients) == ("imap", "ann@example.com", ("bob@example.com",))
    assert store.raw("default", item.public_id) == raw
    assert store.counts().unread == 0
    assert len(store.page(mailbox="Junk").items) == 1


@pytest.mark.parametrize("mailbox", ["INBOX", "Trash"])
def test_clearing_everything_empties_each_mailbox_and_goes_on_with_its_uids(serve, mail, store: Store, mailbox) -> None:
    served = serve()
    for public_id in (mail(RAW), mail(RAW)):
        if mailbox == "Trash":
            store.maildrops.discard("default", [public_id]).result(10)
    client = idling(served, mailbox)
    store.delete("default", Selection.everything()).result(10)
    assert [client.line(), client.line()] == [b"* 2 EXPUNGE", b"* 1 EXPUNGE"]
    public_id = mail(RAW)
    if mailbox == "Trash":
        store.maildrops.discard("default", [public_id]).result(10)
    assert client.line() == b"* 1 EXISTS"
    client.send(b"DONE\r\n")
    client.line()
    assert ask(client, b"FETCH 1 UID") == [b"* 1 FETCH (UID 3)"]


def test_what_is_tagged_appears_in_the_folder_of_the_tag(serve, mail, store: Store) -> None:
    first, second = mail(RAW), mail(RAW)
    store.tags.replace("default", Selection.ids([second]), ["red"]).result(10)
    client = idling(serve(), "Tags/red")
    store.tags.replace("default", Selection.ids([first]), ["RED"]).result(10)
    assert client.line() == b"* 2 EXISTS"
    store.mark("default", Selection.ids([first]), seen=True).result(10)
    assert client.line() == b"* 2 FETCH (FLAGS (\\Seen))"
    store.tags.replace("default", Selection.ids([second]), []).result(10)
    assert client.line() == b"* 1 EXPUNGE"
    store.tags.drop("default", "red").result(10)
    assert client.line() == b"* 1 EXPUNGE"


def test_a_bounce_appears_among_the_reports(serve, mail, sandbox: Sandbox) -> None:
    served = serve()
    client = idling(served, "Reports")
    public_id = mail(RAW, "gone@example.com")
    sandbox.bounce("default", public_id, Wish.of(Report.FAILURE))
    assert client.line() == b"* 1 EXISTS"
    client.send(b"DONE\r\n")
    assert client.line() == b"3 OK IDLE completed"
    assert ask(client, b"FETCH 1 UID") == [b"* 1 FETCH (UID 2)"]


def test_an_inbox_that_is_removed_has_no_messages_any_more(serve, store: Store) -> None:
    store.inbox_table.add(Inbox(name="qa")).result(10)
    keep(store, arrival(RAW, inbox="qa"))
    client = serve().connect()
    client.send(b"1 LOGIN qa x\r\n2 SELECT INBOX\r\n3 IDLE\r\n")
    assert b"* 1 EXISTS" in until(client, b"+ ")
    store.inbox_table.remove("qa").result(10)
    assert client.line() == b"* 1 EXPUNGE"
    client.send(b"DONE\r\n4 SELECT INBOX\r\n5 NOOP\r\n")
    assert until(client, b"5 ")[-1] == b"5 OK NOOP completed"
