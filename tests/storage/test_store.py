"""What goes in comes out: messages, envelopes, lists, marks, deletions, attempts, sessions."""

from __future__ import annotations

import os

import pytest

from mailpit_py.errors import NotFound, QueryError, StorageError
from mailpit_py.mail.envelope import Envelope, Line, Receipt, Recipient, Reply, Transaction
from mailpit_py.storage import AttemptSummary, Correspondent, Counts, Selection, Store, StoreOptions, Summary
from tests.storage.building import GREETING, MAIL, NOW, arrival, attempt, keep, raw_message, session, subjects


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0",
        b"no header at all",
        b"Subject: caf\xe9\r\n\r\n\xff\xfe\0\r\n",
        bytes(range(256)) * 40,
        raw_message(text="x" * 300_000),
    ],
    ids=["empty", "nul", "headless", "8-bit", "all-bytes", "large"],
)
def test_raw_bytes_come_back_exactly_as_received(store, raw):
    (public_id,) = keep(store, arrival(raw))
    assert store.raw("default", public_id) == raw


@pytest.mark.parametrize("level", [0, 1, 3])
def test_every_compression_level_gives_the_same_bytes_back(level):
    raw = raw_message(text="again and again " * 200)
    with Store.open(None, StoreOptions(compression=level)) as store:
        (public_id,) = keep(store, arrival(raw))
        assert store.raw("default", public_id) == raw


def test_a_list_row_says_what_a_reader_needs(store):
    raw = raw_message("Grüße", "Guten Tag, Ann.", Message_ID="<one@example.org>")
    (public_id,) = keep(store, arrival(raw, "ann@example.com", "bob@example.com"))
    (row,) = store.page().items
    assert isinstance(row, Summary)
    assert (row.id, row.public_id, row.inbox, row.mailbox, row.uid) == (1, public_id, "default", "INBOX", 1)
    assert row.from_ == Correspondent("App", "app@example.org")
    assert row.to == (Correspondent("Ann Lee", "ann@example.com"),)
    assert row.recipients == ("ann@example.com", "bob@example.com")
    assert (row.subject, row.snippet, row.message_id) == ("Grüße", "Guten Tag, Ann.", "one@example.org")
    assert (row.size_bytes, row.received_at, row.reverse_path) == (len(raw), NOW, "app@example.org")
    assert (row.seen, row.pinned, row.readable, row.has_text, row.has_html) == (False, False, True, True, False)


def test_an_envelope_comes_back_as_it_was_said(store):
    refused = Recipient("gone@example.com", "NEVER", "rfc822;Gone@example.com", Reply(550, "5.1.1", "No such user"))
    envelope = Envelope(
        "",
        (Recipient("Ann@Example.com", "SUCCESS,FAILURE"),),
        (refused,),
        "HDRS",
        "QQ314159",
        "<>",
        "8BITMIME",
        True,
        512,
    )
    (public_id,) = keep(store, arrival(transaction=Transaction(session(), envelope)))
    stored = store.message("default", public_id)
    assert stored is not None
    assert stored.envelope == envelope
    assert (stored.summary.recipient_count, stored.summary.refused_count) == (1, 1)


def test_an_address_that_is_not_utf_8_is_kept_visibly(store):
    address = b"j\xf6rg@example.org".decode("utf-8", "surrogateescape")
    (public_id,) = keep(store, arrival(transaction=Transaction(session(), Envelope(address))))
    stored = store.message("default", public_id)
    assert stored is not None
    assert stored.envelope.reverse_path == "j\\udcf6rg@example.org"


def test_a_declared_size_of_any_length_is_taken(store):
    (public_id,) = keep(store, arrival(transaction=Transaction(session(), Envelope("", size=10**20))))
    assert store.message("default", public_id) is not None


