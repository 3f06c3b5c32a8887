"""The types that Go reads JSON into, by the names that its errors have for them, and what does not fit them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mailpit_py.api.mailpit.go_json import BadJson, kind_of

_WORDS = re.compile(r"struct \{|map\[string\]|\[\]|\w+|[;}]")


@dataclass(frozen=True, slots=True)
class GoType:
    """A type: a list or a map has one of items, a struct some of members, by their names in small letters."""

    name: str
    item: GoType | None = None
    members: Mapping[str, tuple[str, GoType]] = field(default_factory=dict)

    def check(self, value: Any, place: str = "") -> None:
        """Raise BadJson for the first value in the text that does not fit; null fits everywhere."""
        if value is None:
            return
        if not isinstance(value, self._python_type):
            kind = kind_of(value).partition(" ")[0]  # the number itself is named only where one was wanted
            into = f"struct field {place}" if place else "value"
            raise BadJson(f"json: cannot unmarshal {kind} into Go {into} of type {self.name}")
        if isinstance(value, list) and self.item:
            for one in value:
                self.item.check(one, place)
        elif isinstance(value, Mapping):
            self._check_members(value, place)

    def _check_members(self, value: Mapping[str, Any], place: str) -> None:
        for name, given in value.items():
            if self.item:
                self.item.check(given, place)
            elif (known := self.members.get(name.casefold())) is not None:
                known[1].check(given, f"{place or ''}.{known[0]}")

    @property
    def _python_type(self) -> type:
        if self.name.startswith("[]"):
            return list
        return {"string": str, "bool": bool}.get(self.name, dict)


@lru_cache(maxsize=16)
def go_type(name: str) -> GoType:
    """Read a type as Go writes it: of text, truth values, lists, maps and structs of them."""
    return _read(_WORDS.findall(name))


def _read(words: list[str]) -> GoType:
    word = words.pop(0)
    if word in ("[]", "map[string]"):
        item = _read(words)
        return GoType(f"{word}{item.name}", item)
    return _read_struct(words) if word.startswith("struct") else GoType(word)


def _read_struct(words: list[str]) -> GoType:
    members = {}
    while words[0] != "}":
        name = words.pop(0)
        members[name.casefold()] = name, _read(words)
        if words[0] == ";":
            words.pop(0)
    words.pop(0)
    named = "; ".join(f"{name} {kind.name}" for name, kind in members.values())
    return GoType(f"struct {{ {named} }}", members=members)
