"""AUTH of one session (RFC 4954): which exchange is under way, and what came of it."""

from __future__ import annotations

from mailpit_py.mail.envelope import Reply
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp import sasl
from mailpit_py.servers.smtp.reply import Refused
from mailpit_py.servers.smtp.settings import SmtpSettings

FAILURES_LIMIT = 5


class Authentication:
    """The exchanges of AUTH in one session, without a verdict of its own.

    `begin`, `respond` and `reject` return the next challenge (334) or a refusal; None means that
    `credentials` are complete. `unique` makes the challenges of CRAM-MD5 differ from all others.
    """

    def __init__(self, settings: SmtpSettings, unique: str) -> None:
        self.credentials: sasl.Credentials | None = None
        self.failures = 0
        self._settings = settings
        self._unique = unique
        self._exchange: sasl.Exchange | None = None

    def refusal(self, mechanism: str, *, is_tls: bool) -> Reply | None:
        """Return why this mechanism cannot be used here, None if it can."""
        if not mechanism:
            return Reply(501, "5.5.4", "Malformed AUTH input (argument required)")
        if not (is_tls or self._settings.allow_insecure_auth):
            return replies.AUTH_NEEDS_TLS
        return None if mechanism in self._settings.mechanisms else replies.AUTH_UNKNOWN

    def begin(self, mechanism: str, initial: str) -> Reply | None:
        """Start an exchange; `initial` is the initial response as sent, empty for none."""
        challenge = f"<{self._unique}.{self.failures}@{self._settings.hostname}>".encode()
        try:
            response = sasl.decode(initial) if initial else None
            self._exchange = sasl.MECHANISMS[mechanism](response, challenge)
            return self._advance(None)
        except Refused as refused:
            return self.failed(refused.reply)

    def respond(self, line: bytes) -> Reply | None:
        """Take a response; `*` cancels."""
        if line == b"*":
            return self.failed(replies.AUTH_CANCELLED)
        try:
            return self._advance(sasl.decode(line.decode("utf-8", "surrogateescape")))
        except Refused as refused:
            return self.failed(refused.reply)

    def reject(self, mechanism: str) -> Reply:
        """Answer credentials that are wrong."""
        self._exchange = sasl.rejection(mechanism)
        if self._exchange is None:
            return self.failed(replies.AUTH_INVALID)
        return _challenge(next(self._exchange))

    def failed(self, reply: Reply) -> Reply:
        """End the exchange with a refusal."""
        self._exchange = None
        self.failures += 1
        return reply if self.failures <= FAILURES_LIMIT else replies.TOO_MANY_ERRORS

    def _advance(self, response: bytes | None) -> Reply | None:
        assert self._exchange is not None
        try:
            return _challenge(next(self._exchange) if response is None else self._exchange.send(response))
        except StopIteration as finished:
            self.credentials = finished.value
            return None


def _challenge(value: bytes) -> Reply:
    return Reply(334, "", sasl.encode(value))
