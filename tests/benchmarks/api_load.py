"""List and search through the API of a sandbox that holds many messages."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.parse import quote

from mailpit_py.identity import new_public_id
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.storage import Arrival, Limits, Store, StoreOptions
from tests.benchmarks.mails import Mails
from tests.benchmarks.peers import Running, ours, running


def fill(path: Path, count: int) -> list[str]:
    """Write so many varied messages into a new database; return words for searches: rare, middling, common."""
    mails = Mails(seed=7)
    session = Session(new_public_id(), 0, listener="ingest")
    pending = []
    with Store.open(path, StoreOptions(limits=Limits(max_messages=None))) as store:
        for number in range(count):
            envelope = Envelope("app@sender.example", (Recipient(f"ann{number % 1009}@reader.example"),))
            arrival = Arrival(
                public_id=new_public_id(),
                transaction=Transaction(session, envelope),
                raw=mails.mail(number, 2_500),
                received_at=time.time_ns() // 1000,
                source="ingest",
            )
            pending.append(store.add(arrival))
            if len(pending) >= 500:
                for one in pending:
                    one.result()
                pending.clear()
                print(f"\r  {number + 1} of {count} messages", end="", flush=True)
        for one in pending:
            one.result()
        store.count("default", None)
    print()
    return [mails.words[15_000], mails.words[500], mails.words[3]]


def measure(count: int, repeats: int = 40) -> dict[str, tuple[float, float]]:
    """Milliseconds (median, 95th percentile) of each request, one connection each, as a browser sees it."""
    peer = ours()
    folder_words: list[str] = []

    def command(smtp: int, web: int, folder: Path) -> list[str]:
        folder_words.extend(fill(folder / "bench.db", count))
        return peer.command(smtp, web, folder)

    with running(type(peer)(peer.name, command)) as server:
        rare, middling, common = folder_words
        requests = {
            "list, first page of 50": "messages?limit=50",
            f"list, 50 from row {count // 2}": f"messages?limit=50&skip={count // 2}",
            "search: rare word": f"messages?limit=50&query={rare}",
            "search: middling word": f"messages?limit=50&query={middling}",
            "search: common word": f"messages?limit=50&query={common}",
            "search: two words": f"messages?limit=50&query={middling}%20{common}",
            "search: substring": f"messages?limit=50&query={rare[1:-1]}",
            "search: absent word": "messages?limit=50&query=qqqxyzzy",
            "search: from: and a word": f"messages?limit=50&query={quote('from:shop7@ ' + middling)}",
        }
        return {title: _timed(server, path, repeats) for title, path in requests.items()}


def _timed(server: Running, path: str, repeats: int) -> tuple[float, float]:
    times = sorted(_milliseconds(lambda: _get(server.http_port, path)) for _ in range(repeats))
    return median(times), times[int(repeats * 0.95) - 1]


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _get(port: int, path: str) -> object:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", f"/api/v2/{path}")
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise SystemExit(f"GET {path} answered {response.status}: {body[:300]!r}")
        return json.loads(body)
    finally:
        connection.close()
