"""The SMTP conversation that reports and relayed mail share, against a server that answers as told."""

from __future__ import annotations

import asyncio
from asyncio.trsock import TransportSocket

import aiosmtplib
import pytest

from mailpit_py.config import Config
from mailpit_py.node import Node
from mailpit_py.outbound.conversation import Answered, Utf8Refused, hand_over, leave

RAW = "Subject: caf\u00e9\r\n\r\n.dot\r\nlone\nline\r\n".encode()


class Server:
    """Answers each command as told, with nothing for "", 250 else; keeps what was said."""

    def __init__(self, answers: dict[str, str], extensions: str) -> None:
        self.answers = answers
        self.extensions = extensions
        self.said: list[str] = []
        self.left = asyncio.Event()
        self.ended = asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.answer(reader, writer)
        writer.close()
        await writer.wait_closed()
        self.ended.set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        in_content = False
        while line := (await reader.readline()).decode():
            self.said.append(line)
            if in_content:
                in_content = line != ".\r\n"
                writer.write(b"" if in_content else self.answers.get(".", "250 taken").encode() + b"\r\n")
                continue
            command = line.strip()
            answer = self.answers.get(command, "354 go on" if command == "DATA" else "250 ok")
            in_content = answer.startswith("354")
            if command == "QUIT":
                self.left.set()
            if answer:
                writer.write((self.extensions if command.startswith("EHLO") else answer + "\r\n").encode())


def converse(
    recipients: tuple[str, ...], answers: dict[str, str] | None = None, extensions: str = "250 here\r\n"
) -> tuple[Answered | Exception, list[str]]:
    """What came of it, or the error; and what was said."""

    async def run() -> tuple[Answered | Exception, list[str]]:
        running = Server(answers or {}, extensions)
        async with await asyncio.start_server(running.talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="me.test")
            await client.connect()
            await client.ehlo()
            try:
                return await hand_over(client, "app@x.test", recipients, RAW), running.said
            except aiosmtplib.SMTPException as error:
                return error, running.said
            finally:
                await leave(client)
                await asyncio.wait_for(running.ended.wait(), 60)

    return asyncio.run(run())


def test_the_commands_carry_what_the_server_knows() -> None:
    full = "250-here\r\n250-SIZE\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
    answered, said = converse(("b\u00fcro@y.test",), extensions=full)
    assert said[1:4] == [
        f"MAIL FROM:<app@x.test> SIZE={len(RAW)} BODY=8BITMIME SMTPUTF8\r\n",
        "RCPT TO:<b\u00fcro@y.test>\r\n",
        "DATA\r\n",
    ]
    assert said[4:] == ["Subject: caf\u00e9\r\n", "\r\n", "..dot\r\n", "lone\r\n", "line\r\n", ".\r\n", "QUIT\r\n"]
    assert isinstance(answered, Answered)
    assert answered.content is not None
    assert answered.content.message == "taken"


def test_who_is_refused_does_not_keep_it_from_the_others() -> None:
    refused = {"RCPT TO:<no@y.test>": "550 5.1.1 nobody", "RCPT TO:<late@y.test>": "450 4.2.1 later"}
    answered, _ = converse(("no@y.test", "yes@y.test", "late@y.test"), refused)
    assert isinstance(answered, Answered)
    assert [one.code for one in answered.recipients] == [550, 250, 450]
    assert answered.content == (250, "taken")


def test_where_nobody_is_accepted_nothing_is_sent() -> None:
    answered, said = converse(("no@y.test",), {"RCPT TO:<no@y.test>": "550 5.1.1 nobody"})
    assert answered == Answered(((550, "5.1.1 nobody"),), None)
    assert "DATA\r\n" not in said


def test_an_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    answered, said = converse(("b\u00fcro@y.test",))
    assert isinstance(answered, Utf8Refused)
    assert not [one for one in said if one.startswith("MAIL")]


@pytest.mark.parametrize("place", ["MAIL FROM:<app@x.test>", "."])
def test_a_refused_sender_or_content_is_an_error_with_its_reply(place: str) -> None:
    error, _ = converse(("yes@y.test",), {place: "554 5.7.1 not that"})
    assert isinstance(error, aiosmtplib.SMTPResponseException)
    assert (error.code, error.message) == (554, "5.7.1 not that")


def test_who_leaves_and_is_cancelled_has_left() -> None:
    async def run() -> None:
        running = Server({"QUIT": ""}, "250 here\r\n")
        async with await asyncio.start_server(running.talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="me.test")
            await client.connect()
            leaving = asyncio.create_task(leave(client))
            await asyncio.wait_for(running.left.wait(), 60)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
            await asyncio.wait_for(running.ended.wait(), 60)

    asyncio.run(run())


def test_a_connection_inside_tls_has_ended_when_it_is_left() -> None:
    """The loop may end then, which would leave to the collector what still waits for the peer to end TLS."""
    with Node(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", smtp_tls_cert="auto")) as node:

        async def run() -> TransportSocket:
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=node.smtp_port, start_tls=True, validate_certs=False)
            await client.connect()
            connection = client.get_transport_info("socket")
            await leave(client)
            return connection

        assert asyncio.run(run()).fileno() == -1
