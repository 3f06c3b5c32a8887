"""Inboxes: made by hand and by mail, opened by tokens, found by name and by key, gone when nobody uses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailpit_py.application.clock import Clock
from mailpit_py.application.inboxbook import InboxBook, is_token
from mailpit_py.application.retention import Retention
from mailpit_py.application.routing import Router, Routing
from mailpit_py.errors import ConfigError, NotFound, Taken
from mailpit_py.mail.envelope import Envelope, Recipient, Session
from mailpit_py.storage import DEFAULT_INBOX, EVERY_INBOX, Store, StoreOptions
from tests.storage.building import eventually

SESSION = Session("s", 1, auth_identity="Team-A")
SECOND = 1_000_000


class WallClock(Clock):
    """A clock that tests turn."""

    at = 1_700_000_000 * SECOND

    def wall(self) -> int:
        return self.at


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None, StoreOptions()) as opened:
        yield opened


@pytest.fixture
def book(store: Store, clock: WallClock) -> InboxBook:
    return InboxBook(store, clock)


def test_without_anything_asked_for_all_mail_is_in_the_first_inbox(book: InboxBook) -> None:
    assert book.router.is_idle
    assert book.router.of(SESSION, "ann+team-a@team-b.test", "team-c") == DEFAULT_INBOX


@pytest.mark.parametrize(
    ("by", "address", "header", "expected"),
    [
        (("plus",), "ann+team-x@b.test", "", "team-x"),
        (("plus",), "ann+one+team-x@b.test", "", "team-x"),
        (("plus",), "ann@b.test", "", "default"),
        (("plus",), "ann+@b.test", "", "default"),
        (("plus",), "ann+no space@b.test", "", "default"),
        (("plus",), "bounce+mailbox_full@b.test", "", "default"),  # asks for a failure
        (("header",), "ann@b.test", "Team-H", "team-h"),
        (("header",), "ann@b.test", "", "default"),
        (("auth",), "ann+team-x@b.test", "team-h", "team-a"),
        (("domain",), "ann+team-x@B.test", "", "b.test"),
        (("plus", "auth"), "ann+team-x@b.test", "", "team-x"),
        (("plus", "auth"), "ann@b.test", "", "team-a"),
        (("domain", "plus"), "ann+team-x@b.test", "", "b.test"),
        ((), "ann+team-x@b.test", "team-h", "default"),
    ],
)
def test_the_ways_that_are_asked_for_name_an_inbox_in_their_order(
    by: tuple[str, ...], address: str, header: str, expected: str
) -> None:
    assert Router(Routing(by)).of(SESSION, address, header) == expected


def test_what_was_issued_goes_before_names() -> None:
    keys = {"cafe": "of-key"}
    router = Router(Routing(("auth",)), keys.get, has_keys=True)
    bound = replace(SESSION, inbox="of-port")
    assert router.of(SESSION, "ann+cafe@b.test") == "of-key"
    assert router.of(bound, "ann+cafe@b.test") == "of-key"
    assert router.of(bound, "ann@b.test", "cafe") == "of-port"
    assert router.of(SESSION, "ann@b.test", "cafe") == "of-key"
    assert router.of(SESSION, "ann@b.test") == "team-a"


def test_a_request_that_names_its_inbox_leaves_the_recipient_no_choice() -> None:
    router = Router(of_key={"cafe": "of-key"}.get, has_keys=True)
    named = replace(SESSION, inbox="named", protocol="HTTP")
    assert router.of(named, "ann+cafe@b.test", "cafe") == "named"


def test_each_recipient_has_its_inbox_and_a_header_field_names_that_of_all() -> None:
    router = Router(Routing(("header", "plus")))
    envelope = Envelope("a@b.test", (Recipient("x+one@b.test"), Recipient("y@b.test")))
    assert router.of_each(SESSION, envelope) == ("one", "default")
    raw = b"Subject: x\r\nX-MAILPIT-Inbox:  all \r\n\r\nX-Mailpit-Inbox: body\r\n"
    assert router.of_each(SESSION, envelope, raw) == ("all", "all")
    assert router.of_each(SESSION, envelope, b"\r\nX-Mailpit-Inbox: body\r\n") == ("one", "default")


@pytest.mark.parametrize(("by", "header"), [(("subject",), "X-A"), (("plus",), "No: Name"), (("plus",), "")])
def test_what_can_name_no_inbox_is_refused(by: tuple[str, ...], header: str) -> None:
    with pytest.raises(ConfigError):
        Routing(by, header)


def test_a_token_opens_its_inbox_until_another_one_is_issued(book: InboxBook) -> None:
    first = book.create("team-a")
    second = book.rotate("team-a")
    assert [book.opened_by(one.token) for one in (first, second)] == [None, "team-a"]
    assert is_token(first.token)
    assert second.inbox.key == first.inbox.key
    book.revoke("team-a")
    assert (book.opened_by(second.token), book.has_tokens) == (None, False)


def test_only_the_hash_of_a_token_is_kept(book: InboxBook, store: Store, clock: WallClock) -> None:
    issued = book.create("team-a")
    kept = [str(one) for one in store.inbox_table.all()]
    assert not any(issued.token in one for one in kept)
    assert InboxBook(store, clock).opened_by(issued.token) == "team-a"


def test_a_pass_is_of_this_process_alone(book: InboxBook, store: Store, clock: WallClock) -> None:
    token = book.pass_to(EVERY_INBOX)
    assert book.opened_by(token) == EVERY_INBOX
    assert InboxBook(store, clock).opened_by(token) is None


@pytest.mark.parametrize("name", ["Team", "-a", "a b", "a/b", "x" * 65, "*"])
def test_a_name_that_cannot_be_one_is_refused(book: InboxBook, name: str) -> None:
    with pytest.raises(ValueError, match="a name is of"):
        book.create(name)


def test_a_name_is_given_once_and_again_when_its_inbox_is_gone(book: InboxBook) -> None:
    book.create("team-a")
    with pytest.raises(Taken):
        book.create("team-a")
    book.remove("team-a")
    with pytest.raises(NotFound):
        book.find("team-a")
    assert book.create("team-a").inbox.name == "team-a"


def test_the_first_inbox_stays(book: InboxBook) -> None:
    with pytest.raises(ValueError, match="stays"):
        book.remove(DEFAULT_INBOX)


def test_mail_makes_its_inbox_once_and_no_more_than_there_may_be(store: Store, clock: WallClock) -> None:
    book = InboxBook(store, clock, ttl_seconds=60, at_most=2)
    assert [book.house(name) for name in ("one", "one", "two", "default")] == ["one", "one", "default", "default"]
    store.inbox_table.touch({"one": 1}).result(10)  # the writer works in order
    assert [(one.name, one.origin) for one in store.inbox_table.all()] == [("default", ""), ("one", "mail")]


def test_an_inbox_goes_when_nobody_has_used_it_for_long_enough(book: InboxBook, clock: WallClock) -> None:
    book.create("used", ttl_seconds=100)
    book.create("unused", ttl_seconds=100)
    book.create("kept")
    clock.at += 60 * SECOND
    book.touch("used")
    assert book.expire() == ()
    clock.at += 60 * SECOND
    assert book.expire() == ("unused",)
    assert [one.name for one in book.all] == ["default", "used", "kept"]


def test_when_an_inbox_was_used_is_known_after_a_restart(book: InboxBook, store: Store, clock: WallClock) -> None:
    book.create("used", ttl_seconds=100)
    clock.at += 60 * SECOND
    book.touch("used")
    book.expire()
    assert InboxBook(store, clock).find("used").used_at == clock.at


def test_inboxes_that_options_name_are_made_and_go_by_themselves_no_more(book: InboxBook) -> None:
    book.create("there", ttl_seconds=100)
    book.keep_open(["there", "new"])
    assert [(one.name, one.origin, one.ttl_seconds) for one in book.all[1:]] == [
        ("there", "api", None),
        ("new", "options", None),
    ]
    assert book.find("new").key == ""


def test_whoever_asked_is_told_of_changes_and_of_what_is_gone(book: InboxBook) -> None:
    told: list[str] = []
    book.on_change.append(lambda: told.append("changed"))
    book.on_removal.append(told.append)
    book.create("team-a")
    book.remove("team-a")
    assert told == ["changed", "team-a", "changed"]


def test_what_is_over_goes_by_itself_as_soon_as_there_is_something_that_can(store: Store) -> None:
    book = InboxBook(store, Clock())
    retention = Retention(store, inboxes=book, interval=0.01)
    retention.start()
    try:
        book.create("short", ttl_seconds=0)
        assert eventually(lambda: "short" not in book)
    finally:
        retention.stop()
