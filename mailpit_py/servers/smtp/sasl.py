"""The mechanisms of AUTH (RFC 4954) as exchanges: challenges out, responses in, credentials at the end."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Generator
from dataclasses import dataclass

from mailpit_py.application.account import Accounts
from mailpit_py.servers.smtp.reply import AUTH_INVALID, AUTH_NOT_BASE64, AUTH_NOT_PARSED, Refused


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a client says it is, and its proof: a password, a token, or a digest of `challenge`."""

    mechanism: str
    identity: str
    proof: str
    challenge: bytes = b""


Exchange = Generator[bytes, bytes, Credentials]

_OAUTH_ERRORS = {
    "XOAUTH2": b'{"status":"401","schemes":"bearer","scope":"mail"}',
    "OAUTHBEARER": b'{"status":"invalid_token"}',
}


def plain(initial: bytes | None, challenge: bytes) -> Exchange:
    """PLAIN (RFC 4616): authorisation identity, name and password with NUL between them."""
    parts = (yield b"") if initial is None else initial
    if parts.count(b"\0") != 2:
        raise Refused(AUTH_NOT_PARSED)
    _, name, password = parts.split(b"\0")
    return Credentials("PLAIN", _name(name), _text(password))


def login(initial: bytes | None, challenge: bytes) -> Exchange:
    """LOGIN, which no RFC describes: two prompts, two answers; the name may come with the command."""
    name = (yield b"Username:") if initial is None else initial
    password = yield b"Password:"
    return Credentials("LOGIN", _name(name), _text(password))


def cram_md5(initial: bytes | None, challenge: bytes) -> Exchange:
    """CRAM-MD5 (RFC 2195): the name and a digest of the challenge."""
    name, blank, digest = (yield challenge).rpartition(b" ")
    if not blank or initial is not None:
        raise Refused(AUTH_NOT_PARSED)
    return Credentials("CRAM-MD5", _name(name), _text(digest), challenge)


def xoauth2(initial: bytes | None, challenge: bytes) -> Exchange:
    """XOAUTH2, as Google describes it: a name and a bearer token."""
    response = (yield b"") if initial is None else initial
    who, _, rest = _text(response).partition("\x01")
    return _bearer("XOAUTH2", who, "user=", rest)


def oauthbearer(initial: bytes | None, challenge: bytes) -> Exchange:
    """OAUTHBEARER (RFC 7628)."""
    response = (yield b"") if initial is None else initial
    header, _, rest = _text(response).partition("\x01")
    return _bearer("OAUTHBEARER", header.partition(",")[2].rstrip(","), "a=", rest)


MECHANISMS: dict[str, Callable[[bytes | None, bytes], Exchange]] = {
    "PLAIN": plain,
    "LOGIN": login,
    "CRAM-MD5": cram_md5,
    "XOAUTH2": xoauth2,
    "OAUTHBEARER": oauthbearer,
}


def offered(accounts: Accounts | None, *, has_tokens: bool = False) -> tuple[str, ...]:
    """The mechanisms that can be checked: CRAM-MD5 needs plain text, as no hash, nor that of a token, can verify it."""
    has_plain_text = (accounts is None or accounts.is_plain_text) and not has_tokens
    return tuple(name for name in MECHANISMS if has_plain_text or name != "CRAM-MD5")


def rejection(mechanism: str) -> Exchange | None:
    """What precedes the refusal: the bearer mechanisms first tell why in a challenge (RFC 7628 §3.2.2)."""
    error = _OAUTH_ERRORS.get(mechanism)
    return None if error is None else _tell(error)


def is_right(credentials: Credentials, accounts: Accounts) -> bool:
    """True if `accounts` knows these credentials. May take the time of a slow hash."""
    if credentials.mechanism != "CRAM-MD5":
        return accounts.verify(credentials.identity, credentials.proof)
    password = accounts.password(credentials.identity)
    key = (password or "").encode()
    digest = hmac.new(key, credentials.challenge, hashlib.md5).hexdigest()
    return hmac.compare_digest(digest.encode(), credentials.proof.lower().encode()) and password is not None


def encode(challenge: bytes) -> str:
    """A challenge as it goes over the wire."""
    return b64encode(challenge).decode()


def decode(response: str) -> bytes:
    """A response as it came over the wire; `=` is the empty one (RFC 4954 §4). Raises Refused."""
    try:
        return b"" if response == "=" else b64decode(response.encode("utf-8", "surrogatepass"), validate=True)
    except (BadBase64, ValueError):
        raise Refused(AUTH_NOT_BASE64) from None


def _tell(error: bytes) -> Exchange:
    yield error
    raise Refused(AUTH_INVALID)


def _bearer(mechanism: str, who: str, key: str, rest: str) -> Credentials:
    """Read `key=value` pairs, each ended by ^A, of which one is the token."""
    tokens = [pair for pair in rest.split("\x01") if pair.lower().startswith("auth=bearer ")]
    if len(tokens) != 1 or not rest.endswith("\x01\x01") or not who.lower().startswith(key):
        raise Refused(AUTH_NOT_PARSED)
    return Credentials(mechanism, _name(who[len(key) :].encode()), tokens[0][len("auth=bearer ") :])


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")


def _name(value: bytes) -> str:
    name = _text(value)
    if not name.isprintable():
        raise Refused(AUTH_NOT_PARSED)
    return name
