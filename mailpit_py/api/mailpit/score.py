"""Shares in percent as Mailpit counts and writes them: step by step in single precision."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # they load parsers of HTML and CSS, which few requests need
    from mailpit_py.checks.compatibility import Client
    from mailpit_py.checks.compatibility.report import Warning

WHOLE = 100.0


def of_warning(warning: Warning) -> dict[str, float]:
    """Return how many of the programs that were tried show a thing; of what nobody tried, what is known anyhow."""
    clients = warning.feature.clients
    if not clients:
        return _written(warning.shares.supported, warning.shares.partial, warning.shares.unsupported)
    return _written(*(_share(clients, one) for one in ("yes", "partial", "no")))


def of_all(warnings: Iterable[Warning], nodes: int) -> dict[str, float]:
    """Return the worst of all, each weighed by the share of the document's `nodes` that use it."""
    partial = unsupported = 0.0
    for one in warnings:
        shares = of_warning(one)
        partial = max(partial, _weighed(shares["Partial"], one.found, nodes))
        unsupported = max(unsupported, _weighed(shares["Unsupported"], one.found, nodes))
    return _written(max(0.0, _single(_single(WHOLE - partial) - unsupported)), partial, unsupported)


def number(value: float) -> float:
    """Return a number as Go writes it: without `.0`."""
    return int(value) if value == int(value) else value


def single(value: float) -> float:
    """Return a number with the digits that Go writes of a float32: the fewest that give it back."""
    stored = _single(value)
    shorter = (float(f"{stored:.{digits}g}") for digits in range(1, 10))
    return number(next(short for short in shorter if _single(short) == stored))


def _share(clients: tuple[Client, ...], support: str) -> float:
    count = sum(client.support == support for client in clients)
    return _single(_single(count / len(clients)) * WHOLE)


def _weighed(share: float, found: int, nodes: int) -> float:
    """What is used more often than there are elements weighs as if each one used it."""
    return _single(share) if found >= nodes else _single(_single(_single(share) * found) / nodes)


def _written(supported: float, partial: float, unsupported: float) -> dict[str, float]:
    return {"Supported": single(supported), "Partial": single(partial), "Unsupported": single(unsupported)}


def _single(value: float) -> float:
    stored: float = struct.unpack("f", struct.pack("f", value))[0]
    return stored
