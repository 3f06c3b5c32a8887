"""What tests of checks share: a mail of HTML or text, and what both programs say of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from mailpit_py.resources import compatibility_data
from tests.beside.programs import Answer, Pair, Server
from tests.outbound.servers import Received, Web, web

INSIDE = ("--allow-internal-http-requests", "--disable-link-check-rate-limit")
needs_data = pytest.mark.skipif(
    not compatibility_data().is_file(), reason="needs the data of caniemail.com, which the build fetches"
)
Link = tuple[str, int, str]
"""The address of a link, the status that it gave, and its words."""


def message(content: str, kind: str = "html") -> bytes:
    """A mail with one body."""
    head = "From: app@example.org\r\nTo: ann@example.com\r\nSubject: x\r\nMessage-ID: <1@example.org>\r\n"
    return f"{head}MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{content}\r\n".encode()


def checked(server: Server, html: str) -> Answer:
    """The answer to a check of HTML."""
    return server.get(f"/api/v1/message/{server.send(message(html))}/html-check")


def report(server: Server, html: str) -> dict[str, Any]:
    """What a check of HTML says."""
    found: dict[str, Any] = checked(server, html).json
    return found


def found(said: dict[str, Any]) -> dict[str, int]:
    """How often each thing was found."""
    return {one["Slug"]: one["Score"]["Found"] for one in said["Warnings"]}


def warning(server: Server, html: str, slug: str) -> dict[str, Any]:
    """What is said of one thing."""
    [one] = [one for one in report(server, html)["Warnings"] if one["Slug"] == slug]
    warned: dict[str, Any] = one
    return warned


def links(server: Server, raw: bytes, query: str = "") -> list[Link]:
    """What a check of links says."""
    answer = server.get(f"/api/v1/message/{server.send(raw)}/link-check{query}")
    return [(one["URL"], one["StatusCode"], one["Status"]) for one in answer.json["Links"]]


def in_html(server: Server, *addresses: str, query: str = "") -> list[Link]:
    """What a check says of links in HTML."""
    return links(server, message("".join(f'<a href="{one}">x</a>' for one in addresses)), query)


def in_text(server: Server, text: str) -> list[str]:
    """Which links a check finds in text."""
    return [url for url, _, _ in links(server, message(text, "plain"))]


def handed(server: Server, public_id: str, url: str) -> Answer:
    """What /proxy gives for an address of a message."""
    data = base64.b64encode(f"{public_id}:{url}".encode()).decode()
    return server.get(f"/proxy?data={quote(data)}", User_Agent="a browser")


def redirecting(request: Received) -> tuple[int, dict[str, str], bytes]:
    """Answer by what the path says: `/404`, `/hops/2`, `/to/%2Fx` and `/nohead`; else 200."""
    first, _, rest = request.path.strip("/").partition("/")
    if first == "hops" and rest != "0":
        return 302, {"Location": f"/hops/{int(rest) - 1}"}, b""
    if first.isdigit():
        return int(first), {"Location": rest} if rest else {}, b""
    return (405 if first == "nohead" and request.method == "HEAD" else 200), {}, b""


@pytest.fixture
def place() -> Iterator[Web]:
    """A server to which links lead."""
    with web() as running:
        running.answer = redirecting
        yield running


def at(place: Web) -> str:
    """Where it is."""
    return f"http://127.0.0.1:{place.port}"


def same(both: Pair, ask: Any) -> None:
    """Assert that both say the same."""
    theirs, ours = (ask(server) for server in both)
    assert ours == theirs
