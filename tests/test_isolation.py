"""A token of one inbox sees and changes nothing of another, by whatever way it asks (every operation of both APIs).

Each request is made twice for an inbox full of everything: with a foreign token, and then with its own, so that a
request that is refused because it is wrong does not pass for one that is refused because it is foreign.
"""

from __future__ import annotations

import imaplib
import json
import poplib
import smtplib
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from mailpit_py.api import create_app
from mailpit_py.api.token import OPEN
from mailpit_py.config import Config
from mailpit_py.node import Node
from tests.tenancy import SECRET, Server, Tenant, full, tenant

CHAOS = {"Sender": {"ErrorCode": 451, "Probability": 0}}
# The bodies of the operations that take one; a method and a path without a body stand here with None.
BODIES: dict[str, Any] = {
    "PATCH /api/v2/messages": {"all": True, "seen": True},
    "DELETE /api/v2/messages": {"all": True},
    "POST /api/v2/messages": {"from": "a@b.test", "to": ["c@d.test"], "text": "new"},
    "PATCH /api/v2/messages/{public_id}": {"seen": True, "tags": ["stolen"]},
    "PATCH /api/v2/tags/{tag}": {"name": "stolen"},
    "POST /api/v2/messages/sample": {},
    "POST /api/v2/messages/{public_id}/bounce": {"scenario": "unknown_user"},
    "POST /api/v2/messages/move": {"all": True, "to": "Junk"},
    "POST /api/v2/messages/{public_id}/link-check": {},
    "POST /api/v2/messages/{public_id}/spam-check": {},
    "PUT /api/v2/sinks/feedback": {"address": "fbl@app.test"},
    "POST /api/v2/sinks/{public_id}/trial": {},
    "POST /api/v2/rules": {"outcome": "unknown_user", "name": "added"},
    "PUT /api/v2/rules": {"rules": []},
    "POST /api/v2/rules/preview": {"rule": {"outcome": "unknown_user"}},
    "PUT /api/v2/rules/{rule}": {"outcome": "mailbox_full", "name": "theirs"},
    "PATCH /api/v2/rules/{rule}": {"enabled": False},
    "PUT /api/v2/profiles": {"profiles": []},
    "PUT /api/v2/profiles/{domain}": {"provider": "gmail"},
    "PATCH /api/v2/profiles/{domain}": {"defer": 0},
    "PATCH /api/v2/simulation": {"grammar": True},
    "POST /api/v2/clock/advance": {"seconds": 60},
    "POST /api/v2/clock/freeze": {},
    "POST /api/v2/clock/resume": {},
    "POST /api/v2/clock/reset": {},
    "POST /api/v2/sinks": {"kind": "webhook", "provider": "sendgrid", "target": "http://localhost:8000/"},
    "PATCH /api/v2/sinks/{public_id}": {"enabled": False},
    "POST /api/v2/messages/{public_id}/events": {"kind": "opened"},
    "POST /api/v2/relay/items/{public_id}/retry": {},
    "POST /api/v2/messages/{public_id}/release": {"recipients": ["x@y.test"]},
    "POST /api/v2/inboxes": {},
    "PATCH /api/v2/inboxes/{inbox}": {"max_messages": 7},
    "POST /api/v2/inboxes/{inbox}/token": {},
    "PUT /api/v2/routing": {"by": []},
    "PUT /api/v1/messages": {"IDs": ["{message}"], "Read": True},
    "DELETE /api/v1/messages": {"IDs": ["{message}"]},
    "POST /api/v1/send": {"From": {"Email": "a@b.test"}, "To": [{"Email": "c@d.test"}], "Text": "new"},
    "POST /api/v1/message/{ID}/release": {"To": ["x@y.test"]},
    "PUT /api/v1/tags": {"IDs": ["{message}"], "Tags": ["stolen"]},
    "PUT /api/v1/tags/{Tag}": {"Name": "stolen"},
    "PUT /api/v1/chaos": CHAOS,
}
QUERIES = {
    "GET /api/v2/wait": {"timeout": "0"},
    "GET /api/v2/grammar": {"address": "ann@example.com"},
    "GET /api/v1/search": {"query": "subject:the"},
    "DELETE /api/v1/search": {"query": "subject:the"},
}
# What concerns the whole sandbox, which no token opens.
OF_THE_OPERATOR = {
    *("PUT /api/v2/profiles", "DELETE /api/v2/profiles", "PUT /api/v2/profiles/{domain}"),
    *("PATCH /api/v2/profiles/{domain}", "DELETE /api/v2/profiles/{domain}", "PATCH /api/v2/simulation"),
    *("GET /api/v2/webhooks/keys", "POST /api/v2/inboxes", "PUT /api/v2/routing"),
    *("GET /api/v1/chaos", "PUT /api/v1/chaos"),
}
# What cannot succeed here though it is allowed: the message is no report, the domain has no profile, and so on.
UNFIT = {
    "POST /api/v2/sinks/{public_id}/confirmation": (422,),
    "POST /api/v1/message/{ID}/release": (400,),  # the relay cannot be reached, which Mailpit tells so
    # what each needs that is not on every machine: the data of caniemail.com, SpamAssassin
    **dict.fromkeys(
        ("GET /api/v2/messages/{public_id}/html-check", "GET /api/v1/message/{ID}/html-check"), (200, 409, 400)
    ),
    **dict.fromkeys(
        ("POST /api/v2/messages/{public_id}/spam-check", "GET /api/v1/message/{ID}/sa-check"), (200, 400, 404, 409)
    ),
}
WITH_PATH_IN_ANOTHER = ("{public_id}", "{ID}", "{tag}", "{Tag}", "{rule}", "{inbox}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    options = {"smtp": "localhost:0", "listen": "localhost:0", "pop3": "localhost:0", "imap": "localhost:0"}
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        with Node(Config(**options, smtp_relay_host="127.0.0.1", smtp_relay_port=port)) as node:
            running = Server(node, port)
            running.must("PUT", "/api/v2/profiles/*.gmail.test", body={"provider": "gmail"})
            yield running


def what_is(server: Server, one: Tenant) -> dict[str, Any]:
    """Everything about an inbox that a request could change, as the operator sees it."""

    def see(path: str) -> Any:
        return server.must("GET", path, inbox=one.name)

    settings = server.must("GET", f"/api/v2/inboxes/{one.name}")
    rows = see("/api/v2/messages")["items"]
    clock = see("/api/v2/clock")
    return {
        "messages": [(row["id"], row["seen"], row["pinned"], row["tags"]) for row in rows],
        "attempts": [row["id"] for row in see("/api/v2/attempts")["items"]],
        "rules": see("/api/v2/rules")["items"],
        "clock": (clock["is_frozen"], round(clock["offset_seconds"])),
        "sinks": see("/api/v2/sinks")["items"],
        "sink attempts": [row["id"] for row in see("/api/v2/sinks/attempts")["items"]],
        "relay": [row["id"] for row in see("/api/v2/relay/items")["items"]],
        "state": [row["key"] for row in see("/api/v2/simulation/state")["items"]],
        "tags": see("/api/v2/tags"),
        "settings": {name: settings[name] for name in ("limits", "ttl_seconds", "has_token", "key")},
    }


def operations(server: Server) -> Iterator[tuple[str, str]]:
    """Every method and path of both documents."""
    for name in ("/api/v2/openapi.json", "/api/v1/swagger.json"):
        for path, methods in server.must("GET", name)["paths"].items():
            yield from ((method.upper(), path) for method in methods)


def ids_for(path: str, one: Tenant) -> dict[str, str]:
    """What stands in the places of a path."""
    kind = next(
        (
            name
            for part, name in (
                ("/sinks/attempts/", "sink attempt"),
                ("/attempts/", "attempt"),
                ("/sessions/", "session"),
                ("/sinks/", "sink"),
                ("/relay/items/", "item"),
                ("/report", "report"),
            )
            if part in path
        ),
        "message",
    )
    named = one.ids
    return {
        "public_id": named[kind],
        "ID": named["message"],
        "path": "1",
        "PartID": "2",
        "domain": "*.gmail.test",
        **{name: named[name.lower()] for name in ("tag", "Tag", "rule", "inbox")},
    }


def filled(value: Any, one: Tenant) -> Any:
    return json.loads(json.dumps(value).replace("{message}", one.ids["message"]))


def request_of(method: str, path: str, one: Tenant) -> tuple[str, Any, dict[str, str]]:
    """The path, the body and the query of an operation on what an inbox has."""
    name = f"{method} {path}"
    return path.format(**ids_for(path, one)), filled(BODIES.get(name), one), dict(QUERIES.get(name, {}))


def test_a_foreign_token_sees_and_changes_nothing_by_any_operation(server: Server) -> None:
    stranger = tenant(server)
    wrong = []
    for method, path in operations(server):
        one = full(server)
        before = what_is(server, one)
        address, body, query = request_of(method, path, one)
        status, text = server.ask(method, address, stranger.token, body, query)
        leaks = [word for word in (SECRET, *one.ids.values()) if word in text and word not in (address, "label")]
        leaks = [word for word in leaks if word not in address and word != "theirs"]
        if leaks or what_is(server, one) != before:
            wrong.append((method, path, status, leaks))
        if any(part in path for part in WITH_PATH_IN_ANOTHER) and f"{method} {path}" not in OF_THE_OPERATOR:
            may_be = (404, 400) if "/api/v1/" in path and method in ("PUT", "DELETE") else (404,)
            if status not in may_be:
                wrong.append((method, path, status, "not refused"))
        server.must("DELETE", f"/api/v2/inboxes/{one.name}")
    assert not wrong, "\n".join(map(str, wrong))


def test_what_a_token_opens_is_there(server: Server) -> None:
    app = create_app(server.node.sandbox, server.node.config)
    assert app.view_functions.keys() >= OPEN
    app.close()


def test_the_same_requests_succeed_with_the_inboxs_own_token(server: Server) -> None:
    """Else the test above would pass because of a slip in a request."""
    wrong = []
    for method, path in operations(server):
        name = f"{method} {path}"
        one = full(server)
        address, body, query = request_of(method, path, one)
        status, text = server.ask(method, address, one.token, body, query)
        expected = (403,) if name in OF_THE_OPERATOR else UNFIT.get(name, (200, 201, 202))
        if status not in expected:
            wrong.append((name, status, text[:300]))
        server.ask("DELETE", f"/api/v2/inboxes/{one.name}")
    assert not wrong, "\n".join(map(str, wrong))


def test_a_foreign_inbox_that_is_named_is_not_there(server: Server) -> None:
    """By `inbox` in the query, and in the body."""
    stranger, one = tenant(server), full(server)
    before = what_is(server, one)
    wrong = []
    document = server.must("GET", "/api/v2/openapi.json")
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            name = f"{method.upper()} {path}"
            address, body, query = request_of(method.upper(), path, one)
            if any(parameter["name"] == "inbox" and parameter["in"] == "query" for parameter in said["parameters"]):
                query["inbox"] = one.name
            elif path.startswith("/api/v2/clock/"):
                body = {**body, "inbox": one.name}
            else:
                continue
            status, text = server.ask(method.upper(), address, stranger.token, body, query)
            if status != 404 or SECRET in text:
                wrong.append((name, status, text[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert what_is(server, one) == before


def test_mail_of_another_inbox_comes_over_no_websocket(server: Server) -> None:
    stranger, one = tenant(server), tenant(server)
    address = server.node.url.replace("http", "ws")
    bearer = {"Authorization": f"Bearer {stranger.token}"}
    with (
        connect(f"{address}api/v2/events", additional_headers=bearer) as ours,
        connect(f"{address}api/events", additional_headers=bearer) as theirs,
    ):
        ours.recv(timeout=30)
        theirs.recv(timeout=30)
        server.must("POST", "/api/v2/messages", body={"from": f"a@{SECRET}.test", "to": ["b@x.test"]}, inbox=one.name)
        server.must("POST", "/api/v2/messages", body={"from": "a@own.test", "to": ["b@x.test"]}, inbox=stranger.name)
        seen = []
        while not any("own.test" in frame for frame in seen):
            seen.append(ours.recv(timeout=30))
        while not any("own.test" in frame and '"new"' in frame for frame in seen):
            seen.append(theirs.recv(timeout=30))
    assert not any(SECRET in frame for frame in seen)
    with pytest.raises(InvalidStatus, match="404"):
        connect(f"{address}api/v2/events?inbox={one.name}", additional_headers=bearer)


def test_a_websocket_ends_when_its_token_is_replaced(server: Server) -> None:
    one = tenant(server)
    bearer = {"Authorization": f"Bearer {one.token}"}
    with connect(f"{server.node.url.replace('http', 'ws')}api/v2/events", additional_headers=bearer) as socket:
        socket.recv(timeout=30)
        server.must("POST", f"/api/v2/inboxes/{one.name}/token", body={})
        server.must("POST", "/api/v2/messages", body={"from": f"a@{SECRET}.test", "to": ["b@x.test"]}, inbox=one.name)
        frames = list(socket)
    assert not any(SECRET in frame for frame in frames)


@pytest.mark.parametrize("login", ["{other}", "*@*", "ann@*", "anybody"])
def test_a_token_opens_only_its_maildrop_by_pop3(server: Server, login: str) -> None:
    stranger, one = tenant(server), full(server)
    with closing(poplib.POP3("127.0.0.1", server.node.ports["pop3"])) as client:
        client.user(login.format(other=one.name))
        client.pass_(stranger.token)
        assert client.stat() == (0, 0)
    with closing(poplib.POP3("127.0.0.1", server.node.ports["pop3"])) as client:
        client.user(one.name)
        client.pass_(one.token)
        assert client.stat()[0] == 2


@pytest.mark.parametrize("login", ["{other}", f"ann@{SECRET}.test", "anybody"])
def test_a_token_opens_only_its_folders_by_imap(server: Server, login: str) -> None:
    stranger, one = tenant(server), full(server)
    with imaplib.IMAP4("127.0.0.1", server.node.ports["imap"]) as client:
        client.login(f'"{login.format(other=one.name)}"', stranger.token)
        folders = [bytes(row) for row in client.list()[1] if row]
        assert not any(b"label" in row for row in folders)
        for name in ("INBOX", "Trash"):
            assert client.select(name)[1] == [b"0"]
        client.append("INBOX", "", "", b"Subject: own\r\n\r\n")
    assert server.must("GET", "/api/v2/messages", stranger.token)["total"] == 1
    with imaplib.IMAP4("127.0.0.1", server.node.ports["imap"]) as client:
        client.login(one.name, one.token)
        assert client.select("INBOX")[1] == [b"2"]


def test_a_token_that_was_replaced_opens_nothing_by_any_protocol(server: Server) -> None:
    one = full(server)
    fresh = server.must("POST", f"/api/v2/inboxes/{one.name}/token", body={})["token"]
    assert server.ask("GET", "/api/v2/messages", one.token)[0] == 401
    assert server.ask("GET", "/api/v1/messages", one.token)[0] == 401
    with smtplib.SMTP("127.0.0.1", server.node.smtp_port) as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(one.name, one.token)
    with closing(poplib.POP3("127.0.0.1", server.node.ports["pop3"])) as client:
        client.user(one.name)
        with pytest.raises(poplib.error_proto):
            client.pass_(one.token)
    with imaplib.IMAP4("127.0.0.1", server.node.ports["imap"]) as client, pytest.raises(imaplib.IMAP4.error):
        client.login(one.name, one.token)
    assert server.must("GET", "/api/v2/messages", fresh)["total"] == 2


def test_recipients_of_other_inboxes_are_not_to_be_read_in_the_envelope_or_the_dialogue(server: Server) -> None:
    one, other = tenant(server), tenant(server)
    with smtplib.SMTP("127.0.0.1", server.node.smtp_port) as client:
        to = [f"ann+{one.key}@x.test", f"bob+{other.key}@x.test"]
        client.sendmail("app@x.test", to, b"Subject: both\r\n\r\nhi\r\n")
    for mine, theirs in ((one, other), (other, one)):
        (row,) = server.must("GET", "/api/v2/messages", mine.token)["items"]
        detail = server.ask("GET", f"/api/v2/messages/{row['id']}", mine.token)[1]
        session_id = json.loads(detail)["session"]["id"]
        dialogue = server.ask("GET", f"/api/v2/messages/{row['id']}/transcript", mine.token)[1]
        session = server.ask("GET", f"/api/v2/sessions/{session_id}", mine.token)[1]
        assert [mine.key in text for text in (detail, dialogue, session)] == [True, True, True]
        assert [theirs.key in text for text in (detail, dialogue, session)] == [False, False, False]