def test_pages_follow_each_other_in_both_directions(store):
    keep(store, *(arrival(raw_message(f"m{number}")) for number in range(7)))
    first = store.page(limit=3)
    second = store.page(limit=3, before=first.next)
    third = store.page(limit=3, before=second.next)
    assert [[item.subject for item in page.items] for page in (first, second, third)] == [
        ["m6", "m5", "m4"],
        ["m3", "m2", "m1"],
        ["m0"],
    ]
    assert (first.previous, third.next) == (None, None)
    assert store.page(limit=3, after=third.previous).items == second.items
    assert store.page(limit=3, after=second.previous).items == first.items
    assert store.page(limit=3, after=second.previous).previous is None


def test_skip_passes_over_rows(store):
    keep(store, *(arrival(raw_message(f"m{number}")) for number in range(7)))
    page = store.page(skip=4, limit=2)
    assert [item.subject for item in page.items] == ["m2", "m1"]
    assert store.page(limit=2, before=page.next).items[0].subject == "m0"
    assert store.page(limit=2, after=page.previous).items[1].subject == "m3"


@pytest.mark.parametrize("key", ["", "x", "-1", "1.5", "٣", "9" * 30])
def test_a_page_key_that_no_page_gave_out_is_a_query_error(store, key):
    with pytest.raises(QueryError):
        store.page(before=key)


def test_marks_change_rows_and_counters(store):
    one, two = keep(store, arrival(), arrival())
    assert store.mark("default", Selection.ids([one, "unknown"]), seen=True, pinned=True).result(5) == 1
    assert store.mark("default", Selection.ids([one]), seen=True).result(5) == 0
    assert [(row.public_id, row.seen, row.pinned) for row in store.page().items] == [
        (two, False, False),
        (one, True, True),
    ]
    counts = store.counts()
    assert (counts.total, counts.unread, counts.pinned) == (2, 1, 1)


def test_deleted_messages_leave_nothing_behind(store, tables):
    keep(store, *(arrival(raw_message(text=f"word{number}")) for number in range(5)))
    store.refuse(attempt()).result(5)
    assert subjects(store, "word3") == ["Hello"]
    everything = [item.public_id for item in store.page(refused=True).items]
    assert store.delete("default", Selection.ids(everything)).result(5) == 6
    assert store.counts() == Counts()
    left = {name for name, rows in tables(store).items() if rows}
    assert left == {"meta", "inbox", "mailbox", "session", "change", "alembic_version"}


def test_a_selection_can_be_a_search(store):
    keep(store, *(arrival(raw_message(f"{kind} {number}")) for number in range(3) for kind in ("keep", "drop")))
    assert store.delete("default", Selection.matching(store.parse_query("subject:drop"))).result(5) == 3
    assert subjects(store) == ["keep 2", "keep 1", "keep 0"]


def test_deleting_everything_takes_pinned_messages_and_attempts_too_and_goes_on_with_the_uids(store):
    keep(store, arrival(), arrival())
    store.mark("default", Selection.everything(), pinned=True).result(5)
    store.refuse(attempt()).result(5)
    assert store.delete("default", Selection.everything()).result(5) == 3
    assert (store.page(refused=True).items, store.counts()) == ((), Counts())
    keep(store, arrival())
    (row,) = store.page().items
    assert (row.id, row.uid) == (4, 3)


def test_ids_are_shared_by_messages_and_attempts_and_never_used_again(tmp_path):
    path = tmp_path / "mail.db"
    with Store.open(path) as store:
        keep(store, arrival())
        store.refuse(attempt()).result(5)
        keep(store, arrival())
        assert [item.id for item in store.page(refused=True).items] == [3, 2, 1]
        store.delete("default", Selection.ids([store.page().items[0].public_id])).result(5)
    with Store.open(path) as store:
        keep(store, arrival())
        assert [item.id for item in store.page(refused=True).items] == [4, 2, 1]


