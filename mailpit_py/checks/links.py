"""The links of a message, and whether they lead anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from mailpit_py.checks.outside import Probe
from mailpit_py.mail.links import linkify

AT_MOST = 100
DENIED = 451  # Unavailable For Legal Reasons: what Mailpit says of addresses inside
_HTTP = re.compile(r"https?://[-\w@:%+'!.~#?,&/=;]", re.I | re.ASCII)
_BRACKETED = re.compile(r"<(https?://[^<>]{1,2000})>", re.I)
_TOKEN_ENDS = "|[]"
# What Go's net/http says where HTTPStatus says something else, some of it only since later versions of Python.
_PHRASES = MappingProxyType(
    {
        413: "Request Entity Too Large",
        414: "Request URI Too Long",
        416: "Requested Range Not Satisfiable",
        418: "I'm a teapot",
        422: "Unprocessable Entity",
    }
)


@dataclass(frozen=True, slots=True)
class LinkResult:
    """One link with the status that it gave: 0 if there was no answer, with the reason as `text`.

    `url` stands in the message; `final` is where a redirect led, if one was followed.
    """

    url: str
    status: int
    text: str
    final: str = ""

    @property
    def is_broken(self) -> bool:
        """True for one that leads nowhere."""
        return self.status == 0 or self.status >= 400


def find(html: str, text: str) -> list[str]:
    """Return the links that are checked, as they are written, each once and the first hundred of them.

    Those of `a`, of style sheets and of images come first, in this order of sorts, then those of the text.
    """
    found: dict[str, None] = {}
    for url in (*_of_html(html), *_of_text(text)):
        if len(found) == AT_MOST:
            break
        found[url] = None
    return list(found)


def check(
    urls: Sequence[str], probe: Callable[[Sequence[str], bool], Sequence[Probe]], *, follow: bool = False
) -> list[LinkResult]:
    """Return what became of each link, in their order."""
    if not urls:
        return []
    return [_result(url, one) for url, one in zip(urls, probe(urls, follow), strict=True)]


def _result(url: str, probe: Probe) -> LinkResult:
    if probe.is_denied:
        return LinkResult(url, DENIED, "Blocked private/reserved address")
    if not probe.status:
        return LinkResult(url, 0, probe.error or "no answer")
    return LinkResult(url, probe.status, _phrase(probe.status), probe.url if probe.url != url else "")


def _phrase(status: int) -> str:
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return ""


def _of_html(html: str) -> Iterator[str]:
    if not html.strip():
        return
    from mailpit_py.checks.compatibility.markup import links as sheets  # loads the parser, for HTML alone
    from mailpit_py.mail.readable import tree

    parsed = tree(html)
    places = (node.attributes for node in parsed.css("a"))
    yield from _http(one.get("href") or one.get("xlink:href") for one in places)
    yield from _http(sheets(html))
    yield from _http(node.attributes.get("src") for node in parsed.css("img[src]"))


def _http(values: Sequence[str | None] | Iterator[str | None]) -> Iterator[str]:
    yield from (value.strip() for value in values if value and _HTTP.match(value.strip()))


def _of_text(text: str) -> Iterator[str]:
    """Yield links that stand alone, then those in angle brackets, which may go over blanks and lines."""
    for span in linkify(_BRACKETED.sub(" ", text)):
        yield from (piece for piece in re.split(rf"[{re.escape(_TOKEN_ENDS)}]", span.url) if _HTTP.match(piece))
    for match in _BRACKETED.finditer(text):
        yield re.sub(r"\s*[\r\n]+\s*", "", match[1]).strip()
