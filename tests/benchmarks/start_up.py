"""Start-up: from the start of the process to the first SMTP banner and the first page, all servers in turn."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from tests.benchmarks.peers import Peer, running


@dataclass(frozen=True)
class Start:
    """One start: milliseconds until the banner and the page, those of CPU until both were there, and the memory then.

    `page_ms` is 0 for a server without a page.
    """

    banner_ms: float
    page_ms: float
    cpu_ms: float
    idle_mb: float


def measure(peers: list[Peer], rounds: int) -> dict[str, list[Start]]:
    """Every server's starts, in turn in each round; the first round only warms the caches and is left out."""
    starts: dict[str, list[Start]] = {peer.name: [] for peer in peers}
    for number in range(rounds + 1):
        for peer in peers:
            with running(peer) as server:
                start = Start(server.banner_ms, server.page_ms, server.cpu_seconds() * 1000, server.memory_mb())
            if number:
                starts[peer.name].append(start)
    return starts


def rows(starts: dict[str, list[Start]]) -> list[str]:
    """A Markdown row for each server: medians, with the quickest and the slowest banner."""
    return [
        f"| {name} | {_middle(banners):.0f} ({min(banners):.0f}-{max(banners):.0f}) | "
        f"{_middle([one.page_ms for one in some]) or '-'} | {_middle([one.cpu_ms for one in some])} | "
        f"{_middle([one.idle_mb for one in some])} |"
        for name, some in starts.items()
        for banners in [[one.banner_ms for one in some]]
    ]


def _middle(values: list[float]) -> int:
    return round(median(values))