def test_an_attempt_keeps_where_and_how_it_ended(store):
    one = attempt(stage="RCPT", size_bytes=0)
    store.refuse(one).result(5)
    stored = store.attempt("default", one.public_id)
    assert stored is not None
    assert stored.envelope == one.transaction.envelope
    assert (stored.summary.stage, stored.summary.reply) == ("RCPT", Reply(550, "5.1.1", "No such user"))
    assert stored.summary.recipients == (("gone@example.com", Reply(550, "5.1.1", "No such user")),)
    (row,) = store.page(refused=True).items
    assert isinstance(row, AttemptSummary)
    assert store.page().items == ()
    assert (store.counts().refused, store.counts().attempts) == (1, 1)


def test_what_was_refused_is_counted_as_it_is_found(store):
    def found() -> tuple[int, int, int]:
        query, counts = store.parse_query("is:refused"), store.counts()
        return counts.refused, store.count(query=query), len(store.page(query=query).items)

    gone = Recipient("gone@example.com", reply=Reply(550, "5.1.1", "No such user"))
    partly = Transaction(session(), Envelope("app@example.org", (Recipient("ann@example.com"),), (gone, gone)), MAIL)
    keep(store, arrival(), *(arrival(transaction=partly) for _ in range(3)))
    store.refuse(attempt()).result(5)
    assert found() == (4, 4, 4)
    counts = store.counts()
    assert (counts.total, counts.attempts) == (4, 1)
    store.delete("default", Selection.ids([item.public_id for item in store.page(limit=2).items])).result(5)
    assert found() == (2, 2, 2)
    store.delete("default", Selection.everything()).result(5)
    assert found() == (0, 0, 0)


def test_a_messages_transcript_is_the_sessions_beginning_and_its_own_lines(store):
    first = Transaction(session(), Envelope("a@example.org"), (*GREETING, *MAIL))
    second = Transaction(session(), Envelope("b@example.org"), (Line(NOW + 9, "C", "MAIL FROM:<b@example.org>"),))
    one, two = keep(store, arrival(transaction=first), arrival(transaction=second))
    tail = (Line(NOW + 20, "C", "QUIT"),)
    store.close_session(session(), tail, closed_at=NOW + 21, ending="quit").result(5)
    assert store.transcript("default", one) == (*GREETING, *MAIL)
    assert store.transcript("default", two) == (*GREETING, *second.lines)
    record, lines = store.session("session-1")
    assert lines == (*GREETING, *MAIL, *second.lines, *tail)
    assert (record.ending, record.closed_at, record.messages) == ("quit", NOW + 21, 2)


def test_a_second_starttls_is_no_second_beginning(store):
    first = Transaction(session(), Envelope("a@example.org"), (Line(NOW, "*", "connected"), *GREETING, *MAIL))
    upgrade = (Line(NOW + 5, "C", "STARTTLS"), Line(NOW + 6, "S", "220 2.0.0 Go ahead"), *MAIL)
    one, two = keep(
        store, arrival(transaction=first), arrival(transaction=Transaction(session(), Envelope(""), upgrade))
    )
    assert store.transcript("default", one) == first.lines
    assert store.transcript("default", two) == (*first.lines[:-2], *upgrade)


def test_a_session_that_carried_nothing_is_kept(store):
    store.close_session(session("idle"), GREETING, closed_at=NOW + 5, ending="connection lost").result(5)
    ((record,), following) = store.sessions()
    assert (record.session.public_id, record.ending, following) == ("idle", "connection lost", None)


def test_sessions_are_paged_newest_first(store):
    for number in range(5):
        store.close_session(session(f"s{number}"), closed_at=NOW, ending="quit").result(5)
    page, following = store.sessions(limit=3)
    assert [record.session.public_id for record in page] == ["s4", "s3", "s2"]
    page, following = store.sessions(limit=3, before=following)
    assert ([record.session.public_id for record in page], following) == (["s1", "s0"], None)


def test_what_is_not_there_is_none_or_not_found(store):
    assert store.message("default", "nothing") is None
    assert store.raw("default", "nothing") is None
    assert store.attempt("default", "nothing") is None
    assert store.session("nothing") is None
    with pytest.raises(NotFound):
        store.transcript("default", "nothing")
    with pytest.raises(NotFound):
        store.page("elsewhere")
    with pytest.raises(NotFound):
        store.page(mailbox="Nowhere")
    with pytest.raises(NotFound):
        store.add(arrival(inbox="elsewhere")).result(5)


