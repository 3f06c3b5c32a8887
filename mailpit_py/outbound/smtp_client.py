"""One message handed to one server by SMTP, and what became of it for each recipient."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from ipaddress import ip_address

import aiosmtplib
from aiosmtplib import SMTPResponse

from mailpit_py.application.relay_settings import RelayServer
from mailpit_py.application.release import Outgoing
from mailpit_py.errors import MailpitError
from mailpit_py.outbound.conversation import Answered, Utf8Refused, greet, hand_over, leave, log_in
from mailpit_py.storage import RelayRecipient, RelayState

TIMEOUT = 30.0


class DeliveryError(MailpitError):
    """A try that nobody got anything from. `code` is the server's reply, 0 if there was none."""

    def __init__(self, text: str, code: int = 0, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.is_final = is_final or code >= 500


async def deliver(
    server: RelayServer, outgoing: Outgoing, *, local_hostname: str, to_all_or_nobody: bool = False
) -> tuple[RelayRecipient, ...]:
    """Send a message; return what was said about each recipient: SENT, FAILED for good, or WAITING for a later try.

    Raises DeliveryError if it did not come to that; with `to_all_or_nobody` also for the first
    recipient that is refused, and then nobody gets it.
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
        await greet(client)
        await _log_in(client, server)
        envelope = outgoing.reverse_path, outgoing.recipients
        return _told(outgoing, await hand_over(client, *envelope, outgoing.raw, to_all_or_nobody=to_all_or_nobody))
    except Utf8Refused as error:
        raise DeliveryError(str(error), is_final=True) from None
    except aiosmtplib.SMTPAuthenticationError as error:
        # Without the code, which would tell the sender of a message that its own login was refused.
        words = f"the login was refused: {error.code} {error.message}"
        raise DeliveryError(words, is_final=error.code >= 500) from None
    except aiosmtplib.SMTPResponseException as error:
        raise DeliveryError(f"{error.code} {error.message}", error.code) from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryError(f"{server}: {str(error) or type(error).__name__}") from None
    finally:
        await leave(client)


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
    if server.auth == "cram-md5":
        await client.auth_crammd5(server.username, server.secret)
    elif server.auth == "login":
        await log_in(client, server.username, server.password)
    else:
        await client.auth_plain(server.username, server.password)


def _is_here(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _told(outgoing: Outgoing, answered: Answered) -> tuple[RelayRecipient, ...]:
    pairs = zip(outgoing.recipients, answered.recipients, strict=True)
    return tuple(_recipient(address, reply, answered.content or reply) for address, reply in pairs)


def _recipient(address: str, reply: SMTPResponse, content: SMTPResponse) -> RelayRecipient:
    """Who was accepted has the message when the content is taken, which was not sent if nobody was."""
    if reply.code >= 400:
        state = RelayState.FAILED if reply.code >= 500 else RelayState.WAITING
        return RelayRecipient(address, state, reply.code, reply.message)
    return RelayRecipient(address, RelayState.SENT, content.code, content.message)


def merged(before: Sequence[RelayRecipient], now: Sequence[RelayRecipient]) -> tuple[RelayRecipient, ...]:
    """Return recipients in their order, with what a new try says of those that were still waiting."""
    said = iter(now)
    return tuple(next(said) if one.state is RelayState.WAITING else one for one in before)
