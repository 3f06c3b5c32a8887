"""Names of tags as Mailpit cleans them, and the tags that a message brings along."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from mailpit_py.mail.message import Message

LONGEST = 100
MOST = 100
_WORD = re.compile(r"\w+(?:[.':]\w+)*")  # Unicode's annex 29: these do not end a word within it
_LETTER = re.compile(r"[^\W\d_]")
_FOREIGN = re.compile(r"[^a-zA-Z0-9\- _.@]")


def clean(name: str) -> str:
    """A name with letters, digits and - _ . @ alone, single blanks between words, at most 100 characters."""
    return " ".join(_FOREIGN.sub(" ", name[: 100 * LONGEST]).split())[:LONGEST].strip()


def clean_all(names: Iterable[str]) -> tuple[str, ...]:
    """Clean names in their order; of those that differ in case alone the first one stays."""
    found: dict[str, str] = {}
    for name in names:
        if (cleaned := clean(name)) and len(found) < MOST:
            found.setdefault(cleaned.lower(), cleaned)
    return tuple(found.values())


def named_in_header(message: Message) -> list[str]:
    """The tags that X-Tags lists."""
    field = message.field("X-Tags")
    return field.value.split(",") if field else []


def named_in_addresses(message: Message, recipients: Iterable[str], is_ordinary: Callable[[str], bool]) -> list[str]:
    """What stands behind a plus in ordinary addresses, as in `local+tag+another@...`.

    They are those of To, Cc, Bcc, the envelope's `recipients`, and the first of From.
    """
    listed = [one.address for one in (*message.to, *message.cc, *message.bcc)]
    addresses = [*listed, *recipients, *(one.address for one in message.from_[:1])]
    tagged = [one for one in dict.fromkeys(addresses) if "+" in one and is_ordinary(one)]
    return [tag for one in tagged for tag in one.rpartition("@")[0].split("+")[1:]]


def title(name: str) -> str:
    """A name with the first letter of each word large, the rest as it was; `2nd-hand` has two words."""
    return _WORD.sub(lambda word: _LETTER.sub(lambda letter: letter[0].title(), word[0], count=1), name)
