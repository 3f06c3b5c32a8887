"""One message handed to one server by SMTP, and what became of it for each recipient."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Sequence
from ipaddress import ip_address

import aiosmtplib

from mailpit_py.application.relay_settings import RelayServer
from mailpit_py.application.release import Outgoing
from mailpit_py.errors import MailpitError
from mailpit_py.storage import RelayRecipient, RelayState

TIMEOUT = 30.0


class DeliveryError(MailpitError):
    """A try that nobody got anything from. `code` is the server's reply, 0 if there was none."""

    def __init__(self, text: str, code: int = 0, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.is_final = is_final or code >= 500


async def deliver(server: RelayServer, outgoing: Outgoing, *, local_hostname: str) -> tuple[RelayRecipient, ...]:
    """Send a message; return what was said about each recipient: SENT, FAILED for good, or WAITING for a later try.

    Raises DeliveryError if it did not come to that.
    """
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls,
        start_tls=server.starttls,  # False, unlike None, means never
        tls_context=_context(server),
        local_hostname=local_hostname,
        timeout=TIMEOUT,
    )
    try:
        await client.connect()
        await _log_in(client, server)
        return await _send(client, outgoing)
    except aiosmtplib.SMTPAuthenticationError as error:
        raise DeliveryError(f"the login was refused: {error.code} {error.message}", error.code) from None
    except aiosmtplib.SMTPResponseException as error:
        raise DeliveryError(f"{error.code} {error.message}", error.code) from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryError(f"{server}: {str(error) or type(error).__name__}") from None
    finally:
        await _leave(client)


def _context(server: RelayServer) -> ssl.SSLContext | None:
    if not (server.tls or server.starttls):
        return None
    return ssl._create_unverified_context() if server.allow_insecure else ssl.create_default_context()


async def _log_in(client: aiosmtplib.SMTP, server: RelayServer) -> None:
    """Log in as asked for. A password goes over a connection without TLS to this machine only."""
    if not server.auth:
        return
    if server.auth != "cram-md5" and not (server.tls or server.starttls or _is_here(server.host)):
        raise DeliveryError(f"{server}: no password is sent without TLS; set starttls or tls", is_final=True)
    await client.ehlo()
    if server.auth == "cram-md5":
        await client.auth_crammd5(server.username, server.secret)
    elif server.auth == "login":
        await client.auth_login(server.username, server.password)
    else:
        await client.auth_plain(server.username, server.password)


def _is_here(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def _send(client: aiosmtplib.SMTP, outgoing: Outgoing) -> tuple[RelayRecipient, ...]:
    await client.ehlo()
    is_wide = not "".join((outgoing.reverse_path, *outgoing.recipients)).isascii()
    options = [f"SIZE={len(outgoing.raw)}"] if client.supports_extension("size") else []
    if not outgoing.raw.isascii() and client.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if is_wide:
        if not client.supports_extension("smtputf8"):
            raise DeliveryError("the server takes no addresses beyond ASCII (SMTPUTF8)", is_final=True)
        options.append("SMTPUTF8")
    encoding = "utf-8" if is_wide else "ascii"
    await client.mail(outgoing.reverse_path, options=options, encoding=encoding)
    recipients = [await _recipient(client, one, encoding) for one in outgoing.recipients]
    if not any(one.state is RelayState.SENT for one in recipients):
        return tuple(recipients)
    # aiosmtplib makes every line end CRLF, and doubles dots: a bare CR or LF ends nothing (RFC 5321 §4.1.1.4)
    reply = await client.data(outgoing.raw)
    return tuple(_taken(one, reply.code, reply.message) for one in recipients)


async def _recipient(client: aiosmtplib.SMTP, address: str, encoding: str) -> RelayRecipient:
    """SENT stands for accepted until the content is, too."""
    try:
        reply = await client.rcpt(address, encoding=encoding)
    except aiosmtplib.SMTPRecipientRefused as error:
        state = RelayState.FAILED if error.code >= 500 else RelayState.WAITING
        return RelayRecipient(address, state, error.code, error.message)
    return RelayRecipient(address, RelayState.SENT, reply.code, reply.message)


def _taken(one: RelayRecipient, code: int, text: str) -> RelayRecipient:
    return RelayRecipient(one.address, RelayState.SENT, code, text) if one.state is RelayState.SENT else one


async def _leave(client: aiosmtplib.SMTP) -> None:
    if client.is_connected:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=5)
    client.close()


def merged(before: Sequence[RelayRecipient], now: Sequence[RelayRecipient]) -> tuple[RelayRecipient, ...]:
    """Return recipients in their order, with what a new try says of those that were still waiting."""
    said = iter(now)
    return tuple(next(said) if one.state is RelayState.WAITING else one for one in before)
