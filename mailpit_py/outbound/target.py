"""A target as it is written: an HTTP endpoint, or an SMTP server. Text in, checked parts out."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from mailpit_py.errors import TargetRefused

# Ports on which an HTTP request would speak to another protocol (the "bad ports" of the Fetch standard).
_OTHERS_PORTS = frozenset(
    {
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104),
        *(109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526),
        *(
            530,
            531,
            532,
            540,
            548,
            554,
            556,
            563,
            587,
            601,
            636,
            989,
            990,
            993,
            995,
            1719,
            1720,
            1723,
            2049,
            3659,
            4045,
        ),
        *(4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    }
)
_HTTP_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,252}[0-9A-Za-z._])?|\[[0-9A-Fa-f:.]+\]")
_SMTP = re.compile(r"(?:smtp://)?(?P<host>\[[^\]]+\]|[^:/@\s]+):(?P<port>\d{1,5})/?")
TEXT_AT_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An HTTP endpoint without its password: `authorization` is the value of the field, or nothing.

    `host` is without the brackets of an IPv6 address; `path` has the query and is never empty.
    """

    scheme: str
    host: str
    port: int
    path: str
    authorization: str = ""

    @property
    def authority(self) -> str:
        """What stands in the field Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _HTTP_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL as it may be shown: no password."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Read a URL. Raises TargetRefused for anything but http(s) with a host and a port for HTTP."""
        if len(url) > TEXT_AT_MOST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
            raise TargetRefused("write the URL in printable ASCII, other characters escaped")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise TargetRefused(f"this is no URL: {error}") from None
        if parts.scheme not in _HTTP_PORTS:
            raise TargetRefused("a webhook goes to http:// or https://")
        host = _checked_host(parts.netloc.rpartition("@")[2].removesuffix(f":{port}" if port is not None else ""))
        port = _HTTP_PORTS[parts.scheme] if port is None else port
        if port in _OTHERS_PORTS:
            raise TargetRefused(f"port {port} belongs to another protocol than HTTP")
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        return cls(parts.scheme, host, port, path, _authorization(parts.username, parts.password))


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server that takes reports."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> MailServer:
        """Read `host:port`, also with `smtp://` before it. Raises TargetRefused."""
        match = _SMTP.fullmatch(text.strip()) if len(text) <= TEXT_AT_MOST and text.isascii() else None
        if match is None or not 0 < int(match["port"]) < 65_536:
            raise TargetRefused("write an SMTP server as host:port")
        return cls(_checked_host(match["host"]), int(match["port"]))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _checked_host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise TargetRefused("a host has letters, digits, dots and hyphens, or is an address")
    return text.strip("[]").lower()


def _authorization(username: str | None, password: str | None) -> str:
    if username is None and password is None:
        return ""
    pair = f"{unquote(username or '')}:{unquote(password or '')}"
    return f"Basic {base64.b64encode(pair.encode('utf-8', 'surrogateescape')).decode('ascii')}"


def ascii_url(url: str) -> str:
    """Return a URL as it is asked for: host by IDNA, the rest escaped, no name and password, no fragment.

    What cannot be written so is given back as it is, for the fetcher to refuse.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("ascii" if (parts.hostname or "").isascii() else "idna").decode("ascii")
        port = f":{parts.port}" if parts.port is not None else ""
    except (UnicodeError, ValueError):
        return url
    if not re.fullmatch(r"[!-~]+", host):
        return url
    place = f"[{host}]{port}" if ":" in host else f"{host}{port}"
    path = quote(parts.path, safe="/%!$&'()*+,;=:@~")
    query = quote(parts.query, safe="/%!$&'()*+,;=:@?~")
    return urlunsplit((parts.scheme.lower(), place, path, query, ""))
