"""Commands about messages of the selected folder: FETCH, STORE, COPY, MOVE, EXPUNGE (RFC 9051 §6.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from mailpit_py.servers.imap import fetch_item, response
from mailpit_py.servers.imap.fetch_item import FetchProgram
from mailpit_py.servers.imap.flagging import flag_change
from mailpit_py.servers.imap.problem import Bad, No
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.sequence import NumberSet, compact
from mailpit_py.servers.imap.view import Numbered, View
from mailpit_py.servers.imap.work import Work, ask
from mailpit_py.storage import DELETED, SEEN, FlagChange

if TYPE_CHECKING:
    from mailpit_py.servers.imap.desk import Answered, Desk
    from mailpit_py.servers.imap.session import Session

_GONE = No("some of these messages are gone", "EXPUNGEISSUED")


def _view(session: Session, *, to_change: bool = False) -> View:
    assert session.view is not None
    if to_change and session.view.selected.is_read_only:
        raise No("the mailbox was opened to be read only", "READ-ONLY")
    return session.view


def _chosen(view: View, numbers: NumberSet, *, by_uid: bool) -> list[Numbered]:
    """The items that are named. Raises Bad for a number that no message has (RFC 9051 §9, seq-number)."""
    if not by_uid and numbers.largest > len(view) and not numbers.has_star:
        raise Bad(f"there are {len(view)} messages")
    return view.chosen(numbers, by_uid=by_uid)


# FETCH


def fetch(session: Session, scanner: Scanner) -> Work[None]:
    """FETCH (RFC 9051 §6.4.5) by number. What it reads becomes seen, unless it peeks; raises No if some are gone."""
    yield from _fetch(session, scanner, by_uid=False)


def uid_fetch(session: Session, scanner: Scanner) -> Work[None]:
    """UID FETCH (RFC 9051 §6.4.9): the same by UID; a UID that is not there is passed over."""
    yield from _fetch(session, scanner, by_uid=True)


def _fetch(session: Session, scanner: Scanner, *, by_uid: bool) -> Work[None]:
    numbers = scanner.number_set()
    scanner.space()
    program = _complete(session, fetch_item.parse(scanner), by_uid=by_uid)
    yield from session.catch_up(tells_expunged=by_uid)
    view = _view(session)
    chosen = _chosen(view, numbers, by_uid=by_uid)
    if program.changed_since is not None:
        chosen = [(number, item) for number, item in chosen if item.modseq > program.changed_since]
    marked: frozenset[int] = frozenset()
    if program.marks_seen and not view.selected.is_read_only:
        marked = yield from _mark_seen(session, view, chosen)
        chosen = [(number, view.item(number)) for number, _ in chosen]
    gone = yield from _answer(session, program, chosen, marked)
    yield from session.catch_up(tells_expunged=by_uid)
    if gone:
        raise _GONE


def _complete(session: Session, program: FetchProgram, *, by_uid: bool) -> FetchProgram:
    """Ask for what is not asked for, but belongs to the answer."""
    view = _view(session)
    if program.changed_since is not None or program.has("MODSEQ"):
        if not view.selected.has_modseq:
            raise Bad("this mailbox has no MODSEQ")
        session.enabled.add("CONDSTORE")
    if program.changed_since is not None:
        program = program.with_item("MODSEQ")  # RFC 7162 §3.1.4.1
    return program.with_item("UID") if by_uid else program


def _mark_seen(session: Session, view: View, chosen: Sequence[Numbered]) -> Work[frozenset[int]]:
    """Flag what is fetched as seen; return the UIDs of what was not."""
    unseen = [item for _, item in chosen if not item.seen and not view.is_gone(item.uid)]
    if unseen:
        change = FlagChange.of("+", [SEEN])
        yield from ask(lambda desk: desk.flag(view.selected.folder, unseen, change))
        yield from session.read_news()
    return frozenset(item.uid for item in unseen)


def _answer(session: Session, program: FetchProgram, chosen: Sequence[Numbered], marked: frozenset[int]) -> Work[int]:
    """Say what was asked for, a piece at a time; return how many messages are gone."""
    gone = 0
    with_flags = program.with_item("FLAGS")  # RFC 9051 §6.4.5: of what became seen by it
    for asked, members in _runs(program, with_flags, chosen, marked):
        gone += yield from _answer_alike(session, asked, members)
    if session.view is not None and program.has("FLAGS"):
        session.view.is_told(item.uid for _, item in chosen)
    elif session.view is not None:
        session.view.is_told(marked)
    return gone


def _answer_alike(session: Session, program: FetchProgram, chosen: Sequence[Numbered]) -> Work[int]:
    gone = 0
    while chosen:
        answered = yield from ask(_fetching(program, chosen, is_utf8=session.is_utf8))
        session.output += answered.octets
        chosen = chosen[answered.count :]
        gone += answered.gone
    return gone


def _fetching(program: FetchProgram, chosen: Sequence[Numbered], *, is_utf8: bool) -> Callable[[Desk], Answered]:
    return lambda desk: desk.fetch(program, chosen, is_utf8=is_utf8)


def _runs(
    program: FetchProgram, with_flags: FetchProgram, chosen: Sequence[Numbered], marked: frozenset[int]
) -> list[tuple[FetchProgram, list[Numbered]]]:
    """Messages that are answered alike, in their order."""
    runs: list[tuple[FetchProgram, list[Numbered]]] = []
    for one in chosen:
        asked = with_flags if one[1].uid in marked else program
        if not runs or runs[-1][0] is not asked:
            runs.append((asked, []))
        runs[-1][1].append(one)
    return runs


# STORE


def store(session: Session, scanner: Scanner) -> Work[str | None]:
    """STORE (RFC 9051 §6.4.6) by number; returns what UNCHANGEDSINCE kept as it was (RFC 7162 §3.1.3), if anything."""
    return (yield from _store(session, scanner, by_uid=False))


def uid_store(session: Session, scanner: Scanner) -> Work[str | None]:
    """UID STORE: the same by UID."""
    return (yield from _store(session, scanner, by_uid=True))


def _store(session: Session, scanner: Scanner, *, by_uid: bool) -> Work[str | None]:
    numbers = scanner.number_set()
    scanner.space()
    unchanged_since = _unchanged_since(session, scanner)
    change, is_silent = flag_change(scanner)
    yield from session.catch_up(tells_expunged=False)
    view = _view(session, to_change=True)
    chosen = _chosen(view, numbers, by_uid=by_uid)
    items = [item for _, item in chosen if not view.is_gone(item.uid)]
    late = yield from ask(lambda desk: frozenset(desk.flag(view.selected.folder, items, change, unchanged_since)))
    yield from session.read_news()
    _tell_stored(session, [one for one in chosen if one[1].uid not in late], change, is_silent=is_silent, by_uid=by_uid)
    session.tell(tells_expunged=by_uid)
    if len(items) < len(chosen):
        raise _GONE
    if late:
        named = [item.uid if by_uid else number for number, item in chosen if item.uid in late]
        return f"[MODIFIED {compact(named)}] others were changed meanwhile"
    return None


def _unchanged_since(session: Session, scanner: Scanner) -> int | None:
    if not scanner.peek(b"("):
        return None
    scanner.pass_over(b"(UNCHANGEDSINCE ")
    number = scanner.number()
    scanner.pass_over(b") ")
    if not _view(session).selected.has_modseq:
        raise Bad("this mailbox has no MODSEQ")
    session.enabled.add("CONDSTORE")
    return number


def _tell_stored(
    session: Session, stored: Iterable[Numbered], change: FlagChange, *, is_silent: bool, by_uid: bool
) -> None:
    """Say the flags as they are now; if that was not asked for, only what nobody could expect (RFC 9051 §6.4.6)."""
    view = _view(session)
    for number, before in stored:
        if view.is_gone(before.uid):
            continue
        item = view.item(number)
        if not is_silent or item.flags != change.apply(before.flags):
            session.output += session.flags_of(number, item, with_uid=by_uid)
        elif session.wants_modseq and item.modseq != before.modseq:
            session.output += response.modseq_of(number, item)
        view.is_told([item.uid])


# COPY and MOVE


def copy(session: Session, scanner: Scanner) -> Work[str]:
    """COPY (RFC 9051 §6.4.7) by number; returns COPYUID with the UIDs before and after, in one order."""
    return (yield from _carry(session, scanner, by_uid=False, moves=False))


def uid_copy(session: Session, scanner: Scanner) -> Work[str]:
    """UID COPY: the same by UID."""
    return (yield from _carry(session, scanner, by_uid=True, moves=False))


def move(session: Session, scanner: Scanner) -> Work[str]:
    """MOVE (RFC 9051 §6.4.8) by number: COPYUID is told first, then each EXPUNGE."""
    return (yield from _carry(session, scanner, by_uid=False, moves=True))


def uid_move(session: Session, scanner: Scanner) -> Work[str]:
    """UID MOVE: the same by UID."""
    return (yield from _carry(session, scanner, by_uid=True, moves=True))


def _carry(session: Session, scanner: Scanner, *, by_uid: bool, moves: bool) -> Work[str]:
    numbers = scanner.number_set()
    scanner.space()
    name = scanner.mailbox()
    scanner.end()
    yield from session.catch_up(tells_expunged=False)
    view, reader = _view(session, to_change=moves), session.reader
    chosen = _chosen(view, numbers, by_uid=by_uid)
    items = [item for _, item in chosen if not view.is_gone(item.uid)]
    assert reader is not None
    uidvalidity, pairs = yield from ask(lambda desk: desk.copy(reader, view.selected.folder, items, name, moves=moves))
    code = ""
    if pairs:
        before, after = (compact(one) for one in zip(*pairs, strict=True))
        code = f"[COPYUID {uidvalidity} {before} {after}] "
    if moves and code:
        session.say(f"* OK {code}moved")  # RFC 6851 §4.3: before the EXPUNGEs
    yield from session.catch_up()
    if len(pairs) < len(chosen):
        raise _GONE
    return "done" if moves else f"{code}done"


# EXPUNGE


def expunge(session: Session, scanner: Scanner) -> Work[None]:
    """EXPUNGE (RFC 9051 §6.4.3): what is flagged as deleted goes. Raises No in a mailbox opened to be read only."""
    yield from _expunge(session, None)


def uid_expunge(session: Session, scanner: Scanner) -> Work[None]:
    """UID EXPUNGE (RFC 9051 §6.4.9): of these UIDs alone."""
    numbers = scanner.number_set()
    scanner.end()
    yield from _expunge(session, numbers)


def _expunge(session: Session, numbers: NumberSet | None) -> Work[None]:
    yield from session.catch_up()
    view = _view(session, to_change=True)
    chosen = view.all() if numbers is None else view.chosen(numbers, by_uid=True)
    items = [item for _, item in chosen if DELETED in item.flags]
    yield from ask(lambda desk: desk.expunge(view.selected.folder, items))
    yield from session.catch_up()
