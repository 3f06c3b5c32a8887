"""One message handed over on an open SMTP connection: MAIL, RCPT for each, DATA, and what was answered."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

import aiosmtplib

LEAVING = 5.0  # seconds that QUIT may take


class Utf8Refused(aiosmtplib.SMTPException):
    """An address has characters beyond ASCII, and the server does not take such (RFC 6531)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The replies to each RCPT in their order, and to the content; None where nobody was accepted."""

    recipients: tuple[aiosmtplib.SMTPResponse, ...]
    content: aiosmtplib.SMTPResponse | None


async def greet(client: aiosmtplib.SMTP) -> None:
    """Say EHLO, and HELO to a server that does not know it (RFC 5321 §3.2). Raises SMTPHeloError."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


async def log_in(client: aiosmtplib.SMTP, name: str, password: str) -> None:
    """Log in by LOGIN, giving the name when it is asked for: not every server takes it together with AUTH.

    Raises SMTPAuthenticationError.
    """
    reply = await client.execute_command(b"AUTH", b"LOGIN")
    for word in (name, password):
        if reply.code == 334:
            reply = await client.execute_command(base64.b64encode(word.encode()))
    if reply.code not in (235, 503):
        raise aiosmtplib.SMTPAuthenticationError(reply.code, reply.message)


async def hand_over(
    client: aiosmtplib.SMTP,
    reverse_path: str,
    recipients: Sequence[str],
    raw: bytes,
    *,
    to_all_or_nobody: bool = False,
) -> Answered:
    """Send a message to a server that was greeted; whom it refuses does not keep it from the others.

    Every line ends in CRLF then, also one that came with CR CR LF, and dots are doubled: a bare CR or
    LF ends nothing (RFC 5321 §4.1.1.4). Raises SMTPResponseException if MAIL or the content is refused,
    or one recipient where it is `to_all_or_nobody`, Utf8Refused, and what else aiosmtplib and the
    system raise.
    """
    raw = raw.replace(b"\r\r\n", b"\r\n")
    encoding = "ascii" if "".join((reverse_path, *recipients)).isascii() else "utf-8"
    await client.mail(reverse_path, options=_parameters(client, raw, encoding), encoding=encoding)
    if to_all_or_nobody:
        replies = tuple([await client.rcpt(one, encoding=encoding) for one in recipients])
    else:
        replies = tuple([await _recipient(client, one, encoding) for one in recipients])
    if all(one.code >= 400 for one in replies):
        return Answered(replies, None)
    return Answered(replies, await client.data(raw))


def _parameters(client: aiosmtplib.SMTP, raw: bytes, encoding: str) -> list[str]:
    """The parameters of MAIL that the server knows (RFC 1870, RFC 6152, RFC 6531). Raises Utf8Refused."""
    parameters = [f"SIZE={len(raw)}"] if client.supports_extension("size") else []
    if not raw.isascii() and client.supports_extension("8bitmime"):
        parameters.append("BODY=8BITMIME")
    if encoding != "ascii":
        if not client.supports_extension("smtputf8"):
            raise Utf8Refused("the server takes no addresses beyond ASCII (SMTPUTF8)")
        parameters.append("SMTPUTF8")
    return parameters


async def _recipient(client: aiosmtplib.SMTP, address: str, encoding: str) -> aiosmtplib.SMTPResponse:
    try:
        return await client.rcpt(address, encoding=encoding)
    except aiosmtplib.SMTPRecipientRefused as error:
        return aiosmtplib.SMTPResponse(error.code, error.message)


async def leave(client: aiosmtplib.SMTP) -> None:
    """Say QUIT if anybody listens, and close at once, also when this is cancelled."""
    transport = client.transport
    try:
        if client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=LEAVING)
    finally:
        client.close()
        if isinstance(transport, asyncio.WriteTransport):  # not None
            transport.abort()  # what closes TLS waits for the peer, longer than the loop may last
