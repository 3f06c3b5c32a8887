"""What checks ask of the world outside: values, and functions that whoever may reach it hands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from mailpit_py.checks.spam import Score
from mailpit_py.errors import TargetRefused


@dataclass(frozen=True, slots=True)
class Probe:
    """What became of asking whether a URL is there.

    `status` is that of the answer, 0 without one; then `error` says why in a few words. `url` is where
    the answer came from in the end. `is_denied` says that it may not be asked for at all.
    """

    url: str
    status: int = 0
    error: str = ""
    is_denied: bool = False


@dataclass(frozen=True, slots=True)
class Asset:
    """What a URL gave: a body of at most the size that was asked for (`is_cut`: there was more); see Probe."""

    url: str
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_cut: bool = False
    error: str = ""

    @property
    def media_type(self) -> str:
        """The type without its parameters, in small letters; `''` if none is said."""
        return self.header("content-type").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """The first value of a field, or `''`."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to fetch, and how much of it at most: `timeout` is for all of it, redirects included."""

    url: str
    agent: str = ""
    body_bytes: int = 1 << 20
    timeout: float = 10
    hops: int = 2


def _nowhere(_: object) -> NoReturn:
    raise TargetRefused("this sandbox asks nobody")


@dataclass(frozen=True, slots=True)
class Outside:
    """The ways out. Each function may be called from any thread, and takes as long as the network does.

    `probe` asks for all URLs at once and answers in their order; `follow` says whether redirects are
    followed. `fetch` answers wishes in their order. `score` asks a spam filter; None if there is none.
    """

    probe: Callable[[Sequence[str], bool], Sequence[Probe]] = lambda urls, follow: _nowhere(urls)
    fetch: Callable[[Sequence[Wish]], Sequence[Asset]] = _nowhere
    score: Callable[[bytes], Score] | None = None
    filter_name: str = ""
