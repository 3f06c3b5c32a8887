"""Mailpit's websocket: the events of its contract, in the order in which things happened."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from mailpit_py import __version__
from mailpit_py.mail.envelope import Envelope, Recipient, Reply, Transaction
from mailpit_py.simulation.stage import Stage
from tests.api.conftest import Mail, session
from tests.api.mailpit.conftest import V1
from tests.api.serving import Served, serving

CLIENT_TIMEOUT = 20


class Follower:
    """A client of the websocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def next(self) -> tuple[str, Any]:
        event = json.loads(self._socket.recv(CLIENT_TIMEOUT))
        assert list(event) == ["Type", "Data"]
        return event["Type"], event["Data"]

    def until(self, kind: str) -> list[tuple[str, Any]]:
        """Everything up to the first event of this kind."""
        seen = [self.next()]
        while seen[-1][0] != kind:
            seen.append(self.next())
        return seen


@pytest.fixture
def served(make_app: Any) -> Iterator[Served]:
    with serving(make_app()) as server:
        yield server


@contextmanager
def following(served: Served, **more: Any) -> Iterator[Follower]:
    with connect(f"ws://127.0.0.1:{served.port}/api/events", **more) as socket:
        yield Follower(socket)


def stats(total: int, unread: int) -> tuple[str, Any]:
    return "stats", {"Total": total, "Unread": unread, "Version": f"v{__version__}"}


def test_who_comes_is_told_the_totals(served: Served, mail: Mail) -> None:
    mail.receive()
    with following(served) as follower:
        assert follower.next() == stats(1, 1)


def test_new_mail_is_told_in_full_and_then_the_totals(served: Served, mail: Mail) -> None:
    with following(served) as follower:
        follower.next()
        public_id = mail.receive()
        kind, row = follower.next()
        assert (kind, row["ID"], row["Read"], row["Subject"]) == ("new", public_id, False, "Hello")
        assert (row["To"], row["Cc"], row["Bcc"], row["ReplyTo"]) == (
            [{"Name": "Bob", "Address": "bob@example.com"}], [], [], []
        )  # fmt: skip
        assert follower.next() == stats(1, 1)


def test_tags_are_told_before_the_message_that_has_them(
    served: Served, mail: Mail, tagging: Callable[..., None]
) -> None:
    tagging()
    with following(served) as follower:
        follower.next()
        public_id = mail.receive(b"X-Tags: one, two\r\n\r\n")
        assert follower.next() == ("update", {"ID": public_id, "Tags": ["one", "two"]})
        kind, row = follower.next()
        assert (kind, row["Tags"]) == ("new", ["one", "two"])


def test_what_is_done_to_messages_is_told(served: Served, mail: Mail, make_app: Any) -> None:
    client = make_app().test_client()
    first, second = mail.receive(), mail.receive()
    with following(served) as follower:
        assert follower.next() == stats(2, 2)
        client.put(f"{V1}/messages", json={"IDs": [first], "Read": True})
        assert follower.until("stats") == [("update", {"ID": first, "Read": True}), stats(2, 1)]
        client.put(f"{V1}/tags", json={"IDs": [first], "Tags": ["x"]})
        assert follower.next() == ("update", {"ID": first, "Tags": ["x"]})
        client.put(f"{V1}/tags/x", json={"Name": "y"})
        assert follower.next() == ("prune", None)
        client.delete(f"{V1}/tags/y")
        assert follower.next() == ("prune", None)
        client.delete(f"{V1}/messages", json={"IDs": [second]})
        assert follower.until("stats") == [("delete", {"ID": second}), stats(1, 0)]
        mail.sandbox.inboxes.create("another")
        assert follower.next() == ("prune", None)
        client.delete(f"{V1}/messages")
        assert follower.until("stats") == [("truncate", None), stats(0, 0)]
    mail.sandbox.inboxes.remove("another")


def test_many_at_once_are_told_as_a_whole(served: Served, mail: Mail, make_app: Any) -> None:
    client = make_app().test_client()
    ids = [mail.receive() for _ in range(201)]
    with following(served) as follower:
        assert follower.next() == stats(201, 201)
        client.put(f"{V1}/messages", data=b'{"Read":true}')
        seen = follower.until("prune")
        assert seen == [("prune", None)]
        client.delete(f"{V1}/messages", json={"IDs": ids})
        while (event := follower.next()) != stats(0, 0):
            assert event[0] in ("prune", "stats", "delete", "update")


def test_what_was_refused_is_told_as_an_error(served: Served, mail: Mail) -> None:
    with following(served) as follower:
        follower.next()
        mail.refuse()
        assert follower.next() == (
            "error",
            {"Level": "error", "Type": "smtpd", "IP": "127.0.0.1", "Message": "550 5.1.1 unknown user"},
        )
        later = Reply(451, "4.7.1", "try again\nlater")
        envelope = Envelope("ann@example.org", refused=(Recipient("nobody@example.com", reply=later),))
        mail.sandbox.refuse(Transaction(session(), envelope), Stage.RCPT, later).result(10)
        kind, data = follower.next()
        assert (kind, data["Level"], data["Message"]) == ("error", "warning", "451 4.7.1 later")


def test_events_come_in_the_order_of_what_happened(served: Served, mail: Mail) -> None:
    with following(served) as follower:
        follower.next()
        ids = [mail.subject(f"number {number}") for number in range(60)]
        seen: list[str] = []
        while len(seen) < 60:
            kind, data = follower.next()
            if kind == "new":
                seen.append(data["ID"])
        assert seen == ids


def test_totals_come_at_most_once_a_batch(served: Served, mail: Mail) -> None:
    with following(served) as follower:
        follower.next()
        for number in range(30):
            mail.sandbox.store.mark("default", _all(), seen=bool(number % 2))
            mail.receive()
        events = [follower.next()]
        while events[-1] != stats(30, 30) and len(events) < 500:
            events.append(follower.next())
        kinds = [kind for kind, _ in events]
        assert kinds.count("stats") < 30
        assert all(pair != ("stats", "stats") for pair in itertools.pairwise(kinds))


def _all() -> Any:
    from mailpit_py.storage import Selection

    return Selection.ids(())


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Origin": "http://evil.test"}, 403), ({"Origin": "null"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403)],
)
def test_a_foreign_page_may_not_listen(served: Served, headers: dict[str, str], status: int) -> None:
    with pytest.raises(InvalidStatus) as refused, following(served, additional_headers=headers):
        pass
    assert refused.value.response.status_code == status


def test_it_asks_for_the_password(make_app: Any) -> None:
    with serving(make_app(ui_auth="ann:secret")) as served:
        with pytest.raises(InvalidStatus) as refused, following(served):
            pass
        assert refused.value.response.status_code == 401
        with following(served, additional_headers={"Authorization": "Basic YW5uOnNlY3JldA=="}) as follower:
            assert follower.next()[0] == "stats"


def test_what_is_no_handshake_is_refused(served: Served) -> None:
    upgrade = b"Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n"
    for more in (b"Connection: close\r\n", b"Connection: Upgrade\r\n" + upgrade):
        answer = served.say(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n" + more + b"\r\n")
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"Content-Type: text/plain; charset=utf-8" in head
        assert b"Sec-WebSocket-Version: 13" in head
        assert body == b"Bad Request\n"


def test_it_ends_with_the_sandbox(make_app: Any) -> None:
    app = make_app()
    with serving(app) as served, connect(f"ws://127.0.0.1:{served.port}/api/events") as socket:
        socket.recv(CLIENT_TIMEOUT)
        app.close()
        for _ in socket:
            pass
        assert socket.close_code == 1001
