"""Mail that goes into inboxes, over the wire: by port, login, key, header field, address and domain."""

from __future__ import annotations

import json
import smtplib
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from mailpit_py.config import Config
from mailpit_py.errors import ConfigError
from mailpit_py.node import Node
from mailpit_py.storage import EVERY_INBOX

FREE = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
RAW = "From: app@x.test\r\nTo: {to}\r\nSubject: {subject}\r\n{fields}\r\nHi\r\n"


@pytest.fixture
def node() -> Iterator[Node]:
    with Node(Config(**FREE)) as running:
        yield running


def send(
    node: Node,
    subject: str,
    *to: str,
    login: tuple[str, str] | None = None,
    fields: str = "",
    port: int = 0,
) -> None:
    recipients = list(to or ("ann@example.com",))
    with smtplib.SMTP("127.0.0.1", port or node.smtp_port) as client:
        if login is not None:
            client.login(*login)
        client.sendmail("app@x.test", recipients, RAW.format(to=recipients[0], subject=subject, fields=fields))


def inboxes(node: Node) -> dict[str, list[str]]:
    """The subjects in each inbox, the oldest first."""
    found: dict[str, list[str]] = {}
    for name in node.store.inbox_table.names():
        rows: Any = node.store.page(name).items
        found[name] = [row.subject for row in reversed(rows)]
    return found


def api(node: Node, path: str, token: str = "") -> Any:
    request = urllib.request.Request(node.url + path)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def test_nothing_disappears_because_an_app_logs_in_or_writes_to_plus_addresses(node: Node) -> None:
    send(node, "login", login=("apikey", "SG.secret"))
    send(node, "plus", "ann+news@example.com", fields="X-Mailpit-Inbox: elsewhere\r\n")
    assert inboxes(node) == {"default": ["login", "plus"]}


def test_a_token_and_a_key_lead_mail_into_their_inbox_and_everything_else_stays(node: Node) -> None:
    issued = node.sandbox.inboxes.create("team-a")
    send(node, "login", login=("team-a", issued.token))
    send(node, "key", f"ann+{issued.inbox.key}@example.com")
    send(node, "field", fields=f"X-Mailpit-Inbox: {issued.inbox.key}\r\n")
    send(node, "name", "ann+team-a@example.com", fields="X-Mailpit-Inbox: team-a\r\n", login=("team-a", "any"))
    assert inboxes(node) == {"default": ["name"], "team-a": ["login", "key", "field"]}


def test_a_key_is_no_tag_and_what_stands_before_it_is(node: Node) -> None:
    key = node.sandbox.inboxes.create("team-a").inbox.key
    send(node, "key", f"ann+invoice+{key}@example.com")
    send(node, "other", "ann+cafe0123@example.com")
    assert node.store.tags.names("team-a") == ("invoice",)
    assert node.store.tags.names("default") == ("cafe0123",)


def test_a_wrong_token_is_no_login(node: Node) -> None:
    issued = node.sandbox.inboxes.create("team-a")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(node, "lost", login=("team-a", issued.token + "x"))


def test_tokens_come_in_beside_the_accounts_of_smtp() -> None:
    with Node(Config(**FREE, smtp_auth="ann:secret")) as node:
        issued = node.sandbox.inboxes.create("team-a")
        send(node, "account", login=("ann", "secret"))
        send(node, "token", login=("whoever", issued.token))
        assert inboxes(node) == {"default": ["account"], "team-a": ["token"]}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("plus", {"default": ["ann", "login", "field"], "team-x": ["plus"]}),
        ("auth", {"default": ["plus", "ann", "field"], "team-l": ["login"]}),
        ("header", {"default": ["plus", "ann", "login"], "team-h": ["field"]}),
        ("domain", {"default": [], "example.com": ["plus", "ann", "login", "field"]}),
        (
            "header, plus,auth",
            {"default": ["ann"], "team-x": ["plus"], "team-l": ["login"], "team-h": ["field"]},
        ),
    ],
)
def test_inboxes_are_made_by_mail_once_that_is_asked_for(by: str, expected: dict[str, list[str]]) -> None:
    with Node(Config(**FREE, inbox_by=by)) as node:
        send(node, "plus", "ann+team-x@example.com")
        send(node, "ann")
        send(node, "login", login=("team-l", "any"))
        send(node, "field", fields="X-Mailpit-Inbox: team-h\r\n")
        assert inboxes(node) == expected
        made = [one for one in node.sandbox.inboxes.all if one.name != "default"]
        assert {(one.origin, one.ttl_seconds) for one in made} == {("mail", 86_400)}


def test_the_ways_can_be_set_while_it_runs(node: Node) -> None:
    body = json.dumps({"by": ["plus"]}).encode()
    address = f"{node.url}api/v2/routing"
    urllib.request.urlopen(urllib.request.Request(address, body, {"Content-Type": "application/json"}, method="PUT"))
    send(node, "plus", "ann+team-x@example.com")
    assert inboxes(node) == {"default": [], "team-x": ["plus"]}


def test_an_inbox_can_have_a_port_of_its_own() -> None:
    with Node(Config(**FREE, inbox_ports="team-a=0,team-b=127.0.0.1:0")) as node:
        for name in ("team-a", "team-b"):
            send(node, name, port=node.ports[f"smtp for {name}"])
        send(node, "usual")
        assert inboxes(node) == {"default": ["usual"], "team-a": ["team-a"], "team-b": ["team-b"]}
        ports = {one["inbox"]: one["port"] for one in api(node, "api/v2/info")["smtp"]}
        assert ports == {
            "": node.smtp_port,
            "team-a": node.ports["smtp for team-a"],
            "team-b": node.ports["smtp for team-b"],
        }
        assert any("for the inbox team-a" in line for line in node.announcements())


