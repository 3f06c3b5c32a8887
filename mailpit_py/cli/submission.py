"""Handing messages to a sandbox by SMTP, over a port or a socket file: for `sendmail` and `ingest`."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress

from mailpit_py.bind import Bind
from mailpit_py.errors import MailpitError

TIMEOUT = 60.0
WILDCARDS: Mapping[str, str] = {"0.0.0.0": "127.0.0.1", "::": "localhost"}

DsnRequest = tuple[Sequence[str], Sequence[str]]
"""Parameters of MAIL and of RCPT (RFC 3461 §4)."""

_LINE_END = re.compile(rb"\r?\r?\n|\r")


class SubmissionError(MailpitError):
    """A message that was not taken. `code` is the reply's, or 0 if there was none."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


def place_of(text: str) -> Bind:
    """Read where SMTP is to be reached: `host:port`, a host alone, or `unix:/path`. Raises ValueError."""
    if ":" not in text:
        text = f"{text}:25"
    place = Bind.parse(text)
    if place.path is None and place.hosts and place.hosts[0] in WILDCARDS:
        return Bind.parse(f"{WILDCARDS[place.hosts[0]]}:{place.port}")
    return place


def with_crlf(raw: bytes) -> bytes:
    """Return a message as SMTP carries it: every line end is CRLF, a bare CR and LF too (RFC 5321 §2.3.8)."""
    return _LINE_END.sub(b"\r\n", raw)


def connect(place: Bind) -> socket.socket:
    """Open a connection. Raises OSError."""
    if place.path is None:
        return socket.create_connection((_host(place), place.port), TIMEOUT)
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        unix.settimeout(TIMEOUT)
        unix.connect(str(place.path))
    except OSError:
        unix.close()
        raise
    return unix


def _host(place: Bind) -> str:
    return "localhost" if len(place.hosts) > 1 else place.hosts[0]


@contextmanager
def session(place: Bind) -> Iterator[smtplib.SMTP]:
    """Lend a session that has said EHLO, inside TLS where that is offered; its certificate is not checked.

    Raises SubmissionError if nobody answers, or with another reply than 220.
    """
    with ExitStack() as held:
        try:
            client = _greeted(place)
            held.callback(_leave, client)
            client.ehlo_or_helo_if_needed()
            if place.path is None and client.has_extn("starttls"):
                client.starttls(context=ssl._create_unverified_context())
                client.ehlo_or_helo_if_needed()
        except smtplib.SMTPConnectError as error:
            raise SubmissionError(
                f"{place} answers {error.smtp_code} {_words(error.smtp_error)}", error.smtp_code
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise SubmissionError(f"no SMTP server can be used at {place}: {error}") from None
        yield client


def _greeted(place: Bind) -> smtplib.SMTP:
    """Return a session whose server has said 220. Raises SMTPConnectError for another reply, and OSError."""
    if place.path is None:
        return smtplib.SMTP(_host(place), place.port, local_hostname=socket.gethostname() or None, timeout=TIMEOUT)
    client = smtplib.SMTP(local_hostname=socket.gethostname() or None, timeout=TIMEOUT)
    client.sock = connect(place)  # which the library can do for LMTP only, in these steps
    client.file = None
    code, text = client.getreply()
    if code != 220:
        client.close()
        raise smtplib.SMTPConnectError(code, text)
    return client


def _leave(client: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        client.quit()
    client.close()


def submit(
    client: smtplib.SMTP, reverse_path: str, recipients: Sequence[str], raw: bytes, *, dsn: DsnRequest | None = None
) -> Mapping[str, tuple[int, str]]:
    """Send one message; return what was said about each recipient that was refused while others were not.

    Raises SubmissionError if nobody got it.
    """
    options = []
    if not raw.isascii() and client.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if not "".join((reverse_path, *recipients)).isascii():
        options.append("SMTPUTF8")
    mail, rcpt = dsn if dsn and client.has_extn("dsn") else ((), ())
    try:
        refused = client.sendmail(reverse_path, list(recipients), with_crlf(raw), [*options, *mail], list(rcpt))
    except smtplib.SMTPRecipientsRefused as error:
        address, (code, text) = next(iter(error.recipients.items()))
        raise SubmissionError(f"{address}: {code} {_words(text)}", code) from None
    except smtplib.SMTPResponseException as error:
        raise SubmissionError(f"{error.smtp_code} {_words(error.smtp_error)}", error.smtp_code) from None
    except (OSError, smtplib.SMTPException) as error:
        raise SubmissionError(f"the connection failed: {error}") from None
    return {address: (code, _words(text)) for address, (code, text) in refused.items()}


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
