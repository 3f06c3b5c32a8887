"""Which addresses this sandbox may connect to: what the operator allows, and nothing else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = ipaddress.IPv4Network | IPv6Network

_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
_LOOPBACK = tuple(map(ip_network, ("127.0.0.0/8", "::1/128")))
# Services of clouds that hand out credentials: an address in a private range, and yet never meant by it.
_METADATA = frozenset({ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("169.254.169.254")})
# Prefixes of IPv6 that carry an IPv4 address, and where in the 128 bits it ends.
_EMBEDDING = tuple(
    (IPv6Network(prefix), shift)
    for prefix, shift in (
        ("::ffff:0:0/96", 0),
        ("::/96", 0),
        ("64:ff9b::/96", 0),
        ("64:ff9b:1::/48", 0),
        ("2002::/16", 80),
    )
)
# Ways to public IPv4 (RFC 6052 §3.1, RFC 3056): no place of their own, so what they carry decides. Python calls the
# first reserved, and the second private or global by its version.
_GATEWAYS = (IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16"))
_TEREDO = IPv6Network("2001::/32")
_SITE_LOCAL = IPv6Network("fec0::/10")  # withdrawn (RFC 3879), and still routed inside some networks
_ISATAP = (0x00005EFE, 0x02005EFE)
WORDS = ("loopback", "private", "public")


@dataclass(frozen=True, slots=True)
class Reach:
    """The allowed addresses: words of WORDS, and networks. Empty allows nothing.

    `public` is every globally routable address. A network that is named admits what no word does:
    link-local, shared, reserved and documentation addresses.
    """

    words: frozenset[str] = frozenset({"loopback", "private"})
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Reach:
        """Read words and networks separated by commas; `none` allows nothing. Raises ValueError with advice."""
        words, networks = set(), []
        for item in (each.strip().lower() for each in text.split(",")):
            if item in WORDS:
                words.add(item)
            elif item not in ("", "none"):
                try:
                    networks.append(ip_network(item))
                except ValueError:
                    raise ValueError(
                        f"write loopback, private, public or a network as 10.1.0.0/16, not {item!r}"
                    ) from None
        return cls(frozenset(words), tuple(networks))

    def __str__(self) -> str:
        named = [word for word in WORDS if word in self.words]
        return ", ".join([*named, *map(str, self.networks)]) or "none"

    def allows(self, address: str) -> bool:
        """True if this address may be connected to, and every IPv4 address that it carries inside."""
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        carried = [*_carried(found)]
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            return self._allows(found.ipv4_mapped)  # the same host, written in the longer way
        return self._allows(found) and all(self._allows(each) for each in carried)

    def _allows(self, address: Address) -> bool:
        if any(address.version == network.version and address in network for network in self.networks):
            return True
        if address in _METADATA:
            return False
        if _within(address, _LOOPBACK):
            return "loopback" in self.words
        if _within(address, _PRIVATE):
            return "private" in self.words
        if _within(address, _GATEWAYS):
            return "public" in self.words
        is_routed = address.is_global and not (address.is_multicast or address.is_reserved or address in _SITE_LOCAL)
        return "public" in self.words and is_routed


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


ANYWHERE = Reach(frozenset(WORDS))
"""Every address, for a place that the operator has named in an option of its own."""


def _carried(address: Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address stands for (RFC 4291, 6052, 3056, 4380, 5214)."""
    if isinstance(address, IPv4Address) or address.is_loopback:
        return
    bits = int(address)
    for prefix, shift in _EMBEDDING:
        if address in prefix:
            yield IPv4Address(bits >> shift & 0xFFFFFFFF)
    if address in _TEREDO:
        yield IPv4Address(bits >> 64 & 0xFFFFFFFF)
        yield IPv4Address(~bits & 0xFFFFFFFF)
    if bits >> 32 & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(bits & 0xFFFFFFFF)
