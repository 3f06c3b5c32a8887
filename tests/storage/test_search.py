"""What a search finds: words, parts of words, fields, flags, and never an error for strange text."""

from __future__ import annotations

import pytest

from mailpit_py.mail.envelope import Envelope, Recipient, Transaction
from mailpit_py.storage import AttemptSummary, Limits, Selection, Store, StoreOptions, fulltext, housework, opening
from tests.storage.building import NOW, arrival, attempt, eventually, keep, raw_message, session, subjects

MAILS = [
    raw_message("Invoice 2025-17", "Your package was shipped today.", From="Shop <orders@shop.example>"),
    raw_message("Café Zürich", "Ein Gruß aus der Straße, 東京タワーへ", From="José García <jose@example.org>"),
    raw_message("township meeting", "membership matters; reply to foo.bar@example.com", Cc="Carl <carl@example.net>"),
    raw_message("Reset your password", "Click the link. 100% free\\offer _now_", Message_ID="<reset-1@app.example>"),
]


@pytest.fixture(scope="module")
def shop():
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        for number, raw in enumerate(MAILS):
            recipients = tuple(Recipient(one) for one in ("ann@example.com", f"hidden{number}@example.net"))
            transaction = Transaction(session(), Envelope("bounce@shop.example", recipients))
            keep(store, arrival(raw, transaction=transaction, received_at=NOW + number * 1_000_000))
        keep(store, arrival(with_file("report-2025.pdf"), received_at=NOW + 5_000_000))
        yield store


def with_file(name: str) -> bytes:
    return (
        "From: App <app@example.org>\r\nSubject: With a file\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>See it</p>\r\n'
        "--b\r\nContent-Type: application/pdf\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n%PDF\r\n--b--\r\n'
    ).encode()


INVOICE, CAFE, TOWNSHIP, RESET, FILE = (
    "Invoice 2025-17",
    "Café Zürich",
    "township meeting",
    "Reset your password",
    "With a file",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("shipped", [INVOICE]),
        ("ship", [TOWNSHIP, INVOICE]),
        ("SHIP", [TOWNSHIP, INVOICE]),
        ("hippe", [INVOICE]),
        ("sh", [INVOICE]),
        ("shipped today", [INVOICE]),
        ("shipped township", []),
        ('"was shipped"', [INVOICE]),
        ('"shipped was"', []),
        ('"was ship"', []),
        ("ship -town", [INVOICE]),
        ("-ship", [FILE, RESET, CAFE]),
        ("-ship -cafe", [FILE, RESET]),
        ("cafe", [CAFE]),
        ("CAFÉ", [CAFE]),
        ("strasse", []),
        ("straße", [CAFE]),
        ("STRASS OR Straß", [CAFE]),
        ("garcia", [CAFE]),
        ("東京タ", [CAFE]),
        ("京タ", [CAFE]),
        ("京", [CAFE]),
        ("foo.bar@exam", [TOWNSHIP]),
        ("oo.bar@example.co", [TOWNSHIP]),
        ("@example.com", [FILE, RESET, TOWNSHIP, CAFE, INVOICE]),
        ("2025-17", [INVOICE]),
        ("025-1", [INVOICE]),
        ("100%", [RESET]),
        ("%", [RESET]),
        ("\\", [RESET]),
        ("free\\offer", [RESET]),
        ("from:shop", [INVOICE]),
        ("from:jose", [CAFE]),
        ('from:"José G"', [CAFE]),
        ("from:ship", []),
        ("to:ann", [FILE, RESET, TOWNSHIP, CAFE, INVOICE]),
        ("to:hidden2", [TOWNSHIP]),
        ("bcc:hidden2@example.net", [TOWNSHIP]),
        ("bcc:ann", [FILE]),
        ("cc:carl", [TOWNSHIP]),
        ("subject:ship", [TOWNSHIP]),
        ("-subject:ship ship", [INVOICE]),
        ("filename:report", [FILE]),
        ("message-id:reset-1@app", [RESET]),
        ("message-id:<reset-1@app.example>", [RESET]),
        ("has:attachment", [FILE]),
        ("-has:attachment ship", [TOWNSHIP, INVOICE]),
        ("has:html", [FILE]),
        ("larger:1k", []),
        ("smaller:1k is:unread ship", [TOWNSHIP, INVOICE]),
        ("after:2025-11-24T16:00:03Z", [FILE, RESET]),
        ("before:2025-11-24T16:00:01Z", [INVOICE]),
        ("after:2025-11-24T16:00:01Z before:2025-11-24T16:00:03Z", [TOWNSHIP, CAFE]),
        ("invoice OR café", [CAFE, INVOICE]),
        ("(invoice OR café) -shipped", [CAFE]),
        ("(has:attachment OR ship) -subject:invoice", [FILE, TOWNSHIP]),
        ("-(ship OR has:attachment)", [RESET, CAFE]),
        ("is:pinned", []),
        ("tag:none", []),
        ("is:refused", []),
        ("qqqq", []),
        ("-qqqq ship", [TOWNSHIP, INVOICE]),
    ],
)
def test_a_search_finds(shop, text, found):
    assert subjects(shop, text) == found
    assert shop.count(query=shop.parse_query(text)) == len(found)


