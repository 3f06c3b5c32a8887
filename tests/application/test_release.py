"""What changes in a message that leaves the sandbox, octet by octet."""

from __future__ import annotations

import re

import pytest

from mailpit_py.application.relay_settings import ForwardSettings, RelayServer, RelaySettings
from mailpit_py.application.release import (
    ReleaseError,
    forwarded,
    is_loop,
    received_field,
    refusal_of,
    relayed,
    released,
)
from mailpit_py.mail import read
from mailpit_py.mail.rewrite import with_fields

SERVER = RelayServer("a.test", 25)
NOW = 1_764_000_000_000_000
RAW = (
    b'Received: from x\r\nFrom: "Shop, Inc" <shop@example.org>\r\nTo: ann@example.com\r\nBcc: dora@example.com,\r\n'
    b"\tevil@example.com\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <old@example.org>\r\n\r\nHi\r\n.\r\n"
)
RELEASED = (
    b'Received: from x\r\nFrom: "Shop, Inc" <shop@example.org>\r\nTo: ann@example.com\r\n'
    b"Date: Mon, 24 Nov 2025 16:00:00 +0000\r\nMessage-ID: <new@mailpit>\r\n\r\nHi\r\n.\r\n"
)


def release(raw: bytes, **settings: object):
    chosen = RelaySettings(SERVER, **settings)  # type: ignore[arg-type]
    return released(raw, ("qa@example.net",), chosen, now=NOW, message_id="new@mailpit")


def test_a_released_message_has_a_new_date_and_id_and_no_bcc() -> None:
    outgoing = release(RAW)
    assert (outgoing.reverse_path, outgoing.recipients) == ("shop@example.org", ("qa@example.net",))
    assert outgoing.raw == RELEASED


def test_its_id_can_be_kept() -> None:
    assert b"Message-ID: <old@example.org>\r\n" in release(RAW, preserve_message_ids=True).raw
    assert b"Message-ID: <new@mailpit>\r\n" in release(b"From: a@b.c\r\n\r\n", preserve_message_ids=True).raw


def test_sender_comes_before_from() -> None:
    assert release(b"Sender: s@b.c\r\n" + RAW).reverse_path == "s@b.c"


def test_the_return_path_is_set_in_its_place_or_on_top() -> None:
    outgoing = release(RAW, return_path="b@x.test")
    assert outgoing.reverse_path == "b@x.test"
    assert outgoing.raw == b"Return-Path: <b@x.test>\r\n" + RELEASED
    twice = release(b"Return-Path: <old@b.c>\r\nReturn-Path: <older@b.c>\r\n" + RAW, return_path="b@x.test")
    assert twice.raw == b"Return-Path: <b@x.test>\r\n" + RELEASED


@pytest.mark.parametrize(
    ("from_", "expected"),
    [
        (b'"Shop, Inc" <shop@example.org>', b'"Shop, Inc" <o@x.test>'),
        (b"shop@example.org", b"<o@x.test>"),
        (b"=?utf-8?q?J=C3=B6rg?= <shop@example.org>", b"=?utf-8?B?SsO2cmc=?= <o@x.test>"),
        (b'"a\\"b" <shop@example.org>', b'"a\\"b" <o@x.test>'),
    ],
)
def test_the_from_address_is_replaced_under_its_name(from_: bytes, expected: bytes) -> None:
    outgoing = release(b"From: " + from_ + b"\r\n\r\n", override_from="o@x.test", return_path="r@x.test")
    assert outgoing.reverse_path == "o@x.test"
    assert b"From: " + expected + b"\r\n" in outgoing.raw
    assert b"X-Original-From: shop@example.org\r\n" in outgoing.raw


def test_a_name_cannot_add_a_field() -> None:
    raw = b"From: =?utf-8?q?a=0D=0ABcc:_x@y.z=C3=BC?= <shop@example.org>\r\n\r\n"
    message = read(release(raw, override_from="o@x.test").raw)
    assert message.bcc == ()
    assert [one.address for one in message.from_] == ["o@x.test"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"Subject: x\r\n\r\n", "header not in message"),
        (b"From: nobody\r\n\r\n", "parse From"),
        (b"", "header not in message"),
    ],
)
def test_without_a_sender_nothing_is_released(raw: bytes, words: str) -> None:
    with pytest.raises(ReleaseError, match=words):
        release(raw)


