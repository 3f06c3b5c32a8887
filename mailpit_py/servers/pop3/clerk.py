"""Who does what POP3 sessions want of the sandbox, on other threads than the loop's."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from mailpit_py.application import maildrop
from mailpit_py.mail.downgrade import as_sent
from mailpit_py.servers.pop3.session import Discard, LogIn, Retrieve, Work
from mailpit_py.servers.sasl import Credentials
from mailpit_py.servers.settings import ReadingSettings
from mailpit_py.storage import Entry

if TYPE_CHECKING:
    from mailpit_py.application.sandbox import Sandbox

logger = logging.getLogger(__name__)


class Clerk:
    """Does the work of any number of sessions."""

    def __init__(self, sandbox: Sandbox, settings: ReadingSettings) -> None:
        self._store = sandbox.store
        self._inboxes = sandbox.inboxes
        self._settings = settings

    def do(self, work: Work) -> Any:
        """Return what this work is for."""
        match work:
            case LogIn(credentials, utf8):
                return self._log_in(credentials, utf8=utf8)
            case Retrieve(entry, _, utf8):
                raw = self._store.raw(entry.inbox, entry.public_id)
                return None if raw is None else as_sent(raw, utf8=utf8 or not entry.smtputf8)
            case Discard(entries):
                moved = maildrop.discard(self._store, entries)
                logger.info("pop3 moved %d messages to Trash", moved)
                return moved

    def _log_in(self, credentials: Credentials, *, utf8: bool) -> tuple[Entry, ...] | None:
        name, password = credentials.name, credentials.password
        inbox = maildrop.opened(self._inboxes, self._settings.accounts, name, password)
        if inbox is None:
            logger.warning("pop3 login of %r refused", name)
            return None
        entries = maildrop.entries(self._store, name, inbox, utf8=utf8)
        logger.info("pop3 login of %r sees %d messages", credentials.name, len(entries))
        return entries