@pytest.mark.parametrize(
    "text",
    ["Новый платёж", "НОВЫЙ", "латёж", "λογαριασμός", "Αθήνα", "ήνα", "ガイドブック", "ドブ", "نسخة", "שָׁלוֹם", "हिन्दी"],
)
def test_marks_that_make_letters_of_a_script_are_found_as_they_are_written(text):
    with Store.open(None) as store:
        keep(store, arrival(raw_message("all", "Новый платёж, λογαριασμός, Αθήνα, ガイドブック, نسخة, שָׁלוֹם, हिन्दी")))
        keep(store, arrival(raw_message("other", "Новыи платеж, λογαριασμος, カイトフック")))
        assert subjects(store, text) == ["all"]


@pytest.mark.parametrize(
    "text",
    [
        *('"', '""', "*", "a*", "NEAR(a b)", "a NEAR b", "subject:*", "{subject}:x", "a AND", "NOT", "^a", "a + b"),
        *("\0", "a\0b", "';--", "search MATCH 'x'", "\ud800", "(((((", ")))))", "-", "--", "!", "a:b:c", "_", "[a-z]"),
        *("\\", 'from:"', "é" * 500, "x" * 1_900, "ab" * 400, "-a -b -c", "from:% to:_", "🎉", "\u202e"),
        *("larger:999999999999999g", "before:9999-12-31", "message-id:%", "tag:'", "after:999999w"),
    ],
)
def test_no_text_breaks_the_search(shop, text):
    query = shop.parse_query(text)
    assert shop.count(query=query) == len(shop.page(query=query, limit=100).items)


def test_without_the_index_the_same_is_found_where_words_are_plain(monkeypatch):
    monkeypatch.setattr(opening, "is_available", lambda connection: False)
    with Store.open(None) as store:
        keep(store, *(arrival(raw) for raw in MAILS))
        assert subjects(store, "ship") == [TOWNSHIP, INVOICE]
        assert subjects(store, "ship -subject:town from:shop") == [INVOICE]
        assert subjects(store, "(invoice OR meeting)") == [TOWNSHIP, INVOICE]


def test_an_index_that_was_left_behind_is_built_anew(tmp_path, monkeypatch):
    path = tmp_path / "mail.db"
    with Store.open(path) as store:
        keep(store, arrival(MAILS[0]))
        assert subjects(store, "shipped") == [INVOICE]
    with monkeypatch.context() as patch:
        patch.setattr(opening, "is_available", lambda connection: False)
        with Store.open(path) as store:
            keep(store, arrival(MAILS[2]))
            store.delete("default", Selection.matching(store.parse_query("invoice"))).result(5)
    with Store.open(path) as store:
        assert subjects(store, "ship") == [TOWNSHIP]
        assert subjects(store, "shipped") == []


def test_more_words_than_can_be_listed_are_still_found(store):
    text = " ".join(f"part{number}whole" for number in range(1_200))
    keep(store, arrival(raw_message("many words", text)), arrival(raw_message("one word", "nothing")))
    assert subjects(store, "art1") == ["many words"]
    assert subjects(store, "-art1") == ["one word"]


@pytest.mark.parametrize("words", [21, 150])
def test_a_part_of_many_words_is_found_in_each_of_them(store, words):
    names = [f"x{number}zork{number}y" for number in range(words)]
    keep(store, *(arrival(raw_message(name, "plain" if number % 2 else "ready")) for number, name in enumerate(names)))
    assert subjects(store, "zork", limit=200) == names[::-1]
    assert subjects(store, "subject:zork plain", limit=200) == names[1::2][::-1]
    assert subjects(store, '-zork OR "ready"', limit=200) == names[::2][::-1]
    assert store.count(query=store.parse_query("zork")) == words


def test_what_was_acknowledged_is_found_at_once(store):
    for number in range(30):
        keep(store, arrival(raw_message(f"needle{number}")))
        assert subjects(store, f"eedle{number}", limit=1) == [f"needle{number}"]


def test_deleting_before_and_after_indexing_both_leave_no_trace(store, check_index):
    keep(store, arrival(raw_message("indexed")))
    assert subjects(store, "indexed") == ["indexed"]
    futures = [store.add(arrival(raw_message("never indexed"))), store.delete("default", Selection.ids([]))]
    for future in futures:
        future.result(5)
    ids = [item.public_id for item in store.page().items]
    store.delete("default", Selection.ids(ids)).result(5)
    assert subjects(store, "indexed") == []
    check_index(store)


