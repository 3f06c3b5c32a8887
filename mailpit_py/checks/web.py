"""What the HTML of a message points to: links that lead nowhere, things that load without TLS. Nothing is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailpit_py.checks.extract import links as all_links
from mailpit_py.checks.finding import Finding, Severity
from mailpit_py.mail import Message

LISTED = 3
LARGEST = 5_000_000  # characters of HTML that are looked at
_LOCAL = re.compile(r"localhost$|127\.|0\.0\.0\.0$|\[?::1\]?$|10\.|192\.168\.|.+\.(?:local|internal|test|localhost)$")
_EMPTY = ("", "#", "javascript:void(0)", "javascript:;")
_LOADED = re.compile(
    r"<(?:img|source|video|audio|input|embed|iframe|script)\b[^<>]{0,2000}?\s(?:src|poster)\s*=\s*[\"']?(http://[^\s\"'<>]{1,500})"
    r"|\sbackground\s*=\s*[\"']?(http://[^\s\"'<>]{1,500})"
    r"|<link\b[^<>]{0,2000}?\shref\s*=\s*[\"']?(http://[^\s\"'<>]{1,500})"
    r"|url\(\s*[\"']?(http://[^\s\"'()<>]{1,500})",
    re.I,
)
_ANCHOR = re.compile(r"<a\b[^<>]{0,2000}?\shref\s*=\s*(?:\"([^\"]{0,500})\"|'([^']{0,500})')", re.I)


def links(message: Message) -> Iterator[Finding]:
    """Links that work for nobody but you, or for nobody at all."""
    hosts = [(one.url, (urlsplit_host(one.url))) for one in all_links(message)]
    local = [url for url, host in hosts if host and _LOCAL.match(host)]
    if local:
        yield Finding(
            "local-link",
            Severity.WARNING,
            f"{_count(local)} to a machine that only you can reach: {_listed(local)}.",
            "Set the public address of the application in its settings.",
        )
    plain = [url for url, host in hosts if url.lower().startswith("http://") and url not in local]
    if plain:
        yield Finding(
            "insecure-link",
            Severity.NOTE,
            f"{_count(plain)} without TLS: {_listed(plain)}.",
            "Use https, if it is there.",
        )
    targets = [match[1] if match[1] is not None else match[2] for match in _ANCHOR.finditer(message.html[:LARGEST])]
    empty = [one for one in targets if one.strip().lower() in _EMPTY]
    if empty:
        text = f"{_count(empty)} nowhere (href={empty[0]!r})."
        yield Finding("empty-link", Severity.ERROR, text, "Fill in the address, or leave the link out.")


def mixed_content(message: Message) -> Iterator[Finding]:
    """Images, styles and fonts that are loaded without TLS, which readers on https pages refuse."""
    found = [next(filter(None, match.groups())) for match in _LOADED.finditer(message.html[:LARGEST])]
    if found := list(dict.fromkeys(found)):
        yield Finding(
            "mixed-content",
            Severity.ERROR,
            f"{len(found)} {'thing is' if len(found) == 1 else 'things are'} loaded without TLS: {_listed(found)}.",
            "Serve them over https: webmail shows no http images on its https page.",
        )


def urlsplit_host(url: str) -> str:
    """Return the host of an address, or nothing for one that has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _count(found: list[str]) -> str:
    return "1 link leads" if len(found) == 1 else f"{len(found)} links lead"


def _listed(found: list[str]) -> str:
    shown = ", ".join(found[:LISTED])
    return shown if len(found) <= LISTED else f"{shown} and {len(found) - LISTED} more"
