"""Whether a request's head can be believed: its first line, whom it asks, and where its body ends."""

from __future__ import annotations

import io
import re
from email.errors import FirstHeaderLineIsContinuationDefect, InvalidHeaderDefect, MissingHeaderBodySeparatorDefect
from email.message import Message
from http import HTTPStatus

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_LINE = re.compile(rf"(?P<method>{_TOKEN}) (?P<target>[^\x00-\x20\x7f]+) HTTP/1\.(?P<minor>\d)")
_NAME = re.compile(_TOKEN)
_FOLD = re.compile(r"\r?\n[ \t]")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_FIELD_DEFECTS = (FirstHeaderLineIsContinuationDefect, InvalidHeaderDefect, MissingHeaderBodySeparatorDefect)
_OLD = re.compile(r"[^ ]+ [^ ]+ HTTP/0\.\d")
_LENGTH = re.compile(r"[0-9]{1,18}")


class HeadLines(io.BufferedIOBase):
    """The lines of a head on their way to the standard library, which takes one without an end, and one with a bare CR.

    Of a head that is cut off, what is there may mean more than all of it: `DELETE` without its body deletes everything.
    """

    def __init__(self, source: io.BufferedIOBase, first: bytes) -> None:
        self._source = source
        self._last = first
        self._has_bare_cr = _has_bare_cr(first)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read the next line."""
        self._last = self._source.readline(size)
        self._has_bare_cr |= _has_bare_cr(self._last)
        return self._last

    def fault(self) -> HTTPStatus | None:
        """Return the status for lines that are no head, once all have been read."""
        is_head = self._last in (b"\r\n", b"\n") and not self._has_bare_cr
        return None if is_head else HTTPStatus.BAD_REQUEST


def _has_bare_cr(line: bytes) -> bool:
    return b"\r" in line.removesuffix(b"\n").removesuffix(b"\r")


def fault(line: str, fields: Message) -> HTTPStatus | None:
    """Return the status of a request that is refused for its head, as Go's server refuses it; else None.

    `line` is the first one without its end, `fields` what the standard library made of the others.
    """
    if _OLD.fullmatch(line):
        return HTTPStatus.HTTP_VERSION_NOT_SUPPORTED
    first = _LINE.fullmatch(line)
    if first is None or not _is_target(first["method"], first["target"]) or not _are_fields(fields):
        return HTTPStatus.BAD_REQUEST
    hosts = fields.get_all("Host", [])
    if len(hosts) > 1 or (not hosts and first["minor"] != "0"):  # RFC 9112 §3.2
        return HTTPStatus.BAD_REQUEST
    lengths = {one.strip(" \t") for one in fields.get_all("Content-Length", [])}
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(one) for one in lengths):  # RFC 9112 §6.3
        return HTTPStatus.BAD_REQUEST
    if any(coding.strip(" \t").lower() != "chunked" for coding in fields.get_all("Transfer-Encoding", [])):
        return HTTPStatus.NOT_IMPLEMENTED
    expected = fields.get("Expect", "").strip(" \t").lower()
    return HTTPStatus.EXPECTATION_FAILED if expected not in ("", "100-continue") else None


def _is_target(method: str, target: str) -> bool:
    """True for a path, a whole address, and what the two methods have that ask for neither."""
    if method == "CONNECT":
        return True
    return target.startswith("/") or "://" in target or (target == "*" and method == "OPTIONS")


def _are_fields(fields: Message) -> bool:
    """True if every line is a field with a name, and no value has a control character."""
    return not any(isinstance(one, _FIELD_DEFECTS) for one in fields.defects) and all(
        _NAME.fullmatch(name) and not _CONTROL.search(_FOLD.sub(" ", value)) for name, value in fields.items()
    )
