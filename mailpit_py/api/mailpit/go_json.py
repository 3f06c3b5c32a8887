"""JSON as Go's encoding/json writes and reads it, which Mailpit's clients are used to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, NoReturn

from flask import Response
from pydantic_core import PydanticSerializationError, to_json

from mailpit_py.application import mailpit_json

_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "Expecting property name": "looking for beginning of object key string",
        "Illegal trailing comma": "looking for beginning of object key string",
        "Expecting ':'": "after object key",
        "Invalid control": "in string literal",
        "Invalid \\escape": "in string escape code",
        "Invalid \\uXXXX": "in \\u hexadecimal character escape",
    }
)
_BROKEN_NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "-": "in numeric literal",
        ".": "after decimal point in numeric literal",
        "e": "in exponent of numeric literal",
    }
)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPE = re.compile(r"\\?(?:u[0-9a-fA-F]{0,3})?")
_NUMBER = re.compile(r"-?\d+(?P<fraction>\.\d+)?(?P<exponent>[eE][+-]?\d+)?\Z", re.ASCII)
_LONGEST_NUMBER = 400  # where a broken number may begin, in characters before the mistake
_LONGEST_INTEGER = 20
_GO_ESCAPES: Mapping[str, str] = MappingProxyType(
    {
        "\a": r"\a",
        "\b": r"\b",
        "\f": r"\f",
        "\n": r"\n",
        "\r": r"\r",
        "\t": r"\t",
        "\v": r"\v",
        "\\": r"\\",
    }
)
_LITERALS = ("true", "false", "null")
_ESCAPED = tuple((character.encode(), escape.encode()) for character, escape in mailpit_json.ESCAPED)


class BadJson(Exception):
    """A body that cannot be read; the text is Go's."""


class Real(float):
    """A number that Go takes for no int, as it was written, which its errors repeat."""

    def __new__(cls, written: str) -> Real:
        """Make one of its digits."""
        made = super().__new__(cls, written)
        made.written = written
        return made

    written: str


def encoded(value: Any) -> bytes:
    """A value on one line, its keys in their order, and a line end."""
    try:
        text = to_json(value)  # ten times as fast, which a list of all messages needs
    except (PydanticSerializationError, UnicodeEncodeError):  # half a surrogate pair
        return mailpit_json.encoded(value) + b"\n"
    for character, escape in _ESCAPED:
        text = text.replace(character, escape)
    return text + b"\n"


def written(value: Any, status: int = 200) -> Response:
    """Answer a value."""
    return Response(encoded(value), status, mimetype="application/json")


def read(body: bytes) -> Any:
    """Return the first value of a body; what stands behind it is not looked at. Raises BadJson."""
    text = body.decode("utf-8", "replace").lstrip(" \t\r\n")
    if not text:
        raise BadJson("EOF")
    try:
        value, end = _DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        raise BadJson(_in_go_words(error)) from None
    except RecursionError:
        raise BadJson("exceeded max depth") from None
    if said := text[end:] and _broken_number(text, end):  # one by itself, of which Python takes the beginning
        raise BadJson(said)
    return value


def member(value: Mapping[str, Any], name: str) -> Any:
    """Return a member in any case of its name, the last of several; None if it is absent or null."""
    return next((given for given in reversed(members(value, name)) if given is not None), None)


def members(value: Mapping[str, Any], name: str) -> list[Any]:
    """Return all members of a name in any case. To Go a null leaves a text or a number as it is, and empties a list."""
    return [given for key, given in value.items() if key.casefold() == name.casefold()]


def kind_of(value: Any) -> str:
    """Return what Go calls a value in its errors."""
    match value:
        case bool():
            return "bool"
        case Real():
            return f"number {value.written}"
        case int():
            return f"number {value}"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def _in_go_words(error: json.JSONDecodeError) -> str:
    text, place = error.doc, _place_of(error)
    if place >= len(text) or error.msg.startswith("Unterminated string"):
        return "unexpected EOF"
    if said := _broken_literal(text[place:]) or _broken_number(text, place):
        return said
    if error.msg.startswith("Expecting ','"):
        expected = "after array element" if _is_in_array(text[:place]) else "after object key:value pair"
    else:
        begins = (go for ours, go in _EXPECTED.items() if error.msg.startswith(ours))
        expected = next(begins, "looking for beginning of value")
    return f"invalid character {_quoted(text[place])} {expected}"


def _place_of(error: json.JSONDecodeError) -> int:
    """Return where Go stops: within an escape at the character that is wrong, and not where the escape begins."""
    begun = _ESCAPE.match(error.doc, error.pos) if error.msg.startswith("Invalid \\") else None
    return begun.end() if begun else error.pos


def _is_in_array(text: str) -> bool:
    """True if the innermost bracket that `text` leaves open is that of an array."""
    opened = []
    for bracket in re.findall(r"[][{}]", _STRING.sub("", text)):
        if bracket in "[{":
            opened.append(bracket)
        elif opened:
            opened.pop()
    return opened[-1:] == ["["]


def _broken_number(text: str, place: int) -> str:
    """Return what Go says of a number without digits where they have to be; Python stops before the last sign."""
    sign = text[place].lower()
    words = _BROKEN_NUMBERS.get(sign)
    if words is None or not _goes_on(text[max(place - _LONGEST_NUMBER, 0) : place], sign):
        return ""
    rest = text[place + 1 :]
    if sign == "e" and rest[:1] in ("+", "-"):
        rest = rest[1:]
    return f"invalid character {_quoted(rest[0])} {words}" if rest else "unexpected EOF"


def _goes_on(before: str, sign: str) -> bool:
    """True if a number may go on with this sign, or begin with it."""
    number = _NUMBER.search(before)
    if number is None or sign == "-":
        return number is None and sign == "-"
    return number["exponent"] is None and (sign == "e" or number["fraction"] is None)


def _broken_literal(text: str) -> str:
    """Return what Go says of a word that begins as one of its three, which it reads letter by letter."""
    literal = next((one for one in _LITERALS if one[0] == text[0]), "")
    for wanted, found in zip_longest(literal, text[: len(literal)]):
        if found is None:
            return "unexpected EOF"
        if found != wanted:
            return f"invalid character {_quoted(found)} in literal {literal} (expecting {_quoted(wanted)})"
    return ""


def _quoted(character: str) -> str:
    """Return a character as Go quotes it, which looks at octets."""
    if character in ("'", '"'):
        return r"'\''" if character == "'" else "'\"'"
    octet = chr(character.encode("utf-8", "replace")[0])
    if octet.isprintable() and octet != "\\":
        return f"'{octet}'"
    escape = _GO_ESCAPES.get(octet) or rf"\x{ord(octet):02x}"
    return f"'{escape}'"


def _no_number(name: str) -> NoReturn:
    """Refuse what Python takes for a number, and JSON does not."""
    if name.startswith("-"):
        raise BadJson(f"invalid character {_quoted(name[1])} in numeric literal")
    raise BadJson(f"invalid character {_quoted(name[0])} looking for beginning of value")


def _integer(digits: str) -> int | Real:
    """Return a number of 64 bits, or what Go takes for none."""
    value = int(digits) if len(digits) <= _LONGEST_INTEGER else None
    return value if value is not None and -(1 << 63) <= value < 1 << 63 else Real(digits)


_DECODER = json.JSONDecoder(parse_constant=_no_number, parse_float=Real, parse_int=_integer, strict=True)
