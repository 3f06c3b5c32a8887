"""SEARCH and SORT (RFC 9051 §6.4.4, RFC 5256): the commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailpit_py.mail.imap import CRITERIA
from mailpit_py.servers.imap import search_key
from mailpit_py.servers.imap.problem import Bad
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.search_answer import (
    RETURNS,
    Knowledge,
    Return,
    is_known_at_once,
    leaves,
    predicate,
)
from mailpit_py.servers.imap.search_key import Changed, Every, Named, Sized, Stored
from mailpit_py.servers.imap.view import Numbered, View
from mailpit_py.servers.imap.work import Work, ask
from mailpit_py.storage import Item

if TYPE_CHECKING:
    from mailpit_py.servers.imap.session import Session

_CRITERIA_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that SORT compares."""

    name: str
    is_reverse: bool


def search(session: Session, scanner: Scanner) -> Work[None]:
    """SEARCH (RFC 9051 §6.4.4): the numbers of what is found, ascending, in the form that RETURN asks for."""
    yield from _search(session, scanner, by_uid=False)


def uid_search(session: Session, scanner: Scanner) -> Work[None]:
    """UID SEARCH: the same with UIDs."""
    yield from _search(session, scanner, by_uid=True)


def sort(session: Session, scanner: Scanner) -> Work[None]:
    """SORT (RFC 5256 §3): the numbers of what is found, in the order that the criteria give."""
    yield from _sort(session, scanner, by_uid=False)


def uid_sort(session: Session, scanner: Scanner) -> Work[None]:
    """UID SORT: the same with UIDs."""
    yield from _sort(session, scanner, by_uid=True)


def _search(session: Session, scanner: Scanner, *, by_uid: bool) -> Work[None]:
    asked = _return(session, scanner)
    charset = _charset(session, scanner)
    keys = search_key.parse(scanner)
    if asked.saves:
        _view(session).saved = frozenset()  # RFC 5182 §2.1: so it stays if NO is all that there is to say
    search_key.check_charset(charset)
    found = yield from _found(session, keys, by_uid=by_uid)
    if asked.saves:
        _view(session).saved = asked.kept([item.uid for _, item in found])
    numbers = [item.uid if by_uid else number for number, item in found]
    modseq = _modseq(keys, found)
    if asked.is_extended:
        line = asked.extended(session.tag, numbers, by_uid=by_uid, modseq=modseq)
        if line:
            session.say(line)
    else:
        session.say(_line("SEARCH", numbers, modseq))
    yield from session.catch_up(tells_expunged=by_uid)


def _line(name: str, numbers: Sequence[int], modseq: int | None) -> str:
    words = [f"* {name}", *map(str, numbers)]
    return " ".join([*words, *([f"(MODSEQ {modseq})"] if modseq is not None and numbers else [])])


def _modseq(keys: Every, found: Sequence[Numbered]) -> int | None:
    """The highest MODSEQ of what was found, where MODSEQ was searched for (RFC 7162 §3.1.5)."""
    asks = any(isinstance(leaf, Changed) for leaf in leaves(keys))
    return max((item.modseq for _, item in found), default=0) if asks else None


def _return(session: Session, scanner: Scanner) -> Return:
    if not scanner.skip(b"RETURN "):
        return Return(is_extended="IMAP4REV2" in session.enabled)  # RFC 9051 §6.4.4: its only answer
    options = frozenset(scanner.listed(scanner.atom))
    scanner.space()
    if unknown := options.difference(RETURNS):
        raise Bad(f"there is no return option {min(unknown)}")
    return Return(options, is_extended=True)


def _charset(session: Session, scanner: Scanner) -> str:
    """The charset of a search's texts. Raises Bad where it is UTF-8 already (RFC 6855 §3)."""
    if not scanner.skip(b"CHARSET "):
        return "UTF-8"
    if "UTF8=ACCEPT" in session.enabled:
        raise Bad("texts are UTF-8 since UTF8=ACCEPT was enabled")
    charset = scanner.text()
    scanner.space()
    return charset


