"""URLs of a message sorted by what they may do when somebody looks at it."""

from __future__ import annotations

import re

_IGNORED = re.compile(r"[\t\r\n]+")
_EDGE = "".join(map(chr, range(33)))
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_RASTER = re.compile(
    r"data:image/(?:png|gif|jpeg|jpg|pjpeg|webp|bmp|avif|x-icon|vnd\.microsoft\.icon)"
    r"(?:;[a-z0-9=_-]+)*(?:;base64)?,[a-zA-Z0-9+/=%._~:@!$&*;?-]*+",
    re.I,
)
_HOST = re.compile(r"https?:/*([^/?#\\]*)", re.I)
LINKS = frozenset(["http", "https", "mailto", "tel", "sms", "ftp", "xmpp", "webcal"])


def clean(url: str) -> str:
    """The URL as a browser takes it: line ends and tabs gone, the edges trimmed (WHATWG URL §4.1)."""
    url = _IGNORED.sub("", url.strip(_EDGE))
    return "https:" + url if url.startswith("//") else url


def scheme(url: str) -> str:
    """The scheme of a clean URL in lower case; `''` if it is relative."""
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""


def is_remote(url: str) -> bool:
    """Whether fetching this clean URL would tell another host that the message is read."""
    return scheme(url) in ("http", "https", "ftp")


def is_raster(url: str) -> bool:
    """Whether this is an image within the URL, of a kind that cannot hold a script."""
    return url[:5].lower() == "data:" and _RASTER.fullmatch(_IGNORED.sub("", url).replace(" ", "")) is not None


def host(url: str) -> str:
    """The host of a remote URL in lower case, without user and port."""
    match = _HOST.match(url)
    if match is None:
        return ""
    name = match[1].rpartition("@")[2].lower()
    return name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
