"""The fast path and aiosmtpd's coroutine say and keep the same, whatever comes in and however it is split."""

from __future__ import annotations

import itertools
import re
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailpit_py.application.clock import Clock
from mailpit_py.application.delivery import Delivery
from mailpit_py.mail.envelope import Reply, Session
from mailpit_py.servers.loop import LoopThread
from mailpit_py.servers.smtp.conversation import Conversation
from mailpit_py.servers.smtp.dialogue import Expect
from mailpit_py.servers.smtp.settings import SmtpSettings
from tests.servers.smtp.recording import RecordingSandbox, RecordingSimulator
from tests.servers.smtp.serving import Served, serving

OPTIONS = {"max_message_size_bytes": 60, "max_recipients": 2, "command_line_limit": 80, "auth_line_limit": 120}

COMMANDS = st.sampled_from(
    [
        b"HELO me",
        b"EHLO me",
        b"MAIL FROM:<ann@example.test>",
        b"MAIL FROM:<> RET=FULL ENVID=x BODY=BINARYMIME",
        b"MAIL FROM:<a@b> SIZE=99",
        b"RCPT TO:<bob@example.test>",
        b"RCPT TO:<bob@example.test> NOTIFY=NEVER",
        b"RCPT TO:<>",
        b"DATA",
        b"DATA\r\nSubject: x\r\n\r\n..\r\n.",
        b"DATA\r\n.",
        b"DATA\r\n" + b"x" * 70 + b"\r\n.",
        b"BDAT 4\r\n.\r\n.",
        b"BDAT 0 LAST",
        b"BDAT 6 LAST\r\nRSET\r\n",
        b"BDAT 70\r\n" + b"RSET\r\n" * 11 + b"NOOP",
        b"BDAT x",
        b"AUTH PLAIN AGEAYg==",
        b"AUTH LOGIN\r\nYQ==\r\nYg==",
        b"AUTH PLAIN\r\n*",
        b"AUTH PLAIN\r\n" + b"A" * 130,
        b"RSET",
        b"NOOP",
        b"VRFY x",
        b"HELP",
        b"STARTTLS",
        b"nonsense",
        b"",
        b".",
        b"NOOP " + b"x" * 90,
        b"NOOP \x00\xff",
        b"QUIT",
        b"GET / HTTP/1.1",
    ]
)
EFFECTS = st.sampled_from(
    [
        f"RCPT TO:<{address}@bounce.test>".encode()
        for address in (
            "bounce",
            "bounce+content+5.7.1",
            "greylist",
            "full+1msgs",
            "limit+10b",
            "discard",
            "drop+rcpt",
            "drop+data",
            "drop+content",
            "drop+content+kept",
            "slow+1ms",
            "slow+1ms+content",
            "slow+999999bps",
            "garble+nocode",
            "garble+lf+content",
            "garble+binary+data",
            "bounce+421+bye",
        )
    ]
    + [
        b"DATA\r\nX-Sandbox-Bounce: mailbox_full\r\n\r\n.",
        b"DATA\r\n\r\nx\r\n.",
        b"BDAT 1 LAST\r\nx",
        b"DATA\r\nx\r\n.",
    ]
)
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"])
DIALOGUES = st.lists(st.tuples(COMMANDS, ENDS).map(b"".join), max_size=14).map(
    lambda lines: b"HELO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n" + b"".join(lines)
)

FAILURES = st.lists(st.tuples(st.one_of(EFFECTS, EFFECTS, COMMANDS), ENDS).map(b"".join), max_size=14).map(
    lambda lines: b"HELO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n" + b"".join(lines)
)


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


def without_ids(replies: bytes) -> bytes:
    return re.sub(rb"queued as [0-9]{22}", b"queued as {id}", replies)


def over_a_socket(served: Served, pieces: list[bytes], expected: int = 0) -> tuple[bytes, list[bytes]]:
    """The replies, and the contents that were kept; the client stays for `expected` octets of replies."""
    already = len(served.sandbox.kept)
    served.sandbox.simulator.memory.clear()
    received = b""
    with socket.create_connection(("127.0.0.1", served.port), 5) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                sock.sendall(piece)
            while len(without_ids(received)) < expected and (data := sock.recv(65536)):
                received += data
            sock.shutdown(socket.SHUT_WR)
            while data := sock.recv(65536):
                received += data
        except OSError:
            received += b"(reset)"
    return without_ids(received), [kept.raw for kept in served.sandbox.kept[already:]]


