"""Mail that goes on: released by hand, relayed and forwarded by itself, again after a failure and a restart."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import smtplib
import socket
import threading
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from mailpit_py.application.relay_settings import RelayServer
from mailpit_py.client import Client, ClientError
from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.outbound.smtp_client import DeliveryError, _log_in
from tests.outbound.conftest import Start, addresses, ended, kept, wait_until

MAIL = b"From: Shop <shop@example.org>\r\nTo: ann@example.com\r\nBcc: dora@example.com\r\nSubject: Order\r\n\r\nHi\r\n"


def to(node: Node, **more: Any) -> dict[str, Any]:
    """The options of a sandbox whose real server is `node`."""
    return {"smtp_relay_host": "127.0.0.1", "smtp_relay_port": node.smtp_port, **more}


def send(node: Node, raw: bytes = MAIL, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", node.smtp_port, timeout=60) as client:
        return client.sendmail("app@example.org", list(recipients or ("ann@example.com",)), raw)


def release(node: Node, *recipients: str, **more: Any) -> dict[str, Any]:
    """Release the newest message."""
    newest = node.sandbox.store.page(limit=1).items[0].public_id
    item: dict[str, Any] = Client(node.url).post(f"messages/{newest}/release", {"recipients": list(recipients), **more})
    return item


def test_a_message_is_released_to_whom_it_is_asked_for(start: Start, real: Node) -> None:
    node = start(**to(real))
    send(node)
    item = release(node, "qa@example.net", "ops@example.net")
    shown = ended(node, item["id"])
    ((envelope, raw),) = kept(real)
    assert (envelope.reverse_path, addresses(envelope.recipients)) == (
        "shop@example.org",
        ["qa@example.net", "ops@example.net"],
    )
    assert b"Bcc" not in raw
    assert raw.endswith(b"\r\n\r\nHi\r\n")
    assert (shown["state"], shown["kind"], shown["tries"], shown["said"]) == ("sent", "release", 1, "")
    assert {one["code"] for one in shown["recipients"]} == {250}


def test_what_is_refused_for_good_is_told_for_each_recipient(start: Start, real: Node) -> None:
    node = start(**to(real))
    send(node)
    shown = ended(node, release(node, "qa@example.net", "bounce+5.1.1@bounce.test")["id"])
    assert [(one["state"], one["code"]) for one in shown["recipients"]] == [("sent", 250), ("failed", 550)]
    assert (shown["state"], shown["said"].startswith("550 5.1.1")) == ("partly", True)
    assert ended(node, release(node, "bounce+5.1.1@bounce.test")["id"])["state"] == "failed"


def test_a_temporary_refusal_waits_and_only_who_waits_is_tried_again(start: Start, real: Node) -> None:
    node = start(**to(real))
    send(node)
    item = release(node, "defer-4.2.1@bounce.test", "qa@example.net")
    wait_until(node, lambda: bool(node.sandbox.store.relay.item(item["id"]).tries))  # type: ignore[union-attr]
    shown = Client(node.url).get(f"relay/items/{item['id']}")
    assert [one["state"] for one in shown["recipients"]] == ["waiting", "sent"]
    assert (shown["state"], shown["said"][:3], shown["next_at"] > shown["created_at"]) == ("waiting", "450", True)
    Client(node.url).post(f"relay/items/{item['id']}/retry", {})
    wait_until(node, lambda: node.sandbox.store.relay.item(item["id"]).tries == 2)  # type: ignore[union-attr]
    assert [addresses(envelope.recipients) for envelope, _ in kept(real)] == [["qa@example.net"]]


def test_an_item_waits_for_a_server_that_is_away_and_goes_after_a_restart(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as away:
        port = away.getsockname()[1]
    options = {"smtp_relay_host": "127.0.0.1", "smtp_relay_port": port, "database": str(tmp_path / "mail.db")}
    base = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"}
    with Node(Config(**base, **options)) as node:
        send(node)
        item = release(node, "qa@example.net")
        wait_until(node, lambda: bool(node.sandbox.store.relay.item(item["id"]).tries))  # type: ignore[union-attr]
        (before,) = Client(node.url).get("relay/items", state="waiting")["items"]
        assert (before["tries"], before["next_at"] > before["created_at"]) == (1, True)
        assert before["recipients"][0]["state"] == "waiting"
    real = start(smtp=f"127.0.0.1:{port}")
    with Node(Config(**base, **options)) as node:
        Client(node.url).post(f"relay/items/{item['id']}/retry", {})
        shown = ended(node, item["id"])
    assert (shown["state"], shown["tries"]) == ("sent", 2)
    assert len(kept(real)) == 1


def test_what_is_tried_once_fails_at_once(start: Start) -> None:
    node = start(smtp_relay_host="127.0.0.1", smtp_relay_port=9)
    send(node)
    shown = ended(node, release(node, "qa@example.net", retry=False)["id"])
    assert (shown["state"], shown["tries"], shown["retried"]) == ("failed", 1, False)
    assert "127.0.0.1:9" in shown["said"]


def test_an_item_that_waits_can_be_cancelled(start: Start) -> None:
    node = start(smtp_relay_host="127.0.0.1", smtp_relay_port=9)
    send(node)
    item = release(node, "qa@example.net")
    client, path = Client(node.url), f"relay/items/{item['id']}"
    assert client.delete(path)["state"] == "cancelled"
    for again in (
        lambda: client.delete(f"relay/items/{item['id']}"),
        lambda: client.post(f"relay/items/{item['id']}/retry", {}),
    ):
        with pytest.raises(ClientError) as refused:
            again()
        assert refused.value.status == 409


@pytest.mark.parametrize(
    ("options", "recipients", "status", "words"),
    [
        ({}, ["qa@example.net"], 409, "no server is set"),
        ({"smtp_relay_host": "a.test"}, ["a b@example.net"], 422, "is not an address"),
        ({"smtp_relay_host": "a.test"}, ["a@b\r\nRCPT TO:<x@y.z>"], 422, "is not an address"),
        ({"smtp_relay_host": "a.test"}, [], 422, "recipients"),
        (
            {"smtp_relay_host": "a.test", "smtp_relay_allowed_recipients": "@ok$"},
            ["x@no"],
            422,
            "not on the list of those to whom mail may be released",
        ),
        (
            {"smtp_relay_host": "a.test", "smtp_relay_blocked_recipients": "^ceo@"},
            ["ceo@ok"],
            422,
            "on the list of those to whom no mail may be released",
        ),
    ],
)
def test_what_may_not_leave_is_refused_with_the_reason(start: Start, options, recipients, status, words) -> None:
    node = start(**options)
    send(node)
    with pytest.raises(ClientError) as refused:
        release(node, *recipients)
    assert refused.value.status == status
    assert words in str(refused.value) + str(refused.value.errors)
    assert Client(node.url).get("relay/items")["items"] == []


def test_the_operator_is_shown_where_mail_goes_but_no_password(start: Start, real: Node) -> None:
    login = {"smtp_relay_auth": "plain", "smtp_relay_username": "app", "smtp_relay_password": "opensesame"}
    node = start(
        **to(real, **login, smtp_relay_matching="@example.com$", smtp_forward_host="b.test", smtp_forward_to="q@r.s")
    )
    shown = Client(node.url).get("relay")
    assert shown["release"] == {"host": "127.0.0.1", "port": real.smtp_port, "encryption": "none", "auth": "plain"}
    assert (shown["automatic"], shown["matching"], shown["forward_to"]) == ("matching", "@example.com$", ["q@r.s"])
    assert "opensesame" not in str(shown)
    said = "\n".join(node.announcements())
    assert f"[relay] releases mail, and relays that to @example.com$ through 127.0.0.1:{real.smtp_port}" in said
    assert "[forward] all mail to q@r.s through b.test:25" in said


# By itself


def test_all_mail_is_relayed_as_it_came_but_for_who_is_blocked(start: Start, real: Node) -> None:
    node = start(**to(real, smtp_relay_all=True, smtp_relay_blocked_recipients="^ceo@", smtp_hostname="mx.shop.test"))
    send(node, MAIL, "ann@example.com", "ceo@example.com")
    wait_until(node, lambda: bool(Client(node.url).get("relay/items", state="sent")["items"]))
    ((envelope, raw),) = kept(real)
    assert (envelope.reverse_path, addresses(envelope.recipients)) == ("app@example.org", ["ann@example.com"])
    trace, _, rest = raw.partition(b"\r\n")
    assert re.match(rb"Received: from \S+ by mx\.shop\.test \(mailpit-py\)", trace)
    assert rest == MAIL
    assert len(kept(node)) == 1


def test_only_what_matches_is_relayed(start: Start, real: Node) -> None:
    node = start(**to(real, smtp_relay_matching="@example.com$"))
    send(node, MAIL, "x@other.test")
    send(node, MAIL, "ann@example.com", "y@other.test")
    wait_until(node, lambda: bool(Client(node.url).get("relay/items", state="sent")["items"]))
    assert [addresses(envelope.recipients) for envelope, _ in kept(real)] == [["ann@example.com"]]


def test_every_message_is_forwarded(start: Start, real: Node) -> None:
    node = start(
        smtp_forward_host="127.0.0.1",
        smtp_forward_port=real.smtp_port,
        smtp_forward_to="qa@example.net,ops@example.net",
        smtp_forward_override_from="sandbox@example.net",
    )
    send(node)
    wait_until(node, lambda: bool(Client(node.url).get("relay/items", state="sent")["items"]))
    ((envelope, raw),) = kept(real)
    assert (envelope.reverse_path, addresses(envelope.recipients)) == (
        "sandbox@example.net",
        ["qa@example.net", "ops@example.net"],
    )
    assert b"From: Shop <sandbox@example.net>\r\n" in raw


def test_what_came_before_relaying_was_switched_on_stays_here(start: Start, real: Node, tmp_path: Path) -> None:
    base = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", "database": str(tmp_path / "mail.db")}
    with Node(Config(**base)) as node:
        send(node, MAIL.replace(b"Order", b"Old"))
    with Node(Config(**base, **to(real, smtp_relay_all=True))) as node:
        send(node, MAIL.replace(b"Order", b"New"))
        wait_until(node, lambda: bool(Client(node.url).get("relay/items", state="sent")["items"]))
    with Node(Config(**base)) as node:
        send(node, MAIL.replace(b"Order", b"Between"))
    with Node(Config(**base, **to(real, smtp_relay_all=True))) as node:
        send(node, MAIL.replace(b"Order", b"Last"))
        wait_until(node, lambda: len(Client(node.url).get("relay/items", state="sent")["items"]) == 2)
    assert [word for _, raw in kept(real) for word in (b"Old", b"New", b"Between", b"Last") if word in raw] == [
        b"New",
        b"Last",
    ]


def test_what_arrived_just_before_a_stop_goes_after_the_start(start: Start, real: Node, tmp_path: Path) -> None:
    base = {"smtp": "127.0.0.1:0", "listen": "127.0.0.1:0", "database": str(tmp_path / "mail.db")}
    with Node(Config(**base, **to(real, smtp_relay_all=True))) as node:
        for number in range(20):
            send(node, MAIL.replace(b"Order", b"%d" % number))
    with Node(Config(**base, **to(real, smtp_relay_all=True))) as node:
        wait_until(node, lambda: len(Client(node.url).get("relay/items", state="sent", limit=200)["items"]) == 20)
    assert {raw.partition(b"Subject: ")[2].split()[0] for _, raw in kept(real)} == {b"%d" % one for one in range(20)}


def test_a_relay_to_itself_ends(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    node = start(
        smtp=f"127.0.0.1:{port}", smtp_relay_host="127.0.0.1", smtp_relay_port=port, smtp_relay_all=True, max=0
    )
    send(node)
    wait_until(node, lambda: bool(Client(node.url).get("relay/items", state="failed")["items"]))
    (failed,) = Client(node.url).get("relay/items", state="failed")["items"]
    assert "goes round" in failed["said"]
    assert len(kept(node)) == 51


# The sender is told


def test_the_sender_gets_the_refusal_of_the_real_server_and_nothing_is_kept(start: Start, real: Node) -> None:
    node = start(**to(real, smtp_relay_all=True, smtp_relay_fwd_smtp_errors=True))
    send(node, MAIL, "ann@example.com")
    Client(real.url).post("rules", {"outcome": "unknown_user", "stage": "rcpt"})
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(node, MAIL, "ann@example.com")
    assert (refused.value.smtp_code, refused.value.smtp_error[:6]) == (550, b"5.1.1 ")
    assert len(kept(node)) == len(kept(real)) == 1
    (attempt,) = Client(node.url).get("attempts")["items"]
    assert (attempt["stage"], attempt["reply"]["code"]) == ("CONTENT", 550)


def test_the_sender_is_told_if_the_real_server_is_away(start: Start) -> None:
    node = start(
        smtp_forward_host="127.0.0.1", smtp_forward_port=9, smtp_forward_to="q@r.s", smtp_forward_fwd_smtp_errors=True
    )
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(node)
    assert (refused.value.smtp_code, refused.value.smtp_error[:6]) == (451, b"4.4.1 ")
    assert kept(node) == []


# How it is said


@pytest.mark.parametrize("method", ["plain", "login"])
def test_it_logs_in(start: Start, method: str) -> None:
    real = start(smtp_auth="app:secret", smtp_auth_accept_any=False)
    login = {"smtp_relay_auth": method, "smtp_relay_username": "app"}
    node = start(**to(real, **login, smtp_relay_password="secret"))
    send(node)
    assert ended(node, release(node, "qa@example.net")["id"])["state"] == "sent"
    wrong = start(**to(real, **login, smtp_relay_password="wrong"))
    send(wrong)
    said = ended(wrong, release(wrong, "qa@example.net")["id"])
    assert (said["state"], "the login was refused: 535" in said["said"]) == ("failed", True)
    assert "secret" not in str(said)


def test_no_password_goes_over_an_open_line() -> None:
    server = RelayServer("mail.example.org", 25, auth="plain", username="a", password="b")
    with pytest.raises(DeliveryError, match="no password is sent without TLS"):
        asyncio.run(_log_in(None, server))  # type: ignore[arg-type]


@pytest.mark.parametrize(("option", "implicit"), [("smtp_relay_starttls", False), ("smtp_relay_tls", True)])
def test_it_speaks_tls_and_checks_the_certificate_unless_told_otherwise(
    start: Start, option: str, implicit: bool
) -> None:
    tls = {"smtp_require_tls": True} if implicit else {"smtp_require_starttls": True}
    real = start(smtp_tls_cert="auto", **tls)
    node = start(**to(real, **{option: True}, smtp_relay_allow_insecure=True))
    send(node)
    assert ended(node, release(node, "qa@example.net")["id"])["state"] == "sent"
    strict = start(**to(real, **{option: True}))
    send(strict)
    said = ended(strict, release(strict, "qa@example.net", retry=False)["id"])
    assert (said["state"], "certificate" in said["said"].lower()) == ("failed", True)


def test_starttls_that_is_asked_for_and_not_offered_is_a_failure(start: Start, real: Node) -> None:
    node = start(**to(real, smtp_relay_starttls=True))
    send(node)
    assert ended(node, release(node, "qa@example.net", retry=False)["id"])["state"] == "failed"
    assert kept(real) == []


def test_cram_md5_proves_the_secret_without_sending_it(start: Start) -> None:
    challenge, heard = b"<1.2@server>", []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as wire:
            wire.write(b"220 hi\r\n")
            wire.flush()
            in_data = False
            for line in wire:
                heard.append(line)
                if in_data:
                    in_data = line != b".\r\n"
                    answer = b"" if in_data else b"250 ok\r\n"
                elif line.startswith(b"EHLO"):
                    answer = b"250-me\r\n250 AUTH CRAM-MD5\r\n"
                elif line.startswith(b"AUTH"):
                    answer = b"334 " + base64.b64encode(challenge) + b"\r\n"
                elif line.startswith(b"DATA"):
                    in_data, answer = True, b"354 go\r\n"
                elif line.startswith((b"MAIL", b"RCPT")):
                    answer = b"250 ok\r\n"
                elif line.startswith(b"QUIT"):
                    answer = b"221 bye\r\n"
                else:
                    digest = hmac.new(b"shared", challenge, hashlib.md5).hexdigest().encode()
                    answer = b"235 ok\r\n" if base64.b64decode(line) == b"app " + digest else b"535 no\r\n"
                wire.write(answer)
                wire.flush()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        login = {"smtp_relay_auth": "cram-md5", "smtp_relay_username": "app", "smtp_relay_secret": "shared"}
        node = start(smtp_relay_host="127.0.0.1", smtp_relay_port=listener.getsockname()[1], **login)
        send(node)
        assert ended(node, release(node, "qa@example.net")["id"])["state"] == "sent"
        thread.join(30)
    assert b"shared" not in b"".join(heard)


@pytest.mark.parametrize("end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r\r\n.\r\r\n"])
def test_nothing_in_a_body_ends_it_or_begins_another_message(start: Start, real: Node, end: bytes) -> None:
    node = start(**to(real))
    smuggled = (
        b"From: a@b.c\r\n\r\nbefore" + end + b"MAIL FROM:<x@y.z>\r\nRCPT TO:<v@w.x>\r\nDATA\r\nSubject: two\r\n\r\n"
    )
    Client(node.url)

    put = Request(f"{node.url}api/v2/messages", smuggled, {"Content-Type": "message/rfc822"}, method="POST")
    urlopen(put).close()
    assert ended(node, release(node, "qa@example.net")["id"])["state"] == "sent"
    ((envelope, raw),) = kept(real)
    assert addresses(envelope.recipients) == ["qa@example.net"]
    assert b"Subject: two" in raw
    assert not {*raw.replace(b"\r\n", b"")} & {*b"\r\n"}


def test_addresses_beyond_ascii_go_with_smtputf8(start: Start, real: Node) -> None:
    node = start(**to(real))
    send(node)
    assert ended(node, release(node, "jörg@example.net")["id"])["state"] == "sent"
    ((envelope, _),) = kept(real)
    assert (envelope.smtputf8, addresses(envelope.recipients)) == (True, ["jörg@example.net"])