def test_what_goes_by_itself_stays_as_it_came_below_our_trace() -> None:
    ours = received_field(helo="app", hostname="box", public_id="1", now=NOW)
    assert ours == "from app by box (mailpit-py) with ESMTP id 1; Mon, 24 Nov 2025 16:00:00 +0000"
    assert relayed(RAW, "a@b.c", ("x@y.z",), ours).raw == f"Received: {ours}\r\n".encode() + RAW
    forward = forwarded(RAW, "a@b.c", ForwardSettings(SERVER, ("q@y.z",)), ours)
    assert (forward.reverse_path, forward.recipients) == ("a@b.c", ("q@y.z",))
    assert forward.raw == f"Received: {ours}\r\n".encode() + RAW


def test_a_forwarded_message_can_have_another_reverse_path() -> None:
    settings = ForwardSettings(SERVER, ("q@y.z",), return_path="r@x.test")
    forward = forwarded(RAW, "a@b.c", settings, "us")
    assert (forward.reverse_path, forward.raw) == ("r@x.test", b"Received: us\r\n" + RAW)
    both = ForwardSettings(SERVER, ("q@y.z",), override_from="o@x.test", return_path="r@x.test")
    assert forwarded(RAW, "a@b.c", both, "us").reverse_path == "o@x.test"


def test_a_forwarded_message_can_be_from_another_address() -> None:
    forward = forwarded(RAW, "a@b.c", ForwardSettings(SERVER, ("q@y.z",), "o@x.test"), "us")
    assert forward.reverse_path == "o@x.test"
    assert [one.address for one in read(forward.raw).from_] == ["o@x.test"]


@pytest.mark.parametrize("helo", ["a\r\nBcc: x@y.z", "a;b\x00", "é", ""])
def test_a_client_cannot_write_into_our_trace(helo: str) -> None:
    field = received_field(helo=helo, hostname="box", public_id="1", now=NOW)
    assert re.fullmatch(r"from [A-Za-z0-9.:_\-\[\]]+ by box .*", field)


def test_a_relayed_message_can_be_from_another_address() -> None:
    relay = relayed(RAW, "a@b.c", ("q@y.z",), "us", override_from="o@x.test")
    assert relay.reverse_path == "o@x.test"
    assert [one.address for one in read(relay.raw).from_] == ["o@x.test"]


def test_all_that_a_list_of_senders_had_stands_beside_the_new_one() -> None:
    raw = release(b"From: a@b.c,\r\n d@e.f\r\n\r\n", override_from="o@x.test").raw
    assert b"X-Original-From: a@b.c, d@e.f\r\n" in raw
    assert b"\r\nFrom: <o@x.test>\r\n" in raw


def test_a_body_without_a_header_section_gets_one() -> None:
    outgoing = relayed(b"no header here\r\n", "a@b.c", ("x@y.z",), "us")
    assert outgoing.raw == b"Received: us\r\n\r\nno header here\r\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\r\nbody", b"Date: now\r\n\r\nbody"),
        (b"body", b"Date: now\r\n\r\nbody"),
        (b"", b"Date: now\r\n\r\n"),
        (b"A: 1\r\r\nBcc: x\r\r\nB: 2\r\r\n\r\r\nbody", b"Date: now\r\nA: 1\r\r\nB: 2\r\r\n\r\r\nbody"),
        (b"A: 1\nBcc: x\n\ny\nB: 2\n\nbody", b"Date: now\r\nA: 1\n\ny\nB: 2\n\nbody"),
        (b"Bcc: x,\r\n y\r\ndate: old\r\nDATE: older\r\nbcc: z", b"date: now\r\n"),
        (b"date: old", b"date: now"),
        (b"Bcc: x\rDate: y\r\rbody", b"Date: now\r\rbody"),
    ],
)
def test_fields_are_set_in_their_place_or_on_top_and_others_left_out(raw: bytes, expected: bytes) -> None:
    assert with_fields(read(raw), {"Date": "now"}, without=("Bcc",)) == expected


def test_what_goes_round_is_known() -> None:
    assert not is_loop(b"Received: x\r\n" * 50 + RAW.partition(b"\r\n")[2])
    assert is_loop(b"Received: x\r\n" * 51 + RAW.partition(b"\r\n")[2])


@pytest.mark.parametrize("address", ["", "a", "a@", "@b", "a b@c", "a@b\r\nRCPT TO:<x@y>", "<a@b>", "a@b\0", "a@b\n"])
def test_nothing_goes_to_what_is_no_address(address: str) -> None:
    assert refusal_of(address, RelaySettings(SERVER)) == "is not an address"


def test_lists_say_to_whom_mail_may_go() -> None:
    settings = RelaySettings(SERVER, allowed=re.compile("@a.test$"), blocked=re.compile("^ceo@"))
    assert refusal_of("x@a.test", settings) == ""
    assert "may be released" in refusal_of("x@b.test", settings)
    assert "no mail may be released" in refusal_of("ceo@a.test", settings)