def in_memory(pieces: list[bytes]) -> tuple[bytes, list[bytes]]:
    """The same conversation without any socket."""
    conversation = Conversation(SmtpSettings(**OPTIONS), Session("x", 0), RecordingSimulator(), Clock().wall)
    conversation.say(conversation.dialogue.greet())
    kept = []
    for piece in pieces:
        conversation.buffer += piece
        conversation.advance()
        while conversation.expects in (Expect.RECEIPT, Expect.VERDICT, Expect.PAUSE):
            if conversation.expects is Expect.VERDICT:
                conversation.judge(True)
            elif conversation.expects is Expect.PAUSE:
                conversation.go_on()
            else:
                kept += acknowledged(conversation)
            conversation.advance()
    return without_ids(conversation.take_output()), kept


def acknowledged(conversation: Conversation) -> list[bytes]:
    transaction, raw = conversation.handing_over
    reply = Reply(250, "2.0.0", "Ok: queued as " + "0" * 22)
    delivery = Delivery.of(transaction.envelope, conversation.verdict, conversation.decided, reply)
    conversation.acknowledge(delivery.replies)
    return [raw] if delivery.is_kept else []


@pytest.fixture(scope="module")
def fast(loop_thread: LoopThread):
    with serving(loop_thread, RecordingSandbox(), **OPTIONS) as served:
        yield served


@pytest.fixture(scope="module")
def coroutine(loop_thread: LoopThread):
    with serving(loop_thread, RecordingSandbox(), fast_path=False, **OPTIONS) as served:
        yield served


@given(DIALOGUES, st.lists(st.integers(0, 1000), max_size=8))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_ways_say_and_keep_the_same(fast: Served, coroutine: Served, dialogue: bytes, cuts: list[int]):
    expected = in_memory([dialogue])
    for served in (fast, coroutine):
        replies, kept = over_a_socket(served, split(dialogue, cuts))
        if replies.endswith(b"(reset)"):  # it closed with our bytes unread, and TCP may lose its last words
            assert expected[0].startswith(replies.removesuffix(b"(reset)"))
        else:
            assert replies == expected[0]
        assert kept == expected[1]


@given(FAILURES, st.lists(st.integers(0, 1000), max_size=8))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_ways_fail_the_same(fast: Served, coroutine: Served, dialogue: bytes, cuts: list[int]):
    expected = in_memory([dialogue])
    for served in (fast, coroutine):
        replies, kept = over_a_socket(served, split(dialogue, cuts), len(expected[0]))
        if replies.endswith(b"(reset)"):
            assert expected[0].startswith(replies.removesuffix(b"(reset)"))
        else:
            assert replies == expected[0]
        assert kept == expected[1]


@given(st.one_of(DIALOGUES, FAILURES), st.lists(st.integers(0, 1000), max_size=30))
@settings(max_examples=500, deadline=None)
def test_splitting_changes_nothing(dialogue: bytes, cuts: list[int]):
    assert in_memory(split(dialogue, cuts)) == in_memory([dialogue])


@given(DIALOGUES)
@settings(max_examples=100, deadline=None)
def test_single_bytes_change_nothing(dialogue: bytes):
    assert in_memory([bytes([octet]) for octet in dialogue]) == in_memory([dialogue])


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=8))
@settings(max_examples=300, deadline=None)
def test_noise_is_answered_and_never_fails(noise: bytes, cuts: list[int]):
    replies, kept = in_memory(split(noise + b"\r\n", cuts))
    assert replies.startswith(b"220 ")
    assert kept == []
    assert all(re.match(rb"[245]\d\d[ -]", line) for line in replies.split(b"\r\n")[:-1])


@given(DIALOGUES)
@settings(max_examples=300, deadline=None)
def test_every_reply_has_its_enhanced_code(dialogue: bytes):
    """RFC 2034 §4: all but the greeting, HELO, EHLO and intermediate replies."""
    lines = in_memory([dialogue])[0].decode().split("\r\n")[1:-1]
    bare = [line for line in lines if not re.match(r"([245])\d\d[ -]\1\.\d{1,3}\.\d{1,3} ", line)]
    extensions = r"250[ -](PIPELINING|SIZE|AUTH|ENHANCED|8BIT|BINARYMIME|CHUNKING|DSN|SMTPUTF8|HELP|localhost greets)"
    assert [line for line in bare if not re.match(rf"334 |354 |{extensions}", line)] == []
