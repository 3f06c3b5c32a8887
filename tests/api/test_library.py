"""What is kept between requests: parsed messages, answers of lists."""

from __future__ import annotations

import threading

import pytest

from mailpit_py.api.library import Library
from mailpit_py.api.memo import Memo
from mailpit_py.errors import NotFound
from mailpit_py.mail import Message
from mailpit_py.mail.html import SafeHtml
from mailpit_py.storage import Journal, Selection
from tests.api.conftest import Mail


def test_a_message_is_taken_apart_once(mail: Mail) -> None:
    library = Library(mail.sandbox.store)
    public_id = mail.receive()
    assert library.message("default", public_id) is library.message("default", public_id)


def test_a_deleted_message_leaves_the_library(mail: Mail) -> None:
    library = Library(mail.sandbox.store)
    public_id = mail.receive()
    library.message("default", public_id)
    mail.sandbox.store.delete("default", Selection.ids([public_id])).result(10)
    with pytest.raises(NotFound):
        library.message("default", public_id)


def test_the_shelf_is_bounded_by_bytes(mail: Mail) -> None:
    library = Library(mail.sandbox.store, room_bytes=10_000)
    ids = [mail.receive(b"Subject: x\r\n\r\n" + b"a" * 4_000) for _ in range(3)]
    large = mail.receive(b"Subject: x\r\n\r\n" + b"a" * 9_000)
    kept = [library.message("default", public_id) for public_id in [*ids, large]]
    again = [library.message("default", public_id) for public_id in [large, *ids[::-1]]][::-1]
    assert [first is second for first, second in zip(kept, [again[0], again[1], again[2], again[3]], strict=True)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_html_is_made_safe_once_for_each_policy(mail: Mail) -> None:
    library = Library(mail.sandbox.store)
    public_id = mail.receive()
    made: list[bool] = []

    def make(message: Message) -> SafeHtml:
        made.append(True)
        return SafeHtml(message.subject)

    for remote in (False, False, True, False, True):
        assert library.safe_html("default", public_id, remote=remote, make=make).html == "Hello"
    assert len(made) == 2


def test_requests_at_once_wait_for_one_rendering(mail: Mail) -> None:
    library = Library(mail.sandbox.store)
    public_id = mail.receive()
    begun, go = threading.Event(), threading.Event()
    made: list[bool] = []
    got: list[SafeHtml] = []

    def make(message: Message) -> SafeHtml:
        made.append(True)
        begun.set()
        go.wait(10)
        return SafeHtml(message.subject)

    def ask() -> None:
        got.append(library.safe_html("default", public_id, remote=False, make=make))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go.set()
    for thread in threads:
        thread.join()
    assert (len(made), len({id(safe) for safe in got})) == (1, 1)


def test_requests_at_once_share_one_message(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(mail.sandbox.store)
    public_id = mail.receive()
    real = mail.sandbox.store.raw
    together = threading.Barrier(3, timeout=10)

    def raw(inbox: str, public_id: str) -> bytes | None:
        together.wait()
        return real(inbox, public_id)

    monkeypatch.setattr(mail.sandbox.store, "raw", raw)
    found: list[Message] = []
    threads = [threading.Thread(target=lambda: found.append(library.message("default", public_id))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(message) for message in found}) == 1


def test_a_memo_forgets_when_the_journal_moves() -> None:
    journal = Journal()
    memo = Memo(journal)
    assert [memo.get("a", lambda: 1), memo.get("a", lambda: 2)] == [1, 1]
    journal.ring()
    assert memo.get("a", lambda: 3) == 3


def test_a_value_that_was_overtaken_is_not_kept() -> None:
    journal = Journal()
    memo = Memo(journal)

    def overtaken() -> int:
        journal.ring()
        memo.get("b", lambda: 0)
        return 1

    assert memo.get("a", overtaken) == 1
    assert memo.get("a", lambda: 2) == 2


def test_a_memo_keeps_the_newest() -> None:
    memo = Memo(Journal(), room=2)
    for key in ("a", "b", "a", "c"):
        memo.get(key, lambda key=key: key)  # type: ignore[misc]
    assert [memo.get(key, lambda: "new") for key in ("a", "c", "b")] == ["a", "c", "new"]


def test_many_threads_may_ask_at_once(mail: Mail) -> None:
    library = Library(mail.sandbox.store, room_bytes=2_000)
    ids = [mail.subject(f"number {number}") for number in range(20)]
    wrong: list[str] = []

    def ask() -> None:
        for _ in range(10):
            for number, public_id in enumerate(ids):
                if library.message("default", public_id).subject != f"number {number}":
                    wrong.append(public_id)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
