"""Members of a request's JSON, and parameters of its query, read as Mailpit reads them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import request

from mailpit_py.api.answers import read_octets
from mailpit_py.api.mailpit.go_json import BadJson, member, members, read
from mailpit_py.api.mailpit.go_type import go_type

logger = logging.getLogger(__name__)

FORM = "application/x-www-form-urlencoded"
FORM_NAMES = frozenset({"ids", "read", "search", "tags"})
JSON_BEGINS = (b"{", b"[")  # curl and urllib call JSON a form too, unless they are told otherwise
MOST_FIELDS = 20_000
WHOLE = re.compile(r"[+-]?\d{1,40}\Z", re.ASCII)
LARGEST = (1 << 63) - 1


def body(kind: str, *, needed: bool = True) -> Mapping[str, Any]:
    """The JSON object of the body; null is an empty one, as nothing is unless it is `needed`. Raises BadJson.

    `kind` is what Go calls its type: all members that it names fit it.
    """
    octets = read_octets()
    if request.mimetype == FORM and octets.strip() and not octets.lstrip().startswith(JSON_BEGINS):
        return _form(octets)
    if not (needed or octets.strip()):
        return {}
    return whole(read(octets), kind)


def whole(value: Any, kind: str) -> Mapping[str, Any]:
    """The value of a body, which has to be an object of this type; null is an empty one. Raises BadJson."""
    go_type(kind).check(value)
    return value or {}


def _form(octets: bytes) -> Mapping[str, Any]:
    """What a form says, for clients that send one. Raises BadJson for one with no name that is known anywhere."""
    values = parse_qs(octets.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    if octets.strip() and not any(name.lower() in FORM_NAMES for name in values):
        raise BadJson("cannot read the form")
    found: dict[str, Any] = {}
    for name, given in values.items():
        is_list = name.lower() in ("ids", "tags")
        is_flag = name.lower() == "read"
        found[name] = given if is_list else given[-1].lower() in ("1", "true") if is_flag else given[-1]
    return found


def text(value: Mapping[str, Any], name: str) -> str:
    """A member that is a text, or nothing."""
    given: str | None = member(value, name)
    return given or ""


def flag(value: Mapping[str, Any], name: str) -> bool:
    """A member that is true or false; false if it is absent."""
    return bool(member(value, name))


def texts(value: Mapping[str, Any], name: str) -> list[str]:
    """A member that is a list of texts; empty if it is absent."""
    return [item or "" for item in array(value, name)]


def array(value: Mapping[str, Any], name: str) -> list[Any]:
    """A member that is a list; empty if it is absent."""
    return (members(value, name) or [None])[-1] or []


def mappings(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A member that is a list of objects; empty if it is absent."""
    return [item or {} for item in array(value, name)]


def number(name: str, default: int) -> int:
    """A parameter that is a whole number from 0 on, of at most 63 bits; `default` for anything else."""
    given = request.args.get(name, "")
    value = int(given) if WHOLE.match(given) else -1
    return value if 0 <= value <= LARGEST else default


def zone() -> tzinfo | None:
    """The time zone that the parameter `tz` names, or None for none that is known."""
    name = request.args.get("tz", "")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder or a path out of the database is none either
        logger.warning("tz=%r is no time zone", name[:100])
        return None
