"""The relay's queue in odd moments: a try that ends while it is read, and one that a library breaks off."""

from __future__ import annotations

from threading import Event

import pytest

from mailpit_py.client import Client
from mailpit_py.storage import RelayItem
from tests.beside.real_server import real_server
from tests.outbound.conftest import Start, wait_until
from tests.outbound.test_relay import release, send


def test_a_try_that_ends_while_the_queue_is_read_is_not_made_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_server(replies={"content": "451 4.3.0 later"}) as real:
        real.may_answer.clear()
        node = start(smtp_relay_host="127.0.0.1", smtp_relay_port=real.port)
        tables, was_late = node.sandbox.store.relay, Event()
        read = tables.due

        def read_before_the_end(at: int, *, limit: int) -> tuple[RelayItem, ...]:
            tick = tables.bell.tick
            found = read(at, limit=limit)
            if found and real.content_came.is_set() and not was_late.is_set():
                real.may_answer.set()
                wait_until(node, lambda: tables.bell.tick >= tick + 2)  # written down, and let go
                was_late.set()
            return found

        monkeypatch.setattr(tables, "due", read_before_the_end)
        send(node)
        first = release(node, "qa@example.net")["id"]
        assert real.content_came.wait(30)
        tables.bell.ring()
        assert was_late.wait(30)
        release(node, "ops@example.net")
        assert [one.envelope[1] for one in real.wait_for(2)] == ["qa@example.net", "ops@example.net"]
        assert Client(node.url).get(f"relay/items/{first}")["tries"] == 1


def test_what_a_library_breaks_off_is_tried_again_after_its_pause(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr("mailpit_py.outbound.relay.deliver", break_off)
    node = start(smtp_relay_host="127.0.0.1", smtp_relay_port=9)
    send(node)
    client = Client(node.url)
    item = release(node, "qa@example.net")["id"]
    wait_until(node, lambda: client.get(f"relay/items/{item}")["tries"] == 1)
    kept = client.get(f"relay/items/{item}")
    assert kept["said"] == "the relay itself failed: odd"
    assert kept["next_at"] > kept["created_at"]