def test_who_is_shown_as_the_sender_is_found_as_the_sender(store):
    keep(store, arrival(b"Subject: no author\r\n\r\nx"), arrival(raw_message("an author", From="ann@example.com")))
    (named, unnamed) = store.page().items
    assert (unnamed.from_, unnamed.reverse_path, named.reverse_path) == (None, "app@example.org", "app@example.org")
    assert subjects(store, "from:app@example.org") == ["no author"]
    assert subjects(store, "-from:app@example.org") == ["an author"]


def test_pages_of_a_search_follow_each_other(store):
    keep(store, *(arrival(raw_message(f"m{number} {'even' if number % 2 == 0 else 'odd'}")) for number in range(10)))
    query = store.parse_query("even")
    first = store.page(query=query, limit=2)
    second = store.page(query=query, limit=2, before=first.next)
    assert [item.subject for item in (*first.items, *second.items)] == ["m8 even", "m6 even", "m4 even", "m2 even"]
    assert store.page(query=query, limit=2, after=second.previous).items == first.items
    assert store.page(query=query, limit=2, skip=4).items[0].subject == "m0 even"


def test_a_count_can_stop(store):
    keep(store, *(arrival() for _ in range(5)))
    assert store.count(query=store.parse_query("hello"), limit=3) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("is:refused", True),
        ("is:refused gone@example", True),
        ("is:refused 5.1.1", True),
        ("is:refused no such", True),
        ("is:refused to:gone", True),
        ("is:refused from:app", True),
        ("is:refused from:gone", False),
        ("is:refused -gone", False),
        ("is:refused subject:x", False),
        ("is:refused after:2025-11-24", True),
        ("is:refused (before:2025-11-24 OR ann)", False),
        ("gone@example", False),
    ],
)
def test_attempts_are_searched_when_asked_for(store, text, found):
    store.refuse(attempt("gone@example.com")).result(5)
    page = store.page(query=store.parse_query(text))
    assert [isinstance(item, AttemptSummary) for item in page.items] == [True] * found
    assert store.count(query=store.parse_query(text)) == found


def test_words_that_occur_nowhere_are_swept_out(store, run_sql, monkeypatch):
    monkeypatch.setattr(fulltext, "TIDY_AFTER", 1)
    keep(store, arrival(raw_message("ephemeral one")), arrival(raw_message("ephemeral two")))
    keep(store, arrival(raw_message("permanent")))
    assert subjects(store, "phem") == ["ephemeral two", "ephemeral one"]
    store.delete("default", Selection.matching(store.parse_query("ephemeral"))).result(5)
    assert eventually(lambda: not run_sql(store, "SELECT term FROM term WHERE term = 'ephemeral'"))
    assert subjects(store, "rmanen") == ["permanent"]
    assert run_sql(store, "SELECT value FROM meta WHERE key = 'index_removed'") == [("0",)]


def test_what_was_indexed_in_batches_becomes_one_part_in_idle_time(run_sql, check_index, monkeypatch):
    monkeypatch.setattr(fulltext, "MERGE_FROM", 12)
    monkeypatch.setattr(housework, "MERGED_PAGES", 1)
    with Store.open(None) as store:
        for number in range(11):
            keep(store, arrival(raw_message(f"batch {number}")))
            assert subjects(store, "batch", limit=1) == [f"batch {number}"]
        parts = "SELECT count(DISTINCT segid) FROM search_idx"
        assert run_sql(store, parts) > [(1,)]
        store.delete("default", Selection.matching(store.parse_query('"3" OR "4"'))).result(5)
        keep(store, arrival(raw_message("batch 11")))
        assert eventually(lambda: run_sql(store, parts) == [(1,)])
        assert subjects(store, "batch") == [f"batch {number}" for number in (11, 10, 9, 8, 7, 6, 5, 2, 1, 0)]
        store.delete("default", Selection.matching(store.parse_query("batch -11"))).result(5)
        assert subjects(store, "batch") == ["batch 11"]
        check_index(store)


def test_a_merge_that_fails_is_left_until_more_has_come(monkeypatch, caplog):
    monkeypatch.setattr(fulltext, "MERGE_FROM", 2)
    tried = []

    def fail(self, connection, pages):
        merge(self, connection, pages)
        tried.append(pages)
        raise OSError("no space left")

    merge = fulltext.FullText.merge
    monkeypatch.setattr(fulltext.FullText, "merge", fail)
    with Store.open(None) as store:
        keep(store, arrival(raw_message("one")), arrival(raw_message("two")))
        assert eventually(lambda: len(tried) == 1)
        assert eventually(lambda: store._writer._housework.pause(store._writer.committed_id) > 1)
        keep(store, arrival(raw_message("three")))
        assert subjects(store, "three") == ["three"]
    assert len(tried) == 1
    assert "upkeep of the database failed" in caplog.text
