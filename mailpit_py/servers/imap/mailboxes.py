"""Commands about mailboxes: LIST and LSUB, STATUS, CREATE, DELETE, RENAME, subscriptions (RFC 9051 §6.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailpit_py.servers.imap.directory import Entry
from mailpit_py.servers.imap.mailbox_name import DELIMITER, normal, pattern
from mailpit_py.servers.imap.problem import Bad, No
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.work import Work, ask
from mailpit_py.storage import DELETED, Opened

if TYPE_CHECKING:
    from mailpit_py.application.maildrop import Reader
    from mailpit_py.servers.imap.desk import Desk
    from mailpit_py.servers.imap.session import Session

_SELECTIONS = frozenset({"SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE"})
_RETURNS = frozenset({"SUBSCRIBED", "CHILDREN", "SPECIAL-USE"})


def _reader(session: Session) -> Reader:
    assert session.reader is not None
    return session.reader


def namespace(session: Session, scanner: Scanner) -> Work[None]:
    """NAMESPACE: one's own mailboxes alone."""
    session.say(f'* NAMESPACE (("" "{DELIMITER}")) NIL NIL')
    yield from ()


# LIST


@dataclass(frozen=True, slots=True)
class Wish:
    """What a LIST asks for: which names, and what to say of each."""

    reference: str
    patterns: tuple[str, ...]
    selections: frozenset[str] = frozenset()
    returns: frozenset[str] = frozenset()
    status: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if "RECURSIVEMATCH" in self.selections and self.selections <= {"RECURSIVEMATCH", "REMOTE"}:
            raise Bad("RECURSIVEMATCH needs another selection option")

    def chooses(self, entry: Entry) -> bool:
        """True for an entry with what is selected."""
        return ("SUBSCRIBED" not in self.selections or entry.is_subscribed) and (
            "SPECIAL-USE" not in self.selections or bool(entry.special_use)
        )


def list_(session: Session, scanner: Scanner) -> Work[None]:
    """LIST, with selection and return options (RFC 9051 §6.3.9)."""
    wish = _wish(scanner)
    reader = _reader(session)
    entries = yield from ask(lambda desk: desk.entries(reader))
    if wish.patterns == ("",):
        session.say(f'* LIST (\\Noselect) "{DELIMITER}" ""')
        return
    for entry, is_parent in _matching(wish, entries):
        _tell_entry(session, "LIST", entry, wish, has_chosen_children=is_parent)
        if wish.status and entry.is_selectable and wish.chooses(entry):
            yield from _tell_status(session, entry.name, wish.status)


def _wish(scanner: Scanner) -> Wish:
    selections: list[str] = []
    if scanner.peek(b"("):
        selections = scanner.listed(scanner.atom)
        scanner.space()
    reference = scanner.reference()
    scanner.space()
    patterns = scanner.one_or_listed(scanner.list_mailbox)
    returns: list[str] = []
    status: list[str] = []
    if scanner.skip(b" RETURN "):
        returns = scanner.listed(lambda: _return_option(scanner, status))
    scanner.end()
    if unknown := {*selections} - _SELECTIONS | {*returns} - _RETURNS - {"STATUS"}:
        raise Bad(f"there is no option {sorted(unknown)[0]}")
    return Wish(reference, tuple(patterns), frozenset(selections), frozenset(returns), tuple(status))


def _return_option(scanner: Scanner, status: list[str]) -> str:
    name = scanner.atom()
    if name == "STATUS":
        scanner.space()
        status += _status_items(scanner)
    return name


def _matching(wish: Wish, entries: Sequence[Entry]) -> list[tuple[Entry, bool]]:
    """The entries that are told, each with whether ones below it are chosen that no pattern names."""
    patterns = [pattern(wish.reference, one) for one in wish.patterns]

    def matches(entry: Entry) -> bool:
        return any(one.fullmatch(entry.name) for one in patterns)

    chosen = {entry.name for entry in entries if wish.chooses(entry)}
    found = []
    for entry in filter(matches, entries):
        below = any(name.startswith(f"{entry.name}{DELIMITER}") for name in chosen)
        is_parent = "RECURSIVEMATCH" in wish.selections and below
        if entry.name in chosen or is_parent:
            found.append((entry, is_parent))
    return found


def _tell_entry(session: Session, word: str, entry: Entry, wish: Wish, *, has_chosen_children: bool = False) -> None:
    attributes = [] if entry.is_selectable else ["\\Noselect"]
    if wish.selections & {"SUBSCRIBED"} or wish.returns & {"SUBSCRIBED"}:
        attributes += ["\\Subscribed"] if entry.is_subscribed else []
    attributes.append("\\HasChildren" if entry.has_children else "\\HasNoChildren")
    if entry.special_use:
        attributes.append(entry.special_use)
    info = ""
    if has_chosen_children:
        info = ' ("CHILDINFO" ("SUBSCRIBED"))' if "SUBSCRIBED" in wish.selections else ' ("CHILDINFO" ("SPECIAL-USE"))'
    session.say(f'* {word} ({" ".join(attributes)}) "{DELIMITER}" {session.mailbox(entry.name)}{info}')


