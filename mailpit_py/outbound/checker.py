"""What checks of a message ask: links, style sheets and images of it, all through the guarded fetcher."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mailpit_py.checks.outside import Asset, Probe, Wish
from mailpit_py.errors import TargetForbidden, TargetRefused
from mailpit_py.outbound.fetcher import Answer, Call, Fetcher
from mailpit_py.outbound.resolver import Lookup, look_up
from mailpit_py.outbound.target import ascii_url
from mailpit_py.reach import Reach

T = TypeVar("T")

LINK_TIMEOUT = 10.0
ALL_LINKS_TIMEOUT = 25.0  # a client of the API waits half a minute
HOPS = 2
AT_ONCE = 2  # requests to one domain
BURST = 100  # requests to one domain before they are slowed down to REFILL
REFILL = 1.0  # a second
FRESH = 60.0  # seconds for which a result is told again
REMEMBERED = 2_000
CHECKS_AT_ONCE = 4
_NOT_SUPPORTED = (405, 501)
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "ltd", "me", "mil", "ne", "net", "nhs", "or", "org"})


@dataclass(frozen=True, slots=True)
class CheckerSettings:
    """Where checks may go, whose certificates they take, and whether they spare the servers they ask."""

    reach: Reach
    trusts_anybody: bool = False
    is_limited: bool = True
    agent: str = "mailpit-py"
    lookup: Lookup = look_up


class Checker:
    """Asks for what a message links to. Every method may be called from any thread, and returns when all is known.

    A domain is asked twice at a time, and what it said is told again for a minute, unless the settings say
    otherwise: a test that checks the same mail over and over is no load for somebody else's server.
    """

    def __init__(self, settings: CheckerSettings) -> None:
        self._settings = settings
        self._turns = threading.BoundedSemaphore(CHECKS_AT_ONCE)
        self._memory = _Memory()
        self._buckets = _Buckets()

    def probe(self, urls: Sequence[str], follow: bool) -> list[Probe]:
        """Return whether each URL is there, in their order."""

        async def work(fetcher: Fetcher) -> list[Probe]:
            lanes: dict[str, asyncio.Semaphore] = {}
            late = asyncio.get_running_loop().time() + ALL_LINKS_TIMEOUT

            async def one(url: str) -> Probe:
                lane = lanes.setdefault(domain_of(url), asyncio.Semaphore(AT_ONCE))
                try:
                    async with asyncio.timeout_at(late):
                        return await self._one(fetcher, url, lane, follow=follow)
                except TimeoutError:
                    return Probe(url, error="there was no time left to ask")

            return list(await asyncio.gather(*map(one, urls)))

        return self._run(work)

    def fetch(self, wishes: Sequence[Wish]) -> list[Asset]:
        """Return what each URL gives, in their order."""

        async def work(fetcher: Fetcher) -> list[Asset]:
            return list(await asyncio.gather(*(self._asset(fetcher, wish) for wish in wishes)))

        return self._run(work)

    def _run(self, work: Callable[[Fetcher], Coroutine[Any, Any, T]]) -> T:
        async def within() -> T:
            async with Fetcher(self._settings.reach, self._settings.lookup, self._tls()) as fetcher:
                return await work(fetcher)

        with self._turns:
            return asyncio.run(within())

    def _tls(self) -> ssl.SSLContext | None:
        if not self._settings.trusts_anybody:
            return None
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    async def _one(self, fetcher: Fetcher, url: str, lane: asyncio.Semaphore, *, follow: bool) -> Probe:
        if not self._settings.is_limited:
            return await self._ask(fetcher, url, follow=follow)
        async with lane:
            if (known := self._memory.find((url, follow))) is not None:
                return known
            await self._buckets.take(domain_of(url))
            probe = await self._ask(fetcher, url, follow=follow)
            self._memory.keep((url, follow), probe)
            return probe

    async def _ask(self, fetcher: Fetcher, url: str, *, follow: bool) -> Probe:
        """Ask by HEAD; a server that does not know it is asked by GET, of which nothing is read."""
        answer = await self._call(fetcher, url, "HEAD", follow=follow)
        if isinstance(answer, Answer) and answer.status in _NOT_SUPPORTED:
            answer = await self._call(fetcher, url, "GET", follow=follow)
        if isinstance(answer, Probe):
            return answer
        return Probe(answer.url, answer.status, answer.reason or answer.error)

    async def _call(self, fetcher: Fetcher, url: str, method: str, *, follow: bool) -> Answer | Probe:
        call = Call(
            ascii_url(url),
            method,
            (("User-Agent", self._settings.agent),),
            timeout=LINK_TIMEOUT,
            body_bytes=0,
            hops=HOPS if follow else 0,
            is_lenient=True,
        )
        return await _guarded(fetcher.fetch(call), lambda error, is_denied: Probe(url, 0, error, is_denied))

    async def _asset(self, fetcher: Fetcher, wish: Wish) -> Asset:
        agent = wish.agent or self._settings.agent
        call = Call(
            ascii_url(wish.url),
            headers=(("User-Agent", agent),),
            timeout=wish.timeout,
            body_bytes=wish.body_bytes,
            hops=wish.hops,
            is_lenient=True,
        )
        answer = await _guarded(fetcher.fetch(call), lambda error, _: Answer(error=error, url=wish.url))
        return Asset(
            answer.url, answer.status, answer.headers, answer.body, answer.is_cut, answer.reason or answer.error
        )


U = TypeVar("U")


async def _guarded(asked: Awaitable[Answer], refused: Callable[[str, bool], U]) -> Answer | U:
    """Return the answer, or what is made of a refusal: its words, and whether the address is why."""
    try:
        return await asked
    except TargetForbidden:
        return refused("this address may not be asked", True)
    except TargetRefused as error:
        return refused(str(error), False)


class _Memory:
    """What was said lately, by URL; the oldest is forgotten when there is no room."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, bool], tuple[float, Probe]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: tuple[str, bool]) -> Probe | None:
        """Return what was said within the last minute."""
        with self._lock:
            at, probe = self._known.get(key, (0.0, None))
            return probe if time.monotonic() - at < FRESH else None

    def keep(self, key: tuple[str, bool], probe: Probe) -> None:
        """Remember what was said."""
        with self._lock:
            self._known.pop(key, None)
            self._known[key] = (time.monotonic(), probe)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


@dataclass(slots=True)
class _Buckets:
    """How many requests each domain may still get at once."""

    _left: dict[str, tuple[float, float]] = field(default_factory=dict)  # when it was looked at, and how many then
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def take(self, domain: str) -> None:
        """Take one, and wait until there is one."""
        await asyncio.sleep(self._owed(domain, time.monotonic()))

    def _owed(self, domain: str, now: float) -> float:
        """Take one and return the seconds for which it is not there yet."""
        with self._lock:
            at, left = self._left.get(domain, (now, float(BURST)))
            left = min(float(BURST), left + (now - at) * REFILL) - 1
            if len(self._left) > REMEMBERED:
                self._left.clear()
            self._left[domain] = (now, left)
        return max(0.0, -left / REFILL)


def domain_of(url: str) -> str:
    """Return the domain that answers for a host: the last two labels, or three below names as `co.uk`."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    labels = host.split(".")
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-count:])
