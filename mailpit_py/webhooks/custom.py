"""What a sender wrote into the header for its provider: tags, categories, variables. Bad values count as absent."""

from __future__ import annotations

import json
from typing import Any

from mailpit_py.webhooks.event import Sent


def mapping(text: str) -> dict[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def inner(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object inside an object, or an empty one."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def words(value: Any) -> list[str]:
    """Return a text or a list of texts as a list."""
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, str) and each]


def pairs(text: str) -> dict[str, str]:
    """Return `name=value, name=value` as a mapping."""
    split = (each.partition("=") for each in text.split(","))
    return {name.strip(): value.strip() for name, _, value in split if name.strip()}


def prefixed(sent: Sent, prefix: str) -> dict[str, str]:
    """Return the fields whose names begin with `prefix`, by the rest of the name."""
    start = prefix.lower()
    return {name[len(prefix) :]: value for name, value in sent.fields if name.lower().startswith(start)}