def lsub(session: Session, scanner: Scanner) -> Work[None]:
    """LSUB, for clients of RFC 3501."""
    reference = scanner.reference()
    scanner.space()
    wish = Wish(reference, (scanner.list_mailbox(),), frozenset({"SUBSCRIBED", "RECURSIVEMATCH"}))
    scanner.end()
    reader = _reader(session)
    entries = yield from ask(lambda desk: desk.entries(reader))
    for entry, _ in _matching(wish, entries):
        told = entry if entry.is_subscribed else replace(entry, is_selectable=False)  # only something below it is
        _tell_entry(session, "LSUB", told, Wish(reference, wish.patterns))


# STATUS


def status(session: Session, scanner: Scanner) -> Work[None]:
    """STATUS (RFC 9051 §6.3.11): numbers of a mailbox that is not opened for it. Raises No if there is none."""
    name = scanner.mailbox()
    scanner.space()
    items = _status_items(scanner)
    scanner.end()
    yield from _tell_status(session, name, items)
    yield from session.catch_up()


def _status_items(scanner: Scanner) -> list[str]:
    items = scanner.listed(scanner.atom, may_be_empty=False)
    if unknown := {*items} - {*_COUNTS, "SIZE", "APPENDLIMIT"}:
        raise Bad(f"there is no item {sorted(unknown)[0]}")
    return items


def _tell_status(session: Session, name: str, items: Sequence[str]) -> Work[None]:
    reader = _reader(session)
    if "HIGHESTMODSEQ" in items:
        session.enabled.add("CONDSTORE")  # RFC 7162 §3.1
    is_utf8 = session.is_utf8
    numbers = yield from ask(lambda desk: _count(desk, reader, name, items, is_utf8=is_utf8))
    numbers["APPENDLIMIT"] = session.settings.largest_append_bytes or "NIL"  # RFC 7889 §5: the same everywhere
    told = " ".join(f"{item} {numbers[item]}" for item in dict.fromkeys(items))
    session.say(f"* STATUS {session.mailbox(name)} ({told})")


def _count(desk: Desk, reader: Reader, name: str, items: Sequence[str], *, is_utf8: bool) -> dict[str, int | str]:
    _, opened = desk.open(reader, name)
    numbers: dict[str, int | str] = {item: count(opened) for item, count in _COUNTS.items()}
    return numbers | ({"SIZE": desk.size(opened.items, is_utf8=is_utf8)} if "SIZE" in items else {})


_COUNTS: dict[str, Callable[[Opened], int | str]] = {
    "MESSAGES": lambda opened: len(opened.items),
    "RECENT": lambda opened: 0,
    "UIDNEXT": lambda opened: opened.place.uidnext,
    "UIDVALIDITY": lambda opened: opened.place.uidvalidity,
    "UNSEEN": lambda opened: sum(not item.seen for item in opened.items),
    "DELETED": lambda opened: sum(DELETED in item.words.split() for item in opened.items),
    "HIGHESTMODSEQ": lambda opened: opened.place.highest_modseq,
    "MAILBOXID": lambda opened: f"({opened.object_id})",
}


# Making and keeping


def create(session: Session, scanner: Scanner) -> Work[str]:
    """CREATE; what the mailbox is called for ever is told at once (RFC 8474 §4.1)."""
    name, reader = _one_name(scanner), _reader(session)
    opened = yield from ask(lambda desk: desk.make(reader, name))
    return f"[MAILBOXID ({opened.object_id})] CREATE completed"


def delete(session: Session, scanner: Scanner) -> Work[None]:
    """DELETE: what was in the mailbox goes to Trash."""
    name, reader = _one_name(scanner), _reader(session)
    yield from ask(lambda desk: desk.drop(reader, name))


def rename(session: Session, scanner: Scanner) -> Work[None]:
    """RENAME (RFC 9051 §6.3.6). Raises No for a mailbox whose name is fixed, or another one of the new name."""
    old = scanner.mailbox()
    scanner.space()
    new, reader = _one_name(scanner), _reader(session)
    yield from ask(lambda desk: desk.rename(reader, old, new))


def subscribe(session: Session, scanner: Scanner) -> Work[None]:
    """SUBSCRIBE (RFC 9051 §6.3.7): LSUB and LIST (SUBSCRIBED) tell the name from now on."""
    name, reader = _one_name(scanner), _reader(session)
    yield from ask(lambda desk: desk.subscribe(reader, name, subscribed=True))


def unsubscribe(session: Session, scanner: Scanner) -> Work[None]:
    """UNSUBSCRIBE (RFC 9051 §6.3.8): they tell it no more."""
    name, reader = _one_name(scanner), _reader(session)
    yield from ask(lambda desk: desk.subscribe(reader, name, subscribed=False))


def _one_name(scanner: Scanner) -> str:
    name = scanner.mailbox()
    scanner.end()
    if len(name.encode()) > 255 or "" in name.split(DELIMITER)[1:]:
        raise No("that is no name for a mailbox", "CANNOT")
    return normal(name)
