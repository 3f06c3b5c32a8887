"""List-Unsubscribe read and judged as Mailpit does (RFC 2369 §3.2, RFC 8058 §3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINK = re.compile(r"<([^>\n]*+)>")
_BETWEEN = re.compile(r">([^<]*+)<")
_COMMA = re.compile(r"\s*+,\s*+", re.A)
_MAILTO = re.compile(r"mailto:[a-zA-Z0-9]")
_HTTP = re.compile(r"https?://[a-zA-Z0-9]", re.I)
_SPACE = re.compile(r"\s", re.A)
_KINDS = ((_MAILTO, "should only contain one mailto:"), (_HTTP, "should only contain one HTTP link"))
_PORT = re.compile(r":[0-9]*")
_ODD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.S)
_ASCII_ESCAPE = re.compile(r"%[0-7].")
_ODD_IN_HOST = re.compile(r"[^\w!$&'()*+,;=:\[\]<>\"~.%\x80-\U0010ffff-]", re.A)
_LONGEST = 16_384


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """The links of a List-Unsubscribe field that may be used; `errors` joins sentences with commas."""

    links: tuple[str, ...]
    errors: str


def judge(value: str) -> Unsubscribe:
    """Return the links of a field's value and what is wrong with it. Never raises; linear.

    There are none in a value that is not put together as it should be.
    """
    text = _without_comments(value[:_LONGEST]).strip()
    found = _LINK.findall(text)
    if fault := _structural_fault(text, found):
        return Unsubscribe((), f'"{text}" {fault}')
    links = []
    faults = []
    seen: set[str] = set()
    for link in found:
        if fault := _link_fault(link, seen):
            faults.append(fault)
        else:
            links.append(link)
    return Unsubscribe(tuple(links), ", ".join(faults))


def _without_comments(text: str) -> str:
    """Remove comments, each up to the first bracket that closes."""
    return "".join(_outside(text))


def _outside(text: str) -> Iterator[str]:
    position = 0
    while (opening := text.find("(", position)) >= 0 and (closing := text.find(")", opening)) >= 0:
        yield text[position:opening]
        position = closing + 1
    yield text[position:]


def _structural_fault(text: str, found: list[str]) -> str:
    """What is wrong with the value as a whole, or nothing."""
    if not found:
        return "no valid unsubscribe links found"
    if not (text.startswith("<") and text.endswith(">")):
        return "should be enclosed in <>"
    if len(found) > 2:
        return "should include a maximum of one email and one HTTP link"
    if not all(_COMMA.fullmatch(between) for between in _BETWEEN.findall(text)):
        return "<> should be split with a comma and optional spaces"
    return ""


def _link_fault(link: str, seen: set[str]) -> str:
    """What is wrong with one link, or nothing; `seen` gathers the faults that a second one of its kind has."""
    if _SPACE.search(link):
        return f'"{link}" should not contain spaces'
    fault = next((words for kind, words in _KINDS if kind.match(link)), "")
    if not fault:
        return f'"{link}" should start with either http(s):// or mailto:'
    if fault in seen:
        return f'"{link}" {fault}'
    seen.add(fault)
    flaw = _url_flaw(link)
    return f"parse {_quoted(link)}: {flaw}" if flaw else ""


def _url_flaw(link: str) -> str:
    """What is wrong with a URL, or nothing: in the words of Go, which Mailpit hands on."""
    if any(character < " " or character == "\x7f" for character in link):
        return "net/url: invalid control character in URL"
    if _MAILTO.match(link):
        return ""
    authority, slash, path = link.partition("//")[2].partition("?")[0].partition("/")
    user, _, host = authority.rpartition("@")
    return _host_flaw(host) or _escape_flaw(user) or _escape_flaw(slash + path)


def _host_flaw(host: str) -> str:
    if "[" in host:
        return "invalid IP-literal"
    if (colon := host.rfind(":")) >= 0 and not _PORT.fullmatch(host, colon):
        return f"invalid port {_quoted(host[colon:])} after host"
    if fault := _escape_flaw(host):
        return fault
    if match := _ASCII_ESCAPE.search(host):
        return f"invalid URL escape {_quoted(match[0])}"
    match = _ODD_IN_HOST.search(host)
    return f"invalid character {_quoted(match[0])} in host name" if match else ""


def _escape_flaw(text: str) -> str:
    match = _ODD_ESCAPE.search(text)
    return f"invalid URL escape {_quoted(_octets(match[0], 3))}" if match else ""


def _octets(text: str, count: int) -> str:
    """The beginning of a text, so many octets as there are whole characters in them."""
    return text.encode("utf-8", "replace")[:count].decode("utf-8", "ignore")


def _quoted(text: str) -> str:
    escaped = re.sub(r'["\\]', r"\\\g<0>", text)
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\x{ord(match[0]):02x}", escaped) + '"'
