"""The live feed without sockets: order, resume, resync, laggards, sleep and end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mailpit_py.api import feed as feed_module
from mailpit_py.api.feed import Batch, Feed, Ring
from mailpit_py.storage import Cursor, Selection, Store, StoreOptions
from tests.api.conftest import Mail
from tests.api.test_frames import payload


class Client:
    """Follows a feed in a thread of its own."""

    def __init__(self, feed: Feed, after: Cursor | None = None, inbox: str = "default") -> None:
        self.alive = True
        self.frames: list[dict[str, Any]] = []
        self._moved = threading.Condition()
        self._source = feed.follow(inbox, after, lambda: self.alive)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        for encoded in self._source:
            with self._moved:
                self.frames.append(payload(encoded))
                self._moved.notify_all()

    def wait_for(self, condition: Any, timeout: float = 30) -> None:
        with self._moved:
            assert self._moved.wait_for(lambda: condition(self), timeout), self.frames

    @property
    def told(self) -> list[tuple[str, str]]:
        found = []
        for frame in self.frames:
            for change in frame.get("changes", []):
                entries = change.get("ids") or [one["id"] for one in change.get("messages", [])] or [""]
                found += [(change["kind"], entry) for entry in entries]
        return found


@pytest.fixture
def feed(mail: Mail) -> Iterator[Feed]:
    """A feed of the sandbox."""
    feed = Feed(mail.sandbox.store)
    yield feed
    feed.close()


def test_a_new_client_is_told_where_it_stands(feed: Feed, mail: Mail) -> None:
    mail.receive()
    client = Client(feed)
    client.wait_for(lambda self: self.frames)
    assert client.frames[0]["changes"] == []
    assert client.frames[0]["cursor"] == str(mail.sandbox.store.head())
    assert client.frames[0]["counts"]["total"] == 1


def test_changes_come_in_the_order_in_which_they_were_made(feed: Feed, mail: Mail) -> None:
    client = Client(feed)
    client.wait_for(lambda self: self.frames)
    first = mail.receive()
    client.wait_for(lambda self: self.told)
    mail.sandbox.store.mark("default", Selection.ids([first]), seen=True).result(10)
    client.wait_for(lambda self: len(self.told) == 2)
    mail.sandbox.store.delete("default", Selection.ids([first])).result(10)
    client.wait_for(lambda self: len(self.told) == 3)
    mail.sandbox.store.delete("default", Selection.everything()).result(10)
    second = mail.receive()
    client.wait_for(lambda self: ("added", second) in self.told)
    kinds = [kind for kind, _ in client.told]
    assert kinds[:3] == ["added", "changed", "removed"]
    assert kinds[-1] == "added"


def test_a_refused_transaction_is_told(feed: Feed, mail: Mail) -> None:
    client = Client(feed)
    client.wait_for(lambda self: self.frames)
    attempt = mail.refuse()
    client.wait_for(lambda self: self.told == [("added", attempt)])
    assert client.frames[-1]["changes"][0]["messages"][0]["kind"] == "attempt"


def test_a_client_goes_on_where_it_stopped(feed: Feed, mail: Mail) -> None:
    cursor = mail.sandbox.store.head()
    ids = [mail.receive() for _ in range(30)]
    client = Client(feed, after=cursor)
    client.wait_for(lambda self: len(self.told) == 30)
    more = mail.receive()
    client.wait_for(lambda self: len(self.told) == 31)
    assert client.told == [("added", one) for one in [*ids, more]]


def test_more_than_one_batch_is_caught_up(feed: Feed, mail: Mail) -> None:
    cursor = mail.sandbox.store.head()
    ids = [mail.receive() for _ in range(3)]
    marks = [
        mail.sandbox.store.mark("default", Selection.ids(ids[:1]), seen=number % 2 == 0) for number in range(600)
    ]  # each is one change, and one batch has 500
    assert sum(mark.result(10) for mark in marks) == 600
    client = Client(feed, after=cursor)
    last = mail.receive()
    client.wait_for(lambda self: ("added", last) in self.told)
    assert [one for one in client.told if one[0] == "added"] == [("added", one) for one in [*ids, last]]


@pytest.mark.parametrize("after", [Cursor("zzz", 0), Cursor("zzz", 10**15)])
def test_another_database_means_reading_anew_once(feed: Feed, mail: Mail, after: Cursor) -> None:
    client = Client(feed, after=after)
    client.wait_for(lambda self: len(self.frames) == 2)
    assert client.frames[0] == {"resync": True, "cursor": str(mail.sandbox.store.head())}
    new = mail.receive()
    client.wait_for(lambda self: self.told == [("added", new)])
    assert [frame for frame in client.frames if frame.get("resync")] == client.frames[:1]


def test_a_cursor_from_the_future_means_reading_anew(feed: Feed, mail: Mail) -> None:
    head = mail.sandbox.store.head()
    client = Client(feed, after=Cursor(head.epoch, head.seq + 100))
    client.wait_for(lambda self: self.frames)
    assert client.frames[0]["resync"] is True


def test_a_burst_becomes_few_frames(feed: Feed, mail: Mail) -> None:
    client = Client(feed)
    client.wait_for(lambda self: self.frames)
    futures = [mail.subject(f"number {number}") for number in range(150)]
    client.wait_for(lambda self: len(self.told) == len(futures))
    assert len(client.frames) < 60


def test_every_client_sees_the_same(feed: Feed, mail: Mail) -> None:
    clients = [Client(feed) for _ in range(20)]
    for client in clients:
        client.wait_for(lambda self: self.frames)
    ids = [mail.receive() for _ in range(40)]
    for client in clients:
        client.wait_for(lambda self: len(self.told) == 40)
        assert [one for _, one in client.told] == ids


def test_a_client_that_the_ring_has_left_behind_reads_the_store(
    feed: Feed, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "RING_BYTES", 1_500)
    client = Client(feed)
    client.wait_for(lambda self: self.frames)
    ids: list[str] = []
    for many in range(5, 45, 5):
        ids += [mail.receive() for _ in range(5)]
        client.wait_for(lambda self, many=many: len(self.told) >= many)  # a round of the tailer at least
    assert [one for _, one in client.told] == ids


def test_the_tailer_sleeps_while_nobody_listens(feed: Feed, mail: Mail) -> None:
    first = Client(feed)
    first.wait_for(lambda self: self.frames)
    first.alive = False
    feed.wake()
    first.thread.join(5)
    assert feed.listeners == 0
    cursor = mail.sandbox.store.head()
    missed = mail.receive()
    second = Client(feed, after=cursor)
    second.wait_for(lambda self: self.told == [("added", missed)])
    new = mail.receive()
    second.wait_for(lambda self: self.told == [("added", missed), ("added", new)])


def test_a_client_that_leaves_is_noticed_at_once(feed: Feed) -> None:
    client = Client(feed)
    client.wait_for(lambda self: self.frames)
    client.alive = False
    feed.wake()
    client.thread.join(1)
    assert not client.thread.is_alive()


def test_the_end_of_the_feed_ends_everybody(feed: Feed) -> None:
    clients = [Client(feed) for _ in range(5)]
    for client in clients:
        client.wait_for(lambda self: self.frames)
    feed.close()
    for client in clients:
        client.thread.join(1)
        assert not client.thread.is_alive()
    assert "feed" not in [thread.name for thread in threading.enumerate()]


def test_the_end_of_the_journal_ends_everybody() -> None:
    with Store.open(None, StoreOptions()) as store:
        feed = Feed(store)
        client = Client(feed)
        client.wait_for(lambda self: self.frames)
        store.journal.close()
        client.thread.join(5)
        assert not client.thread.is_alive()
        assert feed.closed


def test_a_ring_keeps_what_fits_and_knows_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "RING_BYTES", 10)
    ring = Ring(floor=5)
    for batch in (Batch(5, 6, (b"aaaa",)), Batch(6, 7, ()), Batch(7, 9, (b"bb", b"cc")), Batch(9, 12, (b"dddd",))):
        ring.add(batch)
    assert (ring.floor, ring.size) == (6, 8)
    assert ring.after(5) is None
    assert ring.after(6) == ring.after(7) == [b"bb", b"cc", b"dddd"]
    assert ring.after(8) is None  # in the middle of a batch
    assert ring.after(9) == [b"dddd"]
    assert ring.after(12) == []


def test_clients_come_and_go_while_mail_comes_in(feed: Feed, mail: Mail) -> None:
    rounds: list[str] = []

    def come_and_go() -> None:
        for _ in range(20):
            client = Client(feed)
            client.wait_for(lambda self: self.frames)
            new = mail.receive()
            client.wait_for(lambda self, new=new: ("added", new) in self.told)
            client.alive = False
            feed.wake()
            client.thread.join(5)
            assert not client.thread.is_alive()
            rounds.append(new)

    threads = [threading.Thread(target=come_and_go, daemon=True) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert len(set(rounds)) == 6 * 20
    assert feed.listeners == 0
