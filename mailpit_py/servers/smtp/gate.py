"""Who may come in by AUTH: by the token of an inbox, or with a name and a password."""

from __future__ import annotations

from mailpit_py.application.account import Accounts
from mailpit_py.application.inboxbook import InboxBook, is_token
from mailpit_py.servers.smtp import sasl
from mailpit_py.storage import EVERY_INBOX


class Gate:
    """Judges the credentials of one session, and keeps the `token` by which it was opened."""

    def __init__(self, inboxes: InboxBook, accounts: Accounts | None) -> None:
        self.token = ""
        self._inboxes = inboxes
        self._accounts = accounts

    def judge_at_once(self, credentials: sasl.Credentials) -> tuple[bool, str] | None:
        """Whether they are right, and for which inbox all mail then is; None if `judge` has to say."""
        if is_token(credentials.proof):
            inbox = self._inboxes.opened_by(credentials.proof)
            self.token = credentials.proof if inbox is not None else ""
            return inbox is not None, "" if inbox == EVERY_INBOX else inbox or ""
        if self._accounts is None or self._accounts.was_accepted(credentials.identity, credentials.proof):
            return True, ""
        return None

    def judge(self, credentials: sasl.Credentials) -> bool:
        """Whether name and password are right: bcrypt takes a quarter of a second, which the loop does not have."""
        return self._accounts is None or sasl.is_right(credentials, self._accounts)

    @property
    def has_closed(self) -> bool:
        """True once the token of the session opens nothing any more."""
        return bool(self.token) and not self._inboxes.still_opens(self.token)
