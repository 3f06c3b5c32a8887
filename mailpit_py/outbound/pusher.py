"""Reports by SMTP to the app's own bounce processor: from the null reverse-path, to a named server, never by MX."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace

import aiosmtplib

from mailpit_py.errors import TargetRefused
from mailpit_py.outbound.conversation import Answered, Utf8Refused, hand_over, leave
from mailpit_py.outbound.outcome import Outcome
from mailpit_py.outbound.resolver import Lookup, Unresolved, look_up, resolve
from mailpit_py.outbound.target import MailServer
from mailpit_py.reach import Reach
from mailpit_py.webhooks import Verdict

TIMEOUT = 30.0  # seconds for each reply


@dataclass(frozen=True, slots=True)
class Letter:
    """One report and whom it is for; `message_id` says in the record which one it was."""

    recipients: tuple[str, ...]
    raw: bytes
    message_id: str


@dataclass(frozen=True, slots=True)
class Pusher:
    """Hands reports to one server after another. `hostname` is how it introduces itself."""

    reach: Reach
    hostname: str = "localhost"
    lookup: Lookup = look_up
    timeout: float = TIMEOUT

    async def push(self, server: MailServer, letters: Iterable[Letter]) -> AsyncIterator[Outcome]:
        """Yield the outcome of each letter in order, over one connection for as long as it lasts.

        When it breaks, the letter on its way has the error and the next one a new connection; when
        nobody answers at all, that is the outcome of all that are left.
        """
        client: aiosmtplib.SMTP | Outcome | None = None
        try:
            for letter in letters:
                if client is None or (isinstance(client, aiosmtplib.SMTP) and not client.is_connected):
                    client = await self._connect(server)
                yield client if isinstance(client, Outcome) else await _hand_over(client, letter)
        finally:
            if isinstance(client, aiosmtplib.SMTP):
                await leave(client)

    async def _connect(self, server: MailServer) -> aiosmtplib.SMTP | Outcome:
        """Return a greeted connection, or why there is none."""
        failure = Outcome(Verdict.RETRY, request=f"connect to {server}")
        try:
            for address in await resolve(server.host, server.port, self.reach, self.lookup):
                client = aiosmtplib.SMTP(
                    hostname=address,
                    port=server.port,
                    local_hostname=self.hostname,
                    timeout=self.timeout,
                    validate_certs=False,  # as between mail servers: TLS if it is offered, from whomever (RFC 7435)
                )
                try:
                    await client.connect()
                except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                    client.close()
                    failure = _failure(failure.request, error)
                else:
                    return client
        except TargetRefused as error:
            return replace(failure, verdict=Verdict.GIVEN_UP, error=str(error))
        except Unresolved as error:
            return replace(failure, error=str(error))
        return failure


async def _hand_over(client: aiosmtplib.SMTP, letter: Letter) -> Outcome:
    """Say MAIL, RCPT and DATA; the first reply that is not positive decides."""
    started = time.monotonic_ns()
    said = ["MAIL FROM:<>", *(f"RCPT TO:<{each}>" for each in letter.recipients), "DATA"]
    said.append(f"({len(letter.raw)} octets, Message-ID: <{letter.message_id}>)")
    try:
        outcome = _outcome(await hand_over(client, "", letter.recipients, letter.raw), "\n".join(said))
    except (aiosmtplib.SMTPException, OSError, UnicodeError) as error:
        outcome = _failure("\n".join(said), error)
    if outcome.verdict is not Verdict.ACCEPTED:
        await _reset(client)
    return replace(outcome, took_us=(time.monotonic_ns() - started) // 1000)


def _outcome(answered: Answered, said: str) -> Outcome:
    reply = answered.content or answered.recipients[0]
    return Outcome(_verdict(reply.code), reply.code, said, f"{reply.code} {reply.message}")


def _verdict(code: int) -> Verdict:
    """What a reply means: 5xx ends it, everything else that is not positive is tried again."""
    if 200 <= code < 300:
        return Verdict.ACCEPTED
    return Verdict.GIVEN_UP if code >= 500 else Verdict.RETRY


def _failure(said: str, error: Exception) -> Outcome:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return Outcome(_verdict(error.code), error.code, said, f"{error.code} {error.message}")
    verdict = Verdict.GIVEN_UP if isinstance(error, Utf8Refused) else Verdict.RETRY
    return Outcome(verdict, 0, said, error=f"{type(error).__name__}: {error}")


async def _reset(client: aiosmtplib.SMTP) -> None:
    """Clear the transaction that failed; a connection that cannot even do that is left."""
    try:
        if client.is_connected:
            await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()
