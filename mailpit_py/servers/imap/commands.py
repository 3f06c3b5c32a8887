"""Where each command may stand (RFC 9051 §6), and who obeys it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailpit_py.servers.imap import access, appending, mailboxes, messages, searching, selecting
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.work import State, Work

if TYPE_CHECKING:
    from mailpit_py.servers.imap.session import Session

Obey = Callable[["Session", Scanner], Work[Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who obeys a command, in which states, and whether something follows its name."""

    call: Obey
    states: frozenset[State]
    out_of_place: str = "log in first"
    has_arguments: bool = False


_ANY = frozenset({State.NOT_AUTHENTICATED, State.AUTHENTICATED, State.SELECTED})
_BEFORE = frozenset({State.NOT_AUTHENTICATED})
_AFTER = frozenset({State.AUTHENTICATED, State.SELECTED})
_INSIDE = frozenset({State.SELECTED})


def _rules(
    states: frozenset[State], out_of_place: str, bare: dict[str, Obey], followed: dict[str, Obey]
) -> dict[str, Rule]:
    rules = {name: Rule(call, states, out_of_place) for name, call in bare.items()}
    return rules | {name: Rule(call, states, out_of_place, has_arguments=True) for name, call in followed.items()}


RULES = (
    _rules(
        _ANY,
        "",
        {"CAPABILITY": access.capability, "NOOP": access.noop, "LOGOUT": access.logout},
        {"ID": access.identify},
    )
    | _rules(
        _BEFORE,
        "only before the login",
        {"STARTTLS": access.starttls},
        {"LOGIN": access.login, "AUTHENTICATE": access.authenticate},
    )
    | _rules(
        _AFTER,
        "log in first",
        {"IDLE": selecting.idle, "NAMESPACE": mailboxes.namespace},
        {
            "ENABLE": access.enable,
            "SELECT": selecting.select,
            "EXAMINE": selecting.examine,
            "LIST": mailboxes.list_,
            "LSUB": mailboxes.lsub,
            "STATUS": mailboxes.status,
            "CREATE": mailboxes.create,
            "DELETE": mailboxes.delete,
            "RENAME": mailboxes.rename,
            "SUBSCRIBE": mailboxes.subscribe,
            "UNSUBSCRIBE": mailboxes.unsubscribe,
            "APPEND": appending.append,
        },
    )
    | _rules(
        _INSIDE,
        "select a mailbox first",
        {
            "CHECK": access.noop,
            "CLOSE": selecting.close,
            "UNSELECT": selecting.unselect,
            "EXPUNGE": messages.expunge,
        },
        {
            "SEARCH": searching.search,
            "SORT": searching.sort,
            "UID SEARCH": searching.uid_search,
            "UID SORT": searching.uid_sort,
            "FETCH": messages.fetch,
            "STORE": messages.store,
            "COPY": messages.copy,
            "MOVE": messages.move,
            "UID FETCH": messages.uid_fetch,
            "UID STORE": messages.uid_store,
            "UID COPY": messages.uid_copy,
            "UID MOVE": messages.uid_move,
            "UID EXPUNGE": messages.uid_expunge,
        },
    )
)
