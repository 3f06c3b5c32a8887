"""Folders: flags with sequences of changes, copies, moves, what is expunged, and what the journal tells of them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any

import pytest

from mailpit_py.errors import NotFound, Taken
from mailpit_py.storage import DELETED, TRASH, FlagChange, Folder, Item, Selection, Store, Summary
from tests.storage.building import arrival, keep, raw_message

INBOX = Folder("default")
JUNK = Folder("default", "Junk")


def items(store: Store, folder: Folder = INBOX) -> list[Item]:
    return list(store.folders.open(folder).items)


def uids(store: Store, folder: Folder = INBOX) -> list[int]:
    return [item.uid for item in items(store, folder)]


def done(futures: Iterable[Future[list[Any]]]) -> list[Any]:
    return [one for future in futures for one in future.result(10)]


def flag(store: Store, folder: Folder, *flags: str, sign: str = "+", **more: int) -> list[int]:
    return done(store.folders.flag(folder, items(store, folder), FlagChange.of(sign, flags), **more))


def expunge(store: Store, folder: Folder) -> int:
    return sum(one.result(10) for one in store.folders.expunge(folder, items(store, folder)))


def test_flags_are_read_state_pin_and_words(store: Store, check_counters) -> None:
    keep(store, arrival(), arrival())
    flag(store, INBOX, "\\seen", "\\Flagged", "todo")
    assert [item.flags for item in items(store)] == [{"\\Seen", "\\Flagged", "todo"}] * 2
    (first, _) = (one for one in store.page().items if isinstance(one, Summary))
    assert (first.seen, first.pinned, first.flags) == (True, True, ("todo",))
    assert (store.counts().unread, store.counts().pinned) == (0, 2)
    flag(store, INBOX, "\\Seen", sign="-")
    assert store.counts().unread == 2
    check_counters(store)


@pytest.mark.parametrize(
    ("sign", "flags", "expected"),
    [
        ("+", ["B"], {"a", "b"}),
        ("+", ["c"], {"a", "b", "c"}),
        ("-", ["A", "x"], {"b"}),
        ("", ["B", "\\SEEN"], {"b", "\\Seen"}),
        ("", [], set()),
    ],
)
def test_keywords_that_differ_in_case_alone_are_one(sign: str, flags: list[str], expected: set[str]) -> None:
    assert FlagChange.of(sign, flags).apply(frozenset({"a", "b"})) == expected


def test_each_change_has_a_higher_sequence_and_an_idle_one_none(store: Store) -> None:
    keep(store, arrival())
    before = store.folders.open(INBOX).place.highest_modseq
    flag(store, INBOX, "x")
    after = store.folders.open(INBOX)
    assert after.place.highest_modseq == after.items[0].modseq > before
    flag(store, INBOX, "X")
    assert store.folders.open(INBOX).place.highest_modseq == after.place.highest_modseq


def test_what_has_changed_since_is_left_as_it_is(store: Store) -> None:
    keep(store, arrival(), arrival())
    first, second = items(store)
    done(store.folders.flag(INBOX, [first], FlagChange.of("+", ["x"])))
    assert flag(store, INBOX, "y", unchanged_since=second.modseq) == [first.uid]
    assert [item.flags for item in items(store)] == [{"x"}, {"y"}]


def test_news_tell_what_came_changed_and_went(store: Store) -> None:
    first, _ = keep(store, arrival(), arrival())
    opened = store.folders.open(INBOX)
    assert store.folders.news(INBOX, opened.cursor).ids == frozenset()
    store.delete("default", Selection.ids([first])).result(10)
    keep(store, arrival())
    flag(store, INBOX, "x")
    news = store.folders.news(INBOX, opened.cursor)
    assert news.ids == {1, 2, 3}
    assert [(item.uid, item.flags) for item in news.items] == [(2, {"x"}), (3, {"x"})]
    assert news.cursor == store.head()


def test_news_after_everything_was_cleared_are_all_that_there_is(store: Store) -> None:
    keep(store, arrival())
    opened = store.folders.open(INBOX)
    store.delete("default", Selection.everything()).result(10)
    keep(store, arrival())
    news = store.folders.news(INBOX, opened.cursor)
    assert (news.ids, [item.uid for item in news.items]) == (None, [2])
    assert news.place is not None
    assert news.place.uidvalidity == opened.place.uidvalidity


def test_a_copy_has_a_state_of_its_own(store: Store, check_counters) -> None:
    keep(store, arrival())
    flag(store, INBOX, "\\Seen", "x")
    assert done(store.folders.copy(INBOX, items(store), "Junk")) == [(1, 1)]
    flag(store, JUNK, "\\Seen", sign="-")
    assert [item.flags for item in items(store)] == [{"\\Seen", "x"}]
    assert [item.flags for item in items(store, JUNK)] == [{"x"}]
    check_counters(store)


def test_a_message_is_in_a_mailbox_once(store: Store, check_counters) -> None:
    keep(store, arrival())
    for expected in ([(1, 1)], [(1, 2)]):
        assert done(store.folders.copy(INBOX, items(store), "Junk")) == expected
    assert done(store.folders.move(INBOX, items(store), "Junk")) == [(1, 3)]
    assert done(store.folders.copy(JUNK, items(store, JUNK), "Junk")) == [(3, 4)]
    assert (uids(store), uids(store, JUNK)) == ([], [4])
    assert len(store.page(mailbox=None).items) == 1
    check_counters(store)


def test_what_is_expunged_is_in_trash_and_then_gone(store: Store, check_counters, tables) -> None:
    first, second = keep(store, arrival(), arrival())
    flag(store, INBOX, DELETED)
    assert expunge(store, INBOX) == 2
    trash = Folder("default", TRASH)
    assert [item.flags for item in items(store, trash)] == [frozenset()] * 2
    assert expunge(store, trash) == 0
    done(store.folders.flag(trash, items(store, trash)[:1], FlagChange.of("+", [DELETED])))
    assert expunge(store, trash) == 1
    assert store.message("default", first) is None
    assert store.message("default", second) is not None
    check_counters(store)


def test_a_copy_that_is_removed_leaves_the_other_and_tells_the_page_nothing(store: Store) -> None:
    (public_id,) = keep(store, arrival())
    done(store.folders.copy(INBOX, items(store), TRASH))
    trash = Folder("default", TRASH)
    flag(store, trash, DELETED)
    head = store.head()
    assert expunge(store, trash) == 1
    assert [change.kind for change in store.changes(head).items] == ["filed"]
    assert store.message("default", public_id) is not None


@pytest.mark.parametrize(
    ("source", "target", "kind"), [("INBOX", "Junk", "moved"), ("Junk", "Trash", "filed"), ("Junk", "INBOX", "moved")]
)
def test_the_journal_says_whether_the_list_is_touched(store: Store, source: str, target: str, kind: str) -> None:
    keep(store, arrival())
    if source != "INBOX":
        done(store.folders.move(INBOX, items(store), source))
    head = store.head()
    folder = Folder("default", source)
    done(store.folders.move(folder, items(store, folder), target))
    (change,) = store.changes(head).items
    assert (change.kind, change.refs[0].mailbox) == (kind, target)


def test_a_recipient_sees_what_is_for_it_under_the_same_uids(store: Store) -> None:
    keep(store, arrival(None, "ann@x.test"), arrival(None, "bob@x.test"), arrival(None, "ANN@x.test", "bob@x.test"))
    assert uids(store, Folder("default", recipient="ann@X.test")) == [1, 3]
    assert uids(store, Folder("default", recipient="*@x.test")) == [1, 2, 3]
    assert uids(store, Folder("default", recipient="%@x.test")) == []


def test_reports_are_a_part_of_inbox(store: Store) -> None:
    dsn = (
        b"From: MAILER-DAEMON@x.test\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.test\r\n\r\n"
        b"Final-Recipient: rfc822; gone@x.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    keep(store, arrival(), arrival(dsn), arrival())
    assert uids(store, Folder("default", reports=True)) == [2]


def test_a_tag_numbers_what_has_it_in_the_order_of_tagging(store: Store) -> None:
    first, second, third = keep(store, *(arrival() for _ in range(3)))
    for public_id in (third, first):
        store.tags.replace("default", Selection.ids([public_id]), ["red"]).result(10)
    red = Folder("default", "", tag="red")
    assert [(item.uid, item.id) for item in items(store, red)] == [(1, 3), (2, 1)]
    store.tags.replace("default", Selection.ids([first, second]), ["Red", "blue"]).result(10)
    assert [(item.uid, item.id) for item in items(store, red)][:2] == [(1, 3), (2, 1)]
    assert {item.id for item in items(store, red)} == {1, 2, 3}
    store.maildrops.discard("default", [third]).result(10)
    assert [item.id for item in items(store, red)] == [1, 2]


def test_a_tag_that_is_expunged_is_taken_away(store: Store) -> None:
    (public_id,) = keep(store, arrival())
    store.tags.replace("default", Selection.ids([public_id]), ["red"]).result(10)
    red = Folder("default", "", tag="red")
    flag(store, red, DELETED)
    assert expunge(store, red) == 1
    assert items(store)[0].flags == frozenset()
    assert store.tags.names("default") == ()


def test_a_tag_made_again_has_another_uidvalidity(store: Store) -> None:
    (public_id,) = keep(store, arrival())
    seen = []
    for names in (["red"], [], ["red"]):
        store.tags.replace("default", Selection.ids([public_id]), names).result(10)
        if names:
            seen.append(store.folders.open(Folder("default", "", tag="red")).place.uidvalidity)
    assert seen[0] < seen[1]


def test_mailboxes_are_made_renamed_and_dropped(store: Store, check_counters) -> None:
    keep(store, arrival())
    assert store.folders.make("default", "Work").result(10)
    assert not store.folders.make("default", "Work").result(10)
    store.folders.make("default", "Work/2026").result(10)
    store.folders.make("default", "Workshop").result(10)
    done(store.folders.move(INBOX, items(store), "Work/2026"))
    store.folders.rename("default", "Work", "Job").result(10)
    names = [one.name for one in store.folders.names("default")]
    assert names == ["INBOX", "Job", "Job/2026", "Workshop"]
    assert store.folders.drop("default", "Job/2026").result(10) == 1
    assert uids(store, Folder("default", TRASH)) == [1]
    with pytest.raises(NotFound):
        store.folders.rename("default", "Work", "x").result(10)
    with pytest.raises(Taken):
        store.folders.rename("default", "Job", "Workshop").result(10)
    check_counters(store)


def test_a_mailbox_made_again_has_another_uidvalidity(store: Store) -> None:
    seen = []
    for _ in range(2):
        store.folders.make("default", "Work").result(10)
        seen.append(store.folders.open(Folder("default", "Work")).place.uidvalidity)
        store.folders.drop("default", "Work").result(10)
    assert seen[0] < seen[1]
    with pytest.raises(NotFound):
        store.folders.open(Folder("default", "Work"))


def test_flags_of_an_arrival_are_kept_and_counted(store: Store, check_counters) -> None:
    keep(store, arrival(flags=frozenset({"\\Seen", "\\Flagged", "x"})), arrival(raw_message("plain")))
    assert [item.flags for item in items(store)] == [{"\\Seen", "\\Flagged", "x"}, frozenset()]
    assert (store.counts().unread, store.counts().pinned) == (1, 1)
    check_counters(store)


def test_many_are_flagged_copied_moved_and_expunged(store: Store, check_counters) -> None:
    keep(store, *(arrival() for _ in range(1_100)))
    flag(store, INBOX, DELETED)
    assert len(done(store.folders.copy(INBOX, items(store), "Junk"))) == 1_100
    assert expunge(store, INBOX) == 1_100
    pairs = done(store.folders.move(JUNK, items(store, JUNK), "INBOX"))
    assert pairs == [(number, number + 1_100) for number in range(1, 1_101)]
    check_counters(store)
