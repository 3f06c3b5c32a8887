"""Names and passwords as an htpasswd file has them, for SMTP and for the page alike."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Self

from mailpit_py.errors import ConfigError

CACHE_SIZE = 256


class Accounts:
    """What names may come in, each with its hash (or plain text) as written in an htpasswd file.

    Understood are bcrypt (`$2a$ $2b$ $2y$`), `$apr1$`, `$1$`, `$5$`, `$6$`, `{SHA}`, `{SSHA}`, `{PLAIN}text`
    and bare text that begins with neither `$` nor `{`. May be used from any thread.
    """

    def __init__(self, hashes: dict[str, str]) -> None:
        self._hashes = dict(hashes)
        self._key = secrets.token_bytes(32)
        self._accepted: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def parse(cls, text: str, source: str = "the password file") -> Self:
        """Read the text of an htpasswd file: a `name:hash` a line. Raises ConfigError, naming line and `source`."""
        lines = enumerate(text.removeprefix("\ufeff").splitlines(), start=1)
        given = ((number, line.strip()) for number, line in lines if line.strip() and not line.startswith("#"))
        return cls(dict(_account(line, f"line {number} of {source}") for number, line in given))

    @classmethod
    def parse_words(cls, text: str, source: str = "the names and passwords") -> Self:
        """Read `name:password` pairs with white space between them. Raises ConfigError, naming word and `source`."""
        words = enumerate(text.split(), start=1)
        return cls(dict(_account(word, f"word {number} of {source}") for number, word in words))

    @property
    def is_plain_text(self) -> bool:
        """True if every password is written in plain text, as CRAM-MD5 needs it."""
        return all(_scheme(value) is None for value in self._hashes.values())

    def password(self, name: str) -> str | None:
        """The plain text for a name, None if there is only a hash or no such name."""
        value = self._hashes.get(name)
        return None if value is None or _scheme(value) is not None else value.removeprefix("{PLAIN}")

    def was_accepted(self, name: str, password: str) -> bool:
        """True if `verify` has accepted the same before; takes no time."""
        with self._lock:
            return self._seal(name, password) in self._accepted

    def verify(self, name: str, password: str) -> bool:
        """True if the password is right. May take a quarter of a second, for an unknown name too."""
        if self.was_accepted(name, password):
            return True
        # An unknown name is compared with somebody's hash, so that time does not tell who exists.
        value = self._hashes.get(name) or next(iter(self._hashes.values()), "")
        is_right = _matches(password, value) and name in self._hashes
        if is_right:
            self._remember(self._seal(name, password))
        return is_right

    def _seal(self, name: str, password: str) -> bytes:
        return hmac.digest(self._key, f"{len(name)}:{name}{password}".encode("utf-8", "surrogatepass"), "sha256")

    def _remember(self, seal: bytes) -> None:
        with self._lock:
            self._accepted[seal] = None
            while len(self._accepted) > CACHE_SIZE:
                self._accepted.popitem(last=False)


def accounts_of(file: str, words: str, variable: str) -> Accounts | None:
    """The accounts of an htpasswd file, else the words of a variable; None without either. Raises ConfigError."""
    if not file:
        return Accounts.parse_words(words, variable) if words.strip() else None
    try:
        text = Path(file).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the password file {file}: {error}") from None
    return Accounts.parse(text, file)


def _account(text: str, place: str) -> tuple[str, str]:
    """Take a name and its hash apart. Raises ConfigError, naming the place."""
    name, colon, value = text.partition(":")
    if not colon:
        raise ConfigError(f"{place} is not name:password")
    if _is_unknown_hash(value):
        raise ConfigError(
            f"{place} has a hash that cannot be checked; use bcrypt (htpasswd -B), or {{PLAIN}} before plain text"
        )
    return name, value


def _bcrypt(password: bytes, value: str) -> bool:
    import bcrypt

    # Apache's htpasswd, too, reads no more than 72 octets.
    return bcrypt.checkpw(password[:72], value.encode())


def _sha1(password: bytes, value: str) -> bool:
    from base64 import b64decode

    blob = b64decode(value.partition("}")[2])
    digest = hashlib.sha1(password + blob[20:], usedforsecurity=False).digest()
    return hmac.compare_digest(digest, blob[:20])


def _libpass(name: str) -> Callable[[bytes, str], bool]:
    def check(password: bytes, value: str) -> bool:
        import passlib.hash

        return bool(getattr(passlib.hash, name).verify(password, value))

    return check


_SCHEMES: dict[str, Callable[[bytes, str], bool]] = {
    "$2a$": _bcrypt,
    "$2b$": _bcrypt,
    "$2y$": _bcrypt,
    "$apr1$": _libpass("apr_md5_crypt"),
    "$1$": _libpass("md5_crypt"),
    "$5$": _libpass("sha256_crypt"),
    "$6$": _libpass("sha512_crypt"),
    "{SHA}": _sha1,
    "{SSHA}": _sha1,
}


def _scheme(value: str) -> Callable[[bytes, str], bool] | None:
    return next((check for prefix, check in _SCHEMES.items() if value.startswith(prefix)), None)


def _is_unknown_hash(value: str) -> bool:
    """True for what would be taken as plain text though it is a hash: then the hash would be the password."""
    return value.startswith(("$", "{")) and not value.startswith("{PLAIN}") and _scheme(value) is None


def _matches(password: str, value: str) -> bool:
    given = password.encode("utf-8", "surrogatepass")
    check = _scheme(value)
    if check is None:
        return hmac.compare_digest(given, value.removeprefix("{PLAIN}").encode())
    try:
        return check(given, value)
    except ValueError:  # a damaged hash, or a NUL in the password
        return False
