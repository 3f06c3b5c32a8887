"""Which web pages may call the API: the browser's own statements, Origin and Sec-Fetch-*, decide."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import urlsplit

from mailpit_py.api.hosts import is_address, is_local_name, split_host
from mailpit_py.errors import ConfigError

DEFAULT_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class Caller:
    """What a request says about the page that made it; all None when no browser made it."""

    method: str
    host: str
    origin: str | None
    site: str | None
    destination: str | None

    @property
    def is_browser(self) -> bool:
        """True if a browser says so. Programs send neither header, and only authentication counts for them."""
        return self.origin is not None or self.site is not None


@dataclass(frozen=True, slots=True)
class Origins:
    """The web origins that may call the API; `every` lets any page, as `*` does."""

    named: frozenset[str] = frozenset()
    every: bool = False

    def __bool__(self) -> bool:
        return self.every or bool(self.named)

    def __contains__(self, origin: object) -> bool:
        if not isinstance(origin, str) or not origin:
            return False
        return self.every or normal_origin(origin) in self.named


def read_origins(text: str) -> Origins:
    """Read --api-cors: origins, or hosts with either scheme, separated by commas or blanks; `*` for all.

    Raises ConfigError for anything else.
    """
    origins: list[str] = []
    for word in text.replace(",", " ").split():
        if word == "*":
            return Origins(every=True)
        either = [word] if "://" in word else [f"{scheme}://{word}" for scheme in DEFAULT_PORTS]
        named = [origin for one in either if (origin := normal_origin(one)) is not None]
        if not named:
            raise ConfigError(f"--api-cors takes web origins, as in http://localhost:3000, not {word!r}")
        origins += named
    return Origins(frozenset(origins))


def normal_origin(text: str) -> str | None:
    """`scheme://host:port` in lower case and with the port written out, or None if `text` is no web origin."""
    scheme, mark, authority = text.rstrip("/").lower().partition("://")
    parts = split_host(authority)
    if not mark or scheme not in DEFAULT_PORTS or parts is None or "*" in authority:
        return None
    return f"{scheme}://{parts[0]}:{parts[1] or DEFAULT_PORTS[scheme]}"


def is_own(origin: str, host: str) -> bool:
    """True if `origin` is the page that `host` (a Host header) serves.

    The scheme is not compared: a proxy in front may speak TLS where this process sees none, and
    programs that open a websocket name its own.
    """
    normal = normal_origin(f"http{origin[2:]}" if origin.lower().startswith("ws") else origin)
    parts = split_host(host)
    if normal is None or parts is None:
        return False
    scheme, _, authority = normal.partition("://")
    return authority == f"{parts[0]}:{parts[1] or DEFAULT_PORTS[scheme]}"


def is_foreign(caller: Caller, allowed: Container[str] = ()) -> bool:
    """True if another site's page made this request and it must be refused.

    A link that someone follows (a top-level GET) is not: no GET changes anything, and the other
    page cannot read the answer.
    """
    if caller.origin is not None:
        return not (is_own(caller.origin, caller.host) or caller.origin in allowed)
    if caller.site in (None, "same-origin", "none"):
        return False
    return not (caller.method in ("GET", "HEAD") and caller.destination == "document")


def advice(origin: str) -> str:
    """What to write to admit `origin`, or nothing if it is no origin that can be named."""
    name = urlsplit(origin).hostname or ""
    if normal_origin(origin) is None or not (is_address(name) or is_local_name(name) or "." in name):
        return ""
    return f" If that page may read all mail, start with --api-cors={origin} (or MP_API_CORS={origin})."