def _view(session: Session) -> View:
    assert session.view is not None
    return session.view


def _found(session: Session, keys: Every, *, by_uid: bool) -> Work[list[Numbered]]:
    """The items of which all keys hold; what costs nothing is asked first."""
    yield from session.read_news()
    session.tell(tells_expunged=by_uid)
    view = _view(session)
    if any(isinstance(leaf, Changed) for leaf in leaves(keys)):
        if not view.selected.has_modseq:
            raise Bad("this mailbox has no MODSEQ")
        session.enabled.add("CONDSTORE")
    named = {leaf: _named(view, leaf) for leaf in leaves(keys) if isinstance(leaf, Named)}
    quick = [key for key in keys.keys if is_known_at_once(key)]
    rest = search_key.merged(Every(tuple(key for key in keys.keys if not is_known_at_once(key))))
    is_left = predicate(Every(tuple(quick)), Knowledge(named, {}, {}))
    left = [one for one in view.all() if is_left(one[1])]
    if not left or rest == Every(()):
        return left
    known = yield from _learn(session, rest, named, [item for _, item in left])
    holds = predicate(rest, known)
    return [one for one in left if holds(one[1])]


def _named(view: View, key: Named) -> frozenset[int]:
    return frozenset(item.uid for _, item in view.chosen(key.numbers, by_uid=key.by_uid))


def _learn(
    session: Session, key: search_key.Key, named: dict[Named, frozenset[int]], items: Sequence[Item]
) -> Work[Knowledge]:
    """Ask for what the key needs: a search for each text, and sizes."""
    nodes = list(dict.fromkeys(leaf.node for leaf in leaves(key) if isinstance(leaf, Stored)))
    folder = _view(session).selected.folder
    found = yield from ask(lambda desk: desk.found(folder, nodes))
    octets: dict[int, int] = {}
    if any(isinstance(leaf, Sized) for leaf in leaves(key)):
        is_utf8 = session.is_utf8
        octets = yield from ask(lambda desk: desk.octets(items, is_utf8=is_utf8))
    return Knowledge(named, found, octets)


def _sort(session: Session, scanner: Scanner, *, by_uid: bool) -> Work[None]:
    criteria = _criteria(scanner)
    scanner.space()
    charset = scanner.text()
    scanner.space()
    keys = search_key.parse(scanner)
    search_key.check_charset(charset)
    found = yield from _found(session, keys, by_uid=by_uid)
    items = [item for _, item in found]
    for criterion in reversed(criteria):  # what counts most comes last, and equals keep their order
        compared = yield from _compared(items, criterion.name, is_utf8=session.is_utf8)
        found = [one for one in found if one[1].id in compared]
        found.sort(key=lambda one: compared[one[1].id], reverse=criterion.is_reverse)
    numbers = [item.uid if by_uid else number for number, item in found]
    session.say(_line("SORT", numbers, _modseq(keys, found)))
    yield from session.catch_up(tells_expunged=by_uid)


def _compared(items: Sequence[Item], criterion: str, *, is_utf8: bool) -> Work[dict[int, Any]]:
    found: dict[int, Any] = yield from ask(lambda desk: desk.sort_keys(items, criterion, is_utf8=is_utf8))
    return found


def _criteria(scanner: Scanner) -> list[Criterion]:
    def criterion() -> Criterion:
        name, is_reverse = scanner.atom(), False
        if name == "REVERSE":
            scanner.space()
            name, is_reverse = scanner.atom(), True
        if name not in CRITERIA:
            raise Bad(f"nothing is sorted by {name}")
        return Criterion(name, is_reverse)

    criteria = scanner.listed(criterion, may_be_empty=False)
    if len(criteria) > _CRITERIA_AT_MOST:
        raise Bad("too many criteria")
    return criteria
