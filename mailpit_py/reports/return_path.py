"""What is written into a reverse-path: VERP, BATV and SRS decoded, for people who look at one."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BATV = re.compile(r"(prvs)=([0-9])([0-9]{3})([0-9A-Fa-f]{6})=(.+)", re.I)
_SRS0 = re.compile(r"SRS0([=+-])([^=]+)=([^=]{1,2})=([^=]+)=(.+)", re.I)
_SRS1 = re.compile(r"SRS1([=+-])([^=]+)=([^=]+)=([=+-].+)", re.I)
_VERP = re.compile(r"(.+?)[+-](.+)=([A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,})", re.S)
_PREPENDED = re.compile(r"(.+)=([A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,})", re.S)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Decoded:
    """One layer of a reverse-path: the scheme, the address inside it, and its other facts as text."""

    scheme: str
    address: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def explanation(self) -> str:
        """One line for people."""
        details = ", ".join(f"{name} {value}" for name, value in self.facts)
        return f"{self.scheme}: {self.address}" + (f" ({details})" if details else "")


def decode_reverse_path(reverse_path: str) -> tuple[Decoded, ...]:
    """Return the layers of a reverse-path from the outside in; empty if nothing is encoded in it.

    VERP is a convention without a mark, so `bounces+ann=dest.example@app.example` is taken for it.
    """
    layers: list[Decoded] = []
    address = reverse_path
    while len(layers) < _DEEPEST and (layer := _layer(address)) is not None:
        layers.append(layer)
        if layer.scheme == "VERP":
            break
        address = layer.address
    return tuple(layers)


def _layer(address: str) -> Decoded | None:
    local, at, domain = address.rpartition("@")
    if not at:
        return None
    for scheme in (_batv, _srs1, _srs0, _verp):
        if found := scheme(local, domain):
            return found
    return None


def _batv(local: str, domain: str) -> Decoded | None:
    """`prvs=KDDDSSSSSS=local`: key number, day of expiry modulo 1000, six digits of a signature."""
    match = _BATV.fullmatch(local)
    if match is None:
        return None
    facts = (("key", match[2]), ("expires on day", f"{match[3]} of 1000"), ("signature", match[4]))
    return Decoded("BATV", f"{match[5]}@{domain}", facts)


def _srs0(local: str, domain: str) -> Decoded | None:
    """`SRS0=hash=day=domain=local`: a forwarder's own address for somebody else's mail."""
    match = _SRS0.fullmatch(local)
    if match is None:
        return None
    facts = (("forwarded by", domain), ("hash", match[2]), ("day", _day(match[3])))
    return Decoded("SRS0", f"{match[5]}@{match[4]}", facts)


def _day(text: str) -> str:
    """Two base32 characters count days modulo 1024."""
    if any(char not in _ALPHABET for char in text.upper()):
        return text
    number = 0
    for char in text.upper():
        number = number * 32 + _ALPHABET.index(char)
    return f"{number} of 1024"


def _srs1(local: str, domain: str) -> Decoded | None:
    """`SRS1=hash=first forwarder=rest of its SRS0`: forwarded twice or more."""
    match = _SRS1.fullmatch(local)
    if match is None:
        return None
    facts = (("forwarded by", domain), ("hash", match[2]))
    return Decoded("SRS1", f"SRS0{match[4]}@{match[3]}", facts)


def _verp(local: str, domain: str) -> Decoded | None:
    """`list+user=their.example`: the recipient in the reverse-path, one of its own for each."""
    match = _VERP.fullmatch(local)
    if match is not None:
        return Decoded("VERP", f"{match[2]}@{match[3]}", (("list", f"{match[1]}@{domain}"),))
    match = _PREPENDED.fullmatch(local)
    return Decoded("VERP", f"{match[1]}@{match[2]}", (("list", f"@{domain}"),)) if match else None
