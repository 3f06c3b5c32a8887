"""Content transfer encodings undone, broken ones as far as they go (RFC 2045 §6)."""

from __future__ import annotations

import binascii
import contextlib
import re

IDENTITY = frozenset(["", "7bit", "8bit", "binary"])
_UU_NAMES = frozenset(["x-uuencode", "uuencode", "x-uue", "uue"])
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_ALPHABET = bytes(set(range(256)) - set(_ALPHABET))
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET + b"="))
_LEGAL_BASE64 = _ALPHABET + b"= \t\r\n"
_BAD_QP = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r|\n|\Z))")
_ODD_SOFT_BREAK = re.compile(rb"=(?:[ \t]|\r(?!\n))")
_SOFT_BREAK = re.compile(rb"=[ \t]*+(?:\r\r?\n|\r|\n|\Z)")
_DOUBLED = re.compile(rb"=(?==)")
_UU_BEGIN = re.compile(rb"^begin[ \t]+[0-7]+[ \t]+[^\r\n]*(?:\r\n|\n|\r)", re.M)
_LINE_END = re.compile(rb"\r\r?\n|\n|\r")


def is_known(encoding: str) -> bool:
    """Whether this transfer encoding can be undone."""
    return encoding in IDENTITY or encoding in ("base64", "quoted-printable") or encoding in _UU_NAMES


def decode(body: bytes, encoding: str) -> bytes:
    """Return `body` with its transfer encoding undone; an unknown encoding leaves it as it is."""
    if encoding == "base64":
        return decode_base64(body)
    if encoding == "quoted-printable":
        return decode_qp(body)
    if encoding in _UU_NAMES:
        return decode_uu(body)
    return body


def decode_qp(body: bytes) -> bytes:
    """Undo quoted-printable; what is no escape stays, and a soft break may have blanks before its end."""
    if b"==" in body:
        body = _DOUBLED.sub(b"=3D", body)  # the standard library takes one of two
    if b"\r\r\n" in body:
        body = body.replace(b"\r\r\n", b"\r\n")
    if _ODD_SOFT_BREAK.search(body):
        body = _SOFT_BREAK.sub(b"", body)
    return binascii.a2b_qp(body)


def decode_base64(body: bytes) -> bytes:
    """Undo base64; foreign characters are skipped, and padding inside does not end the data."""
    padding = body.find(b"=")
    if padding < 0 or not body[padding:].strip(b"= \t\r\n"):
        with contextlib.suppress(binascii.Error):
            return binascii.a2b_base64(body)
    return b"".join(_decode_run(run) for run in body.split(b"="))


def _decode_run(run: bytes) -> bytes:
    clean = run.translate(None, _NOT_ALPHABET)
    rest = len(clean) % 4
    if rest == 1:  # six bits make no octet
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def decode_uu(body: bytes) -> bytes:
    """Undo uuencode: the lines between `begin` and `end`; without `begin` the body as it is."""
    begin = _UU_BEGIN.search(body)
    if begin is None:
        return body
    out = []
    for line in _LINE_END.split(body[begin.end() :]):
        if line.strip() in (b"end", b"`"):
            break
        out.append(_decode_uu_line(line))
    return b"".join(out)


def _decode_uu_line(line: bytes) -> bytes:
    if not line:
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        octets = (((line[0] - 32) & 63) * 4 + 5) // 3  # some encoders leave stray characters behind
    try:
        return binascii.a2b_uu(line[:octets])
    except binascii.Error:
        return b""


def flaw(body: bytes, encoding: str) -> str:
    """What is wrong with an encoded body: `''`, or a code of a `Defect`. Decodes nothing."""
    if encoding == "base64":
        if body.translate(None, _LEGAL_BASE64):
            return "bad-base64"
        compact = body.translate(None, _NOT_BASE64)
        return "bad-base64" if len(compact) % 4 or b"=" in compact[:-2] else ""
    if encoding == "quoted-printable":
        return "bad-quoted-printable" if _BAD_QP.search(body) else ""
    if encoding in _UU_NAMES:
        return "" if _UU_BEGIN.search(body) else "bad-uuencode"
    return "" if encoding in IDENTITY else "unknown-encoding"