@pytest.mark.parametrize(
    "options",
    [
        {"inbox_by": "subject"},
        {"inbox_header": "No: name"},
        {"inbox_ports": "2525"},
        {"inbox_ports": "Team=2525"},
        {"inbox_ports": "a=host"},
        {"inbox_ttl": "soon"},
        {"max_inboxes": 0},
    ],
)
def test_options_that_cannot_be_used_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"--(inbox-|max-inboxes)"):
        Config(**FREE, **options)


def test_a_message_for_several_inboxes_is_in_each_with_its_own_recipients() -> None:
    with Node(Config(**FREE, inbox_by="plus")) as node:
        send(node, "all", "ann+a@x.test", "bob+b@x.test", "cleo@x.test", "dan+a@x.test")
        assert inboxes(node) == {"default": ["all"], "a": ["all"], "b": ["all"]}
        seen = {}
        for name in ("a", "b", "default"):
            (row,) = node.store.page(name).items
            stored = node.store.message(name, row.public_id)
            assert stored is not None
            seen[name] = [one.address for one in stored.envelope.recipients]
        assert seen == {"a": ["ann+a@x.test", "dan+a@x.test"], "b": ["bob+b@x.test"], "default": ["cleo@x.test"]}
        everything = api(node, "api/v1/messages")
        assert everything["total"] == 3
        assert len({row["ID"] for row in everything["messages"]}) == 3


def test_recipients_who_are_refused_are_told_of_in_their_own_inbox() -> None:
    with Node(Config(**FREE, inbox_by="plus")) as node:
        node.sandbox.inboxes.house("b")
        node.sandbox.simulator.book.add({"outcome": "unknown_user"}, inbox="b")
        send(node, "some", "ann+a@x.test", "bob+b@x.test")
        assert inboxes(node) == {"default": [], "a": ["some"], "b": []}
        (refused,) = node.store.page("b", refused=True).items
        assert [address for address, _ in getattr(refused, "recipients", ())] == ["bob+b@x.test"]
        assert node.store.page("a", refused=True).items[0].public_id == node.store.page("a").items[0].public_id


def test_each_inbox_has_its_own_rules_and_counts_by_itself(node: Node) -> None:
    one, other = node.sandbox.inboxes.create("one"), node.sandbox.inboxes.create("other")
    book = node.sandbox.simulator.book
    book.add({"outcome": "mailbox_full", "first": 1, "name": "for all"})
    book.add({"outcome": "unknown_user", "first": 1, "name": "own"}, inbox="one")
    codes = []
    for inbox in (one, one, one, other, other):
        try:
            send(node, "x", login=(inbox.inbox.name, inbox.token))
        except smtplib.SMTPRecipientsRefused as error:
            codes.append(error.recipients["ann@example.com"][0])
        else:
            codes.append(250)
    assert codes == [550, 452, 250, 452, 250]


def test_a_rule_of_an_inbox_stands_in_the_place_of_that_of_the_same_name_for_all(node: Node) -> None:
    one = node.sandbox.inboxes.create("one")
    book = node.sandbox.simulator.book
    book.add({"outcome": "unknown_user", "name": "same"})
    book.add({"outcome": "unknown_user", "name": "same", "enabled": False}, inbox="one")
    send(node, "own", login=("one", one.token))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(node, "lost")
    assert inboxes(node) == {"default": [], "one": ["own"]}


def test_each_inbox_has_its_own_clock_and_plan(node: Node) -> None:
    one, other = node.sandbox.inboxes.create("one"), node.sandbox.inboxes.create("other")
    for inbox in (one, other):
        send(node, "x", "bounce+unknown_user+ndr+5h@example.com", login=("any", inbox.token))
    done = node.sandbox.scheduler.advance("one", microseconds=6 * 3_600 * 1_000_000)
    assert (done.count, len(node.store.page("one").items), len(node.store.page("other").items)) == (1, 2, 1)
    assert node.sandbox.clock.reading("other").offset_us == 0


def test_the_api_of_version_1_sees_all_without_a_token_and_one_inbox_with_it(node: Node) -> None:
    issued = node.sandbox.inboxes.create("team-a")
    send(node, "usual")
    send(node, "own", login=("team-a", issued.token))
    assert [row["Subject"] for row in api(node, "api/v1/messages")["messages"]] == ["own", "usual"]
    assert [row["Subject"] for row in api(node, "api/v1/messages", issued.token)["messages"]] == ["own"]
    assert api(node, "api/v1/info", issued.token)["Messages"] == 1
    request = urllib.request.Request(f"{node.url}api/v1/messages", method="DELETE")
    request.add_header("Authorization", f"Bearer {issued.token}")
    urllib.request.urlopen(request)
    assert inboxes(node) == {"default": ["usual"], "team-a": []}
    urllib.request.urlopen(urllib.request.Request(f"{node.url}api/v1/messages", method="DELETE"))
    assert node.store.counts(EVERY_INBOX).total == 0


def test_what_was_led_into_inboxes_is_there_after_a_restart(tmp_path: Any) -> None:
    config = Config(**FREE, database=str(tmp_path / "mail.db"), inbox_by="plus")
    with Node(config) as node:
        issued = node.sandbox.inboxes.create("team-a")
        node.sandbox.simulator.book.add({"outcome": "mailbox_full", "first": 1}, inbox="team-a")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(node, "counted", "ann+team-a@x.test")
        send(node, "by name", "ann+team-a@x.test")
    with Node(config) as node:
        send(node, "by token", login=("any", issued.token))
        assert inboxes(node) == {"default": [], "team-a": ["by name", "by token"]}
