"""What mail programs support: the data of caniemail.com, read into values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

_NOTE = re.compile(r"#(\d+)")


class Support(StrEnum):
    """Whether a mail program shows something."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"


# By the first letter of an entry; `u` says that nobody knows, and is left out.
_BY_LETTER: Mapping[str, Support] = MappingProxyType({"y": Support.YES, "a": Support.PARTIAL, "n": Support.NO})


@dataclass(frozen=True, slots=True)
class Client:
    """One version of a mail program on one platform; `note` is the number of the last of its notes, or nothing."""

    family: str
    platform: str
    version: str
    name: str
    support: Support
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of all mail programs, in percent."""

    supported: float = 0.0
    partial: float = 0.0
    unsupported: float = 0.0


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing of HTML or CSS. `description` and the `notes` by their numbers are in Markdown."""

    slug: str
    title: str
    description: str
    url: str
    category: str
    tags: tuple[str, ...] = ()
    clients: tuple[Client, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def shares(self) -> Shares:
        """How many of the programs that were tried show it."""
        if not self.clients:
            return Shares()
        share = {
            one: 100 * sum(client.support is one for client in self.clients) / len(self.clients) for one in Support
        }
        return Shares(share[Support.YES], share[Support.PARTIAL], share[Support.NO])


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All features by their slugs. `platforms` says which programs run on each, by name; `updated` is a date."""

    features: Mapping[str, Feature]
    platforms: Mapping[str, tuple[str, ...]]
    updated: str

    @classmethod
    def parse(cls, data: bytes) -> Knowledge:
        """Read the file of the npm package caniemail. Raises ValueError for anything else."""
        try:
            found = json.loads(data)
            names = found["nicenames"]
            features = {one["slug"]: _feature(one, names) for one in found["data"]}
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is not the data of caniemail: {error!r}") from None
        return cls(features, _platforms(features, names), str(found.get("last_update_date", ""))[:10])


def _feature(one: Mapping[str, Any], names: Mapping[str, Any]) -> Feature:
    return Feature(
        slug=one["slug"],
        title=one["title"],
        description=one["description"] or "",
        url=one["url"],
        category=one["category"],
        tags=tuple(one["tags"] or ()),
        clients=tuple(_clients(one["stats"], names)),
        notes=dict(one["notes_by_num"] or {}),
    )


def _clients(stats: Mapping[str, Any], names: Mapping[str, Any]) -> Iterator[Client]:
    for family, platforms in stats.items():
        for platform, versions in platforms.items():
            shown = f"{names['family'].get(family, family)} {names['platform'].get(platform, platform)}"
            for version, entry in versions.items():
                notes = _NOTE.findall(entry)
                if (support := _BY_LETTER.get(entry[:1])) is not None:
                    name = f"{shown} ({version})"
                    yield Client(family, platform, version, name, support, notes[-1] if notes else "")


def _platforms(features: Mapping[str, Feature], names: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for feature in features.values():
        for client in feature.clients:
            found.setdefault(client.platform, set()).add(names["family"].get(client.family, client.family))
    return {platform: tuple(sorted(families)) for platform, families in sorted(found.items())}
