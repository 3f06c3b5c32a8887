"""Filters that tag mail as it arrives: read from a line or a file, and held against a message."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailpit_py.errors import ConfigError
from mailpit_py.mail import Message
from mailpit_py.mail.arrangement import arrange
from mailpit_py.mail.tag import clean_all
from mailpit_py.storage import Arrival, Query
from mailpit_py.storage.evaluation import Facts, matches
from mailpit_py.storage.mailpit_query import parse


@dataclass(frozen=True, slots=True)
class Filter:
    """Tags for every message in whose source `text`, in small letters, stands, or which it finds as a search."""

    text: str
    tags: tuple[str, ...]
    query: Query

    @classmethod
    def of(cls, text: str, tags: Iterable[str]) -> Filter:
        """Read a filter's text as a search, too."""
        return cls(text.lower(), clean_all(tags), parse(text).query)

    def hits(self, arrival: Arrival, message: Message, texts: Mapping[str, str]) -> bool:
        """True if a message gets these tags; `texts` are what a search looks through."""
        if self.text in arrival.raw.decode("utf-8", "replace").lower():
            return True
        facts = Facts(message, texts, arrival.received_at, len(arrange(message.root).inline))
        return matches(self.query.node, facts)


def read_filters(text: str) -> tuple[Filter, ...]:
    """Read --tag: `tag1,tag2=match` items with blanks between them, quotes around what has blanks.

    Raises ConfigError.
    """
    try:
        items = _items(text)
    except ValueError as error:
        raise ConfigError(f"--tag: {error}") from None
    filters = []
    for item in items:
        tags, sign, match = item.partition("=")
        if not sign or not match.strip() or not clean_all(tags.split(",")):
            raise ConfigError(f"--tag takes tag=match, as in invoices=subject:invoice, not {item!r}")
        filters.append(Filter.of(match, tags.split(",")))
    return tuple(filters)


def _items(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.quotes, lexer.commenters, lexer.escape = True, '"', "", ""
    return list(lexer)


def read_filter_file(path: Path) -> tuple[Filter, ...]:
    """Read --tags-config: YAML with a list `filters` of `match` and `tags`. Raises ConfigError."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        value: Any = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--tags-config: cannot read {path}: {error}") from None
    except YAMLError as error:
        raise ConfigError(f"--tags-config: {path} is no YAML: {error}") from None
    filters = value.get("filters") if isinstance(value, Mapping) else None
    if not isinstance(filters, list):
        raise ConfigError(f"--tags-config: {path} needs a list called filters, each with match and tags")
    return tuple(_filter(path, one) for one in filters)


def _filter(path: Path, value: Any) -> Filter:
    match, tags = (value.get("match"), value.get("tags")) if isinstance(value, Mapping) else (None, None)
    names = tags if isinstance(tags, list) else str(tags or "").split(",")
    if not (isinstance(match, str) and match.strip() and clean_all(map(str, names))):
        raise ConfigError(f"--tags-config: {path}: each filter has a match and tags, not {value!r}")
    return Filter.of(match, map(str, names))
