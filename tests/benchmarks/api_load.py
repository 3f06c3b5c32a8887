"""List and search through the API of a sandbox that holds many messages.

No request is asked twice: the sandbox remembers its latest answers, and what it remembers says nothing
about how it finds them. One row asks the same again on purpose, and says so.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from urllib.parse import quote

from flask.testing import FlaskClient

from mailpit_py.api import create_app
from mailpit_py.config import Config
from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.node import Node
from mailpit_py.storage import Arrival, Limits, Store, StoreOptions
from tests.benchmarks.mails import Mails
from tests.benchmarks.peers import Running, ours, running

GROUP = 500


@dataclass(frozen=True)
class Timing:
    """One kind of request: milliseconds in the median and at 95 %, and the server's milliseconds of CPU for one."""

    median_ms: float
    high_ms: float
    cpu_ms: float


@dataclass(frozen=True)
class Words:
    """Words of the texts, by the share of the messages that have them, whole or within other words.

    Rare is below one in 200, middling up to one in 20, common from one in four on.
    """

    rare: list[str]
    middling: list[str]
    common: list[str]

    @classmethod
    def of(cls, store: Store, words: list[str], total: int) -> Words:
        """Sort words by what a search for them finds."""
        sample = [*words[2:2_000], *words[12_000:14_000]]
        shares = {word: store.count(query=store.parse_query(word)) / total for word in dict.fromkeys(sample)}
        return cls(
            [word for word, share in shares.items() if 0 < share < 0.005],
            [word for word, share in shares.items() if 0.005 <= share < 0.05],
            [word for word, share in shares.items() if share >= 0.25],
        )


def fill(path: Path, count: int) -> Words:
    """Write so many varied messages into a new database; return words of their texts."""
    mails = Mails(seed=7)
    session = Session(new_public_id(), 0, listener="ingest")
    with Store.open(path, StoreOptions(limits=Limits(max_messages=None))) as store:
        for start in range(0, count, GROUP):
            numbers = range(start, min(start + GROUP, count))
            for one in [store.add(_arrival(mails, session, number)) for number in numbers]:
                one.result()
            if start % 10_000 == 0:
                print(f"  {start} of {count} messages", flush=True)
        return Words.of(store, mails.words, count)


def _arrival(mails: Mails, session: Session, number: int) -> Arrival:
    envelope = Envelope("app@sender.example", (Recipient(f"ann{number % 1009}@reader.example"),))
    return Arrival(
        public_id=new_public_id(),
        transaction=Transaction(session, envelope),
        raw=mails.mail(number, 2_500),
        received_at=time.time_ns() // 1000,
        source="ingest",
    )


def requests(words: Words, count: int) -> dict[str, Iterator[str]]:
    """The kinds of requests, each with different ones of its kind."""
    pairs = zip(words.middling, words.common, strict=False)
    return {
        "list, newest 50": _lists("messages?limit=50&before={}", range(10**9, 2 * 10**9)),
        "list, 50 in the middle": _lists("messages?limit=50&before={}", range(count // 2, 0, -97)),
        f"list, {count // 2} skipped": _lists("messages?limit=50&skip={}", range(count // 2, 0, -1)),
        "list, newest 50, nothing new since": _lists("messages?limit={}", [50] * 1000),
        "search: rare word": _searches(words.rare),
        "search: middling word": _searches(words.middling),
        "search: common word": _searches(words.common),
        "search: middling and common word": _searches(f"{one} {other}" for one, other in pairs),
        "search: part of a rare word": _searches(word[1:-1] for word in words.rare if len(word) > 6),
        "search: absent word": _searches(f"qqqxyzzy{number}" for number in range(1000)),
        "search: from: and a word": _searches(
            f"from:shop{number % 97}@ {word}" for number, word in enumerate(words.middling)
        ),
    }


def _lists(path: str, values: Iterable[int]) -> Iterator[str]:
    return (path.format(one) for one in values)


def _searches(texts: Iterable[str]) -> Iterator[str]:
    return (f"messages?limit=50&query={quote(one)}" for one in texts)


def measure(count: int, repeats: int = 60) -> dict[str, tuple[Timing, Timing]]:
    """Each kind of request over HTTP, one connection each, as a browser sees it; and in the application alone."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder, "bench.db")
        words = fill(path, count)
        served = dict(_over_http(path, requests(words, count), repeats))
        alone = dict(_in_application(path, requests(words, count), repeats))
    return {title: (served[title], alone[title]) for title in served}


def _over_http(path: Path, kinds: dict[str, Iterator[str]], repeats: int) -> Iterator[tuple[str, Timing]]:
    with running(ours("mailpit-py", "--database", str(path))) as server:
        for title, paths in kinds.items():
            yield title, _timed(paths, repeats, lambda path: _get(server, path), server.cpu_seconds)
        print(f"  memory after the requests: {server.memory_mb():.0f} MB", flush=True)


def _in_application(path: Path, kinds: dict[str, Iterator[str]], repeats: int) -> Iterator[tuple[str, Timing]]:
    """The same without sockets: Flask's own client in this process."""
    config = Config(database=str(path), max=0, smtp="127.0.0.1:0", listen="127.0.0.1:0")
    with Node(config) as node:
        client = create_app(node.sandbox, config).test_client()
        for title, paths in kinds.items():
            yield title, _timed(paths, repeats, lambda path: _ask(client, path), time.process_time)


def _timed(
    paths: Iterator[str], repeats: int, ask: Callable[[str], object], cpu_seconds: Callable[[], float]
) -> Timing:
    ask(next(paths))
    times, cpu = [], cpu_seconds()
    for path in islice(paths, repeats):
        started = time.perf_counter()
        ask(path)
        times.append((time.perf_counter() - started) * 1000)
    cost = (cpu_seconds() - cpu) * 1000 / len(times)
    return Timing(median(times), sorted(times)[int(len(times) * 0.95) - 1], cost)


def _get(server: Running, path: str) -> object:
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=30)
    try:
        connection.request("GET", f"/api/v2/{path}")
        response = connection.getresponse()
        return _checked(path, response.status, response.read())
    finally:
        connection.close()


def _ask(client: FlaskClient, path: str) -> object:
    response = client.get(f"/api/v2/{path}", headers={"Host": "localhost"})
    return _checked(path, response.status_code, response.data)


def _checked(path: str, status: int, body: bytes) -> object:
    if status != 200:
        raise SystemExit(f"GET {path} answered {status}: {body[:300]!r}")
    return json.loads(body)
