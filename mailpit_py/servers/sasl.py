"""Who a client says it is: the responses of SASL PLAIN (RFC 4616) and XOAUTH2."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and its password, which never shows in what is printed of it."""

    name: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.name!r})"


def decoded(response: str) -> str | None:
    """Return the text of a response in base64; `=` is the empty one. None if it is malformed."""
    try:
        return b64decode(b"" if response == "=" else response.encode("ascii"), validate=True).decode("utf-8")
    except (BadBase64, ValueError):
        return None


def plain(response: str) -> Credentials | None:
    """Read a response of SASL PLAIN (RFC 4616 §2). None if it is malformed.

    Nobody acts for another: an authorization identity has to be the name itself.
    """
    parts = (decoded(response) or "").split("\0")
    if len(parts) != 3 or not parts[1] or parts[0] not in ("", parts[1]):
        return None
    return Credentials(parts[1], parts[2])


def xoauth2(response: str) -> Credentials | None:
    """Read a response of XOAUTH2, whose bearer token is taken for the password. None if it is malformed."""
    fields = dict(field.partition("=")[::2] for field in (decoded(response) or "").split("\1") if field)
    scheme, _, token = fields.get("auth", "").partition(" ")
    if not fields.get("user") or scheme.lower() != "bearer" or not token:
        return None
    return Credentials(fields["user"], token)