def test_summaries_are_found_by_public_id(store):
    one, two = keep(store, arrival(raw_message("one")), arrival(raw_message("two")))
    assert [row.subject for row in store.summaries("default", (one, "gone", two))] == ["two", "one"]


def test_another_inbox_sees_nothing_of_this_one(store, run_sql):
    run_sql(store, "INSERT INTO inbox (name, created_at) VALUES ('qa', 0)")
    run_sql(store, "INSERT INTO mailbox (inbox_id, name, uidvalidity) VALUES (2, 'INBOX', 1)")
    (mine,) = keep(store, arrival(raw_message("mine")))
    (theirs,) = keep(store, arrival(raw_message("theirs"), inbox="qa"))
    assert (store.message("qa", mine), store.raw("qa", mine), store.message("default", theirs)) == (None, None, None)
    assert (subjects(store), subjects(store, inbox="qa")) == (["mine"], ["theirs"])
    assert (subjects(store, "theirs"), subjects(store, "theirs", inbox="qa")) == ([], ["theirs"])
    assert store.count("default", store.parse_query("theirs")) == 0
    assert store.delete("qa", Selection.ids([mine])).result(5) == 0
    assert store.delete("qa", Selection.everything()).result(5) == 1
    assert store.counts().total == 1


def test_two_stores_live_in_one_process(tmp_path):
    with Store.open(None) as one, Store.open(tmp_path / "two.db") as two:
        keep(one, arrival(raw_message("one")))
        keep(two, arrival(raw_message("two")))
        assert (subjects(one), subjects(two), one.epoch == two.epoch) == (["one"], ["two"], False)


def test_a_closed_store_takes_nothing_and_closing_again_is_harmless(tmp_path):
    store = Store.open(tmp_path / "mail.db")
    store.close()
    store.close()
    with pytest.raises(StorageError, match="closed"):
        store.add(arrival()).result(5)
    with pytest.raises(StorageError, match="closed"):
        store.add(arrival(b"x" * 300_000)).result(5)


def test_a_store_knows_its_inboxes_and_its_size(store):
    before = store.size_bytes()
    keep(store, arrival(os.urandom(400_000)))
    assert store.inbox_table.names() == ("default",)
    full = store.size_bytes()
    assert full >= before + 400_000
    store.delete("default", Selection.everything()).result(5)
    assert store.size_bytes() <= full  # whatever the deletion has written into the log


def test_a_message_without_a_session_is_kept_without_one(store):
    (public_id,) = keep(store, arrival(transaction=Transaction(session(""), Envelope("a@example.org"))))
    stored = store.message("default", public_id)
    assert stored is not None
    assert (stored.session, stored.summary.session_id, store.transcript("default", public_id)) == (None, "", ())


def test_unusual_options_are_refused():
    with pytest.raises(ValueError, match="compression"):
        StoreOptions(compression=9)


@pytest.mark.parametrize("ignores", [True, False])
def test_mail_whose_message_id_is_there_already_is_kept_or_not(tmp_path, ignores):
    named, other, unnamed = (raw_message(subject, **more) for subject, more in DUPLICATES)
    with Store.open(tmp_path / "mail.db", StoreOptions(ignore_duplicates=ignores)) as store:
        keep(store, *(arrival(one) for one in (named, other, named, unnamed, unnamed)))
        keep(store, arrival(named))
        assert store.counts("default").total == (4 if ignores else 6)
        receipt = store.add(arrival(named), Receipt("x" * 22, (Reply(250, "2.0.0", "Ok: queued as " + "x" * 22),)))
        assert receipt.result(10).is_duplicate is ignores
        store.delete("default", Selection.everything()).result(10)
        keep(store, arrival(named))
        assert store.counts("default").total == 1


DUPLICATES = (("one", {"Message_ID": "<1@x>"}), ("two", {"Message_ID": "<2@x>"}), ("three", {}))
