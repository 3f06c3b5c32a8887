"""Any sequence of commands, with anything happening beside it, keeps the client's numbers right."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.servers.conversation import Want
from mailpit_py.servers.imap.desk import Desk
from mailpit_py.servers.imap.session import Session
from mailpit_py.servers.settings import ReadingSettings
from mailpit_py.storage import Folder, Selection, Store
from tests.storage.building import arrival, keep

_TOLD = re.compile(rb"\* (\d+) (?:(EXISTS|EXPUNGE)\r\n|FETCH \((?:FLAGS \([^)]*\) )?UID (\d+))")

NUMBER = st.integers(1, 6)
SETS = st.one_of(NUMBER.map(str), st.tuples(NUMBER, NUMBER).map(lambda pair: f"{pair[0]}:{pair[1]}"), st.just("1:*"))
FLAGS = st.sampled_from(["\\Deleted", "\\Seen", "\\Flagged", "x"])
COMMANDS = st.one_of(
    st.sampled_from(["NOOP", "EXPUNGE", "CHECK"]),
    st.tuples(st.sampled_from(["", "UID "]), SETS).map(lambda pair: f"{pair[0]}FETCH {pair[1]} (FLAGS BODY[HEADER])"),
    st.tuples(st.sampled_from(["", "UID "]), SETS, st.sampled_from("+-"), FLAGS).map(
        lambda words: f"{words[0]}STORE {words[1]} {words[2]}FLAGS ({words[3]})"
    ),
    SETS.map(lambda numbers: f"UID EXPUNGE {numbers}"),
    st.tuples(st.sampled_from(["COPY", "MOVE", "UID COPY", "UID MOVE"]), SETS, st.sampled_from(["Junk", "INBOX"])).map(
        " ".join
    ),
)
ELSEWHERE = st.tuples(st.sampled_from(["arrive", "delete", "discard", "mark", "restore", "clear"]), st.integers(0, 5))


class Client:
    """A client that believes what it is told, and knows a UID for each number."""

    has_bug = False

    def __init__(self, store: Store) -> None:
        self._desk = Desk(Sandbox(store, Clock()), ReadingSettings())
        self._session = Session(ReadingSettings(), lambda: self._desk.tick)
        self.uids: list[int | None] = []
        self.say("LOGIN everything x")
        self.say("SELECT INBOX")

    def say(self, command: str) -> bytes:
        """The answer to a command, taken in as a client does."""
        answer = self.feed(b"t " + command.encode() + b"\r\n")
        self._take(command, answer)
        return answer

    def feed(self, data: bytes) -> bytes:
        """What the session says to these octets, with all its work done."""
        self._session.receive(data)
        self._session.advance()
        while self._session.wants is Want.WORK:
            try:
                result = self._session.work(self._desk)  # type: ignore[misc]
            except Exception as error:
                self._session.fail(error)
            else:
                self._session.finish(result)
            self._session.advance()
        answer = bytes(self._session.output)
        self._session.output.clear()
        assert b"UNAVAILABLE" not in answer
        assert b"SERVERBUG" not in answer or self.has_bug
        return answer

    def break_down(self) -> None:
        """From now on nothing is known of the time."""
        self.has_bug = True
        self._session._tick = lambda: 1 // 0

    def _take(self, command: str, answer: bytes) -> None:
        for number, word, uid in _TOLD.findall(answer):
            if word == b"EXPUNGE":
                assert not command.startswith(("FETCH", "STORE")), "RFC 9051 §7.5.1"
                del self.uids[int(number) - 1]
            elif word == b"EXISTS":
                assert int(number) >= len(self.uids), "RFC 9051 §7.3.1"
                self.uids += [None] * (int(number) - len(self.uids))
            else:
                assert self.uids[int(number) - 1] in (None, int(uid))
                self.uids[int(number) - 1] = int(uid)


def happen(store: Store, what: str, which: int) -> None:
    if what == "arrive":
        keep(store, arrival())
        return
    mailbox = "Trash" if what == "restore" else "INBOX"
    items = store.page(mailbox=mailbox).items
    chosen = [items[which % len(items)].public_id] if items else []
    match what:
        case "delete":
            store.delete("default", Selection.ids(chosen)).result(10)
        case "discard":
            store.maildrops.discard("default", chosen).result(10)
        case "mark":
            store.mark("default", Selection.ids(chosen), seen=bool(which % 2), pinned=which > 2).result(10)
        case "restore" if store.folders.has(Folder("default", "Trash")):
            trash = Folder("default", "Trash")
            for future in store.folders.move(trash, store.folders.open(trash).items[:1], "INBOX"):
                future.result(10)
        case "clear":
            store.delete("default", Selection.everything()).result(10)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(COMMANDS, ELSEWHERE), max_size=25))
def test_numbers_stay_right_whatever_is_said_and_happens(steps) -> None:
    with Store.open() as store:
        keep(store, *(arrival() for _ in range(4)))
        client = Client(store)
        for step in steps:
            if isinstance(step, tuple):
                happen(store, *step)
            else:
                client.say(step)
                client.say("FETCH 1:* UID")
        client.say("NOOP")
        client.say("FETCH 1:* UID")
        assert client.uids == [item.uid for item in store.folders.open(Folder("default")).items]
