"""A process that ingests until it is killed: it prints each id once it is acknowledged.

Run as `python -m tests.storage.model DATABASE SEED`; every line is `+ID SUBJECT` or `-ID`.
"""

from __future__ import annotations

import random
import sys
from collections import deque
from concurrent.futures import Future
from pathlib import Path

from mailpit_py.storage import Limits, Selection, Store, StoreOptions
from tests.storage.building import arrival, attempt, raw_message


def content(public_id: str) -> bytes:
    """The one content that belongs to an id, so that the test can tell what must come back."""
    chance = random.Random(public_id)
    words = " ".join(chance.choice(("alpha", "beta", "gamma", public_id[:6])) for _ in range(chance.randint(1, 400)))
    return raw_message(f"subject {public_id}", words)


def main(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    pending: deque[tuple[str, Future[object]]] = deque()
    kept: list[str] = []
    with Store.open(path, StoreOptions(limits=Limits(max_messages=None))) as store:
        while True:
            act(store, chance, pending, kept)
            while len(pending) > chance.randint(0, 30):
                word, future = pending.popleft()
                future.result()
                sys.stdout.write(word + "\n")
                sys.stdout.flush()


def act(store: Store, chance: random.Random, pending: deque[tuple[str, Future[object]]], kept: list[str]) -> None:
    what = chance.random()
    if what < 0.8 or not kept:
        public_id = "".join(chance.choice("0123456789abcdef") for _ in range(22))
        kept.append(public_id)
        pending.append((f"+{public_id}", store.add(arrival(content(public_id), public_id=public_id))))
    elif what < 0.86:
        pending.append(("", store.refuse(attempt())))
    elif what < 0.93:
        some = chance.sample(kept, min(3, len(kept)))
        pending.append(("", store.mark("default", Selection.ids(some), seen=True, pinned=chance.random() < 0.5)))
    elif what < 0.98:
        while pending:  # what is deleted was acknowledged before
            word, future = pending.popleft()
            future.result()
            sys.stdout.write(word + "\n")
        gone = kept.pop(chance.randrange(len(kept)))
        sys.stdout.write(f"-{gone}\n")  # said before it is done: afterwards it may be there or not
        sys.stdout.flush()
        store.delete("default", Selection.ids([gone])).result()
    else:
        store.page(query=store.parse_query("alpha"), limit=5)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
