"""SEARCH and SORT through a session with a store behind it (RFC 9051 §6.4.4, RFC 5256, RFC 4731, RFC 5182)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpit_py.application.clock import Clock
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.servers.conversation import Want
from mailpit_py.servers.imap.desk import Desk
from mailpit_py.servers.imap.session import Session
from mailpit_py.servers.settings import ReadingSettings
from mailpit_py.storage import Store, StoreOptions
from tests.storage.building import NOW, arrival, keep

Say = Callable[[str], list[str]]
DAY = 86_400_000_000
# Received at NOW (2025-11-24T16:00:00Z) and a day later each; numbered from 1.
MAILS = [
    b"From: Ann Lee <ann@x.test>\r\nTo: bob@y.test\r\nSubject: Re: Apples\r\nDate: Mon, 24 Nov 2025 23:30:00 -0500\r\n"
    b"Message-ID: <one@x.test>\r\nX-Mailer: Pear 1.0\r\n\r\nThe quick brown fox.\r\n",
    "From: Bj\u00f6rn <b@x.test>\r\nTo: Ann Lee <ann@x.test>\r\nCc: carol@z.test\r\nSubject: Bananas und K\u00e4se\r\n"
    "Date: Tue, 25 Nov 2025 10:00:00 +0000\r\n\r\nJumps over the lazy dog. Gr\u00fc\u00dfe\r\n".encode(),
    b"From: carol@z.test\r\nReply-To: ann@x.test\r\nTo: bob@y.test\r\nBcc: secret@w.test\r\nSubject: apples\r\n"
    b"Content-Type: text/html\r\n\r\n<p>The <b>quick</b> answer</p>" + b"<!-- -->" * 100 + b"\r\n",
    b"Subject: [list] Cherries\r\nDate: Mon, 1 Jan 2024 00:15:00 +0100\r\n\r\nnothing\n",
]


def conversation(store: Store) -> Say:
    """A function that says a command, and returns the lines of the answer."""
    desk, session = (
        Desk(Sandbox(store, Clock()), ReadingSettings()),
        Session(ReadingSettings(), lambda: store.journal.tick),
    )
    session.greet()

    def say(command: str) -> list[str]:
        session.output.clear()
        session.receive(f"A1 {command}\r\n".encode())
        session.advance()
        while session.wants is Want.WORK:
            assert session.work is not None
            session.finish(session.work(desk))
        return session.output.decode().split("\r\n")[:-1]

    return say


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with Store.open(None, StoreOptions()) as store:
        for days, raw in enumerate(MAILS):
            keep(store, arrival(raw, "bob@y.test", received_at=NOW + days * DAY))
        yield store


@pytest.fixture(scope="module")
def say(store: Store) -> Say:
    say = conversation(store)
    say("LOGIN x y")
    say("SELECT INBOX")
    for command in (
        r"STORE 1 +FLAGS (\Seen \Answered)",
        r"STORE 2 +FLAGS (\Flagged $Forwarded)",
        r"STORE 4 +FLAGS \Deleted",
    ):
        assert say(command)[-1].startswith("A1 OK")
    return say


def numbers(answer: list[str]) -> list[int]:
    assert answer[-1].startswith("A1 OK"), answer
    return [int(word) for word in answer[0].split()[2:]]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("ALL", [1, 2, 3, 4]),
        ("2:3", [2, 3]),
        ("*", [4]),
        ("UID 1,4", [1, 4]),
        ("NOT 2", [1, 3, 4]),
        ("OR 1 3", [1, 3]),
        ("(1:3 NOT 2)", [1, 3]),
        ("OR (1:2 2:3) 4", [2, 4]),
        ("SEEN", [1]),
        ("UNSEEN", [2, 3, 4]),
        ("ANSWERED", [1]),
        ("UNANSWERED", [2, 3, 4]),
        ("FLAGGED", [2]),
        ("UNFLAGGED", [1, 3, 4]),
        ("DELETED", [4]),
        ("UNDELETED UNSEEN", [2, 3]),
        ("DRAFT", []),
        ("UNDRAFT", [1, 2, 3, 4]),
        ("KEYWORD $forwarded", [2]),
        ("UNKEYWORD $Forwarded", [1, 3, 4]),
        ("NEW", []),
        ("OLD", [1, 2, 3, 4]),
        ("RECENT", []),
        ("SUBJECT apple", [1, 3]),
        ("SUBJECT APPLES", [1, 3]),
        ("SUBJECT K\u00c4SE", [2]),
        ('SUBJECT ""', [1, 2, 3, 4]),
        ("FROM ann", [1]),  # Reply-To is no From
        ("FROM ann@x", [1]),
        ('FROM "Ann Lee"', [1]),
        ("FROM bj\u00f6rn", [2]),
        ("TO bob", [1, 3]),
        ("TO ann", [2]),
        ("CC carol", [2]),
        ("BCC secret", [3]),
        ("HEADER Reply-To ann", [3]),
        ("HEADER X-Mailer pear", [1]),
        ('HEADER X-Mailer ""', [1]),
        ("HEADER Message-ID <one@x.test>", [1]),
        ('HEADER Date ""', [1, 2, 4]),
        ('HEADER Cc ""', [2]),
        ('HEADER From ""', [1, 2, 3]),
        ('FROM ""', [1, 2, 3]),
        ('HEADER To ""', [1, 2, 3]),
        ("BODY quick", [1, 3]),
        ('BODY "quick brown"', [1]),
        ("BODY GR\u00dc\u00dfE", [2]),
        ("BODY apples", []),
        ("TEXT apples", [1, 3]),
        ("TEXT quick", [1, 3]),
        ("TEXT one@x.test", [1]),
        ("NOT TEXT apples", [2, 4]),
        ("LARGER 500", [3]),
        ("SMALLER 100", [4]),
        ("OR LARGER 500 SEEN", [1, 3]),
        ("BEFORE 25-Nov-2025", [1]),
        ("ON 25-Nov-2025", [2]),
        ('SINCE "26-Nov-2025"', [3, 4]),
        ("SINCE 25-nov-2025 BEFORE 27-Nov-2025", [2, 3]),
        ("SENTON 24-Nov-2025", [1]),  # on the clock of who wrote it
        ("SENTON 25-Nov-2025", [2]),
        ("SENTON 1-Jan-2024", [4]),
        ("SENTBEFORE 1-Jan-2024", []),
        ("SENTSINCE 25-Nov-2025", [2]),
        ("NOT SENTSINCE 25-Nov-2025", [1, 3, 4]),
        ("CHARSET utf-8 FROM ann", [1]),
        ("CHARSET US-ASCII ALL", [1, 2, 3, 4]),
        ("UNSEEN OR (FROM carol SUBJECT apples) KEYWORD $Forwarded", [2, 3]),
        ("NOT (OR SUBJECT apples SUBJECT bananas)", [4]),
        ("NOT NOT SEEN", [1]),
    ],
)
def test_search_keys(say, keys, expected):
    assert numbers(say(f"SEARCH {keys}")) == expected
    assert numbers(say(f"UID SEARCH {keys}")) == expected


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("SEARCH", "A1 BAD"),
        ("SEARCH SEEN ", "A1 BAD"),
        ("SEARCH COLOUR", "A1 BAD there is no search key COLOUR"),
        ("SEARCH OR SEEN", "A1 BAD"),
        ("SEARCH ()", "A1 BAD"),
        ("SEARCH (SEEN", "A1 BAD"),
        ("SEARCH BEFORE 31-Feb-2025", "A1 BAD there is no such day"),
        ("SEARCH BEFORE tomorrow", "A1 BAD"),
        ("SEARCH LARGER much", "A1 BAD"),
        ("SEARCH RETURN (BEST) ALL", "A1 BAD there is no return option BEST"),
        ("SEARCH CHARSET KOI8-R ALL", "A1 NO [BADCHARSET (US-ASCII UTF-8)]"),
        ("SEARCH " + "NOT " * 40 + "SEEN", "A1 BAD the search is too long or too deep"),
        ("SEARCH " + "SEEN " * 250 + "SEEN", "A1 BAD the search is too long or too deep"),
        ("SORT (DATE) UTF-8", "A1 BAD"),
        ("SORT () UTF-8 ALL", "A1 BAD"),
        ("SORT (COLOUR) UTF-8 ALL", "A1 BAD nothing is sorted by COLOUR"),
        ("SORT (DATE) KOI8-R ALL", "A1 NO [BADCHARSET (US-ASCII UTF-8)]"),
    ],
)
def test_what_cannot_be_read_is_refused(say, command, answer):
    (line,) = say(command)
    assert line.startswith(answer)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("SEARCH RETURN (MIN COUNT) UNSEEN", '* ESEARCH (TAG "A1") MIN 2 COUNT 3'),
        ("SEARCH RETURN () UNSEEN", '* ESEARCH (TAG "A1") ALL 2:4'),
        ("UID SEARCH RETURN (MAX ALL) 1,3:4", '* ESEARCH (TAG "A1") UID MAX 4 ALL 1,3:4'),
        ("SEARCH RETURN (MIN MAX ALL COUNT) DRAFT", '* ESEARCH (TAG "A1") COUNT 0'),
        ("SEARCH RETURN (ALL) DRAFT", '* ESEARCH (TAG "A1")'),
    ],
)
def test_an_extended_answer_says_what_was_asked_for(say, command, answer):
    assert say(command)[0] == answer


@pytest.mark.parametrize(
    ("saving", "kept"),
    [
        ("RETURN (SAVE) UNSEEN", [2, 3, 4]),
        ("RETURN (SAVE MIN) UNSEEN", [2]),
        ("RETURN (SAVE MIN MAX) UNSEEN", [2, 4]),
        ("RETURN (SAVE MIN COUNT) UNSEEN", [2, 3, 4]),
        ("RETURN (SAVE) DRAFT", []),
    ],
)
def test_a_saved_result_is_named_by_a_dollar_sign(say, saving, kept):
    assert say(f"SEARCH {saving}")[-1].startswith("A1 OK")
    assert numbers(say("SEARCH $")) == kept
    assert numbers(say("SEARCH UID $")) == kept


def test_a_result_is_kept_by_a_search_that_cannot_be_read_and_emptied_by_one_that_is_refused(say):
    say("SEARCH RETURN (SAVE) SEEN")
    say("SEARCH RETURN (SAVE) COLOUR")
    assert numbers(say("SEARCH $")) == [1]
    say("SEARCH RETURN (SAVE) CHARSET KOI8-R SEEN")
    assert numbers(say("SEARCH $")) == []


def test_a_search_that_only_saves_says_nothing(say):
    (line,) = say("SEARCH RETURN (SAVE) ALL")
    assert line.startswith("A1 OK")


def test_a_search_for_changes_tells_the_highest(say):
    highest = int(say("FETCH 4 (MODSEQ)")[0].rpartition("(")[2].rstrip(")"))
    assert say(f"SEARCH MODSEQ {highest}")[0] == f"* SEARCH 4 (MODSEQ {highest})"
    assert say(f'SEARCH MODSEQ "/flags/\\\\deleted" all {highest}')[0] == f"* SEARCH 4 (MODSEQ {highest})"
    assert say(f"SEARCH RETURN (COUNT) MODSEQ {highest}")[0] == f'* ESEARCH (TAG "A1") COUNT 1 MODSEQ {highest}'
    assert say(f"SEARCH MODSEQ {highest + 1}")[0] == "* SEARCH"


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("ARRIVAL", [1, 2, 3, 4]),
        ("REVERSE ARRIVAL", [4, 3, 2, 1]),
        ("DATE", [4, 1, 2, 3]),  # the third has none: its arrival stands in
        ("SUBJECT", [1, 3, 2, 4]),
        ("REVERSE SUBJECT", [4, 2, 1, 3]),  # equals keep their order
        ("SUBJECT REVERSE ARRIVAL", [3, 1, 2, 4]),
        ("FROM", [4, 1, 2, 3]),
        ("TO REVERSE FROM", [4, 2, 3, 1]),
        ("CC", [1, 3, 4, 2]),
        ("SIZE", [4, 2, 1, 3]),
        ("DISPLAYFROM", [4, 1, 2, 3]),
        ("DISPLAYTO", [4, 2, 1, 3]),
    ],
)
def test_sort(say, criteria, expected):
    assert numbers(say(f"SORT ({criteria}) UTF-8 ALL")) == expected
    assert numbers(say(f"UID SORT ({criteria}) US-ASCII NOT 3")) == [number for number in expected if number != 3]


def test_after_rev2_is_enabled_a_search_is_answered_in_its_way(store):
    say = conversation(store)
    say("LOGIN x y")
    say("ENABLE IMAP4rev2")
    say("SELECT INBOX")
    assert say("SEARCH 2:3")[0] == '* ESEARCH (TAG "A1") ALL 2:3'


def test_after_utf8_is_accepted_a_search_names_no_charset(store):
    say = conversation(store)
    say("LOGIN x y")
    say("ENABLE UTF8=ACCEPT")
    say("SELECT INBOX")
    assert say("SEARCH CHARSET UTF-8 ALL")[0].startswith("A1 BAD ")
    assert numbers(say("SEARCH SUBJECT Käse")) == [2]


def test_other_inboxes_and_folders_are_not_searched(store):
    say = conversation(store)
    say("LOGIN x y")
    say("SELECT Trash")
    assert numbers(say("SEARCH TEXT apples")) == []


LEAVES = {
    "SEEN": {1},
    "FLAGGED": {2},
    "2:3": {2, 3},
    "UID 4": {4},
    "SUBJECT apples": {1, 3},
    "BODY quick": {1, 3},
    "FROM ann": {1},
    "LARGER 500": {3},
    "SINCE 26-Nov-2025": {3, 4},
    "SENTON 1-Jan-2024": {4},
    "KEYWORD $Forwarded": {2},
    "ALL": {1, 2, 3, 4},
    "NEW": set[int](),
}
Tree = tuple[str, frozenset[int]]
EVERYTHING = frozenset({1, 2, 3, 4})
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.sampled_from([(words, frozenset(found)) for words, found in LEAVES.items()]),
    lambda one: st.one_of(
        one.map(lambda tree: (f"NOT {tree[0]}", EVERYTHING - tree[1])),
        st.tuples(one, one).map(lambda two: (f"OR {two[0][0]} {two[1][0]}", two[0][1] | two[1][1])),
        st.lists(one, min_size=1, max_size=4).map(
            lambda some: (
                f"({' '.join(tree[0] for tree in some)})",
                EVERYTHING.intersection(*(tree[1] for tree in some)),
            )
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(tree=TREES)
def test_keys_put_together_find_what_they_find_alone(say, tree: Tree) -> None:
    words, expected = tree
    assert numbers(say(f"SEARCH {words}")) == sorted(expected)
