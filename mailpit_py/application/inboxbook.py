"""The inboxes of a sandbox: made by hand or by mail for them, opened by tokens, gone when nobody uses them."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any

from mailpit_py.application.clock import Clock
from mailpit_py.application.routing import Router, Routing
from mailpit_py.config.inbox import INBOX_NAME
from mailpit_py.errors import MailpitError, NotFound, Taken
from mailpit_py.storage import DEFAULT_INBOX, PATIENCE, Inbox, Store

logger = logging.getLogger(__name__)

TOKEN_MARK = "mpi_"  # by which a password is known to be a token, also one that opens nothing any more
INBOXES_AT_MOST = 1_000
TTL_SECONDS = 86_400
API, MAIL, OPTIONS = "api", "mail", "options"


@dataclass(frozen=True, slots=True)
class Issued:
    """An inbox and its token, which is shown this once: only its hash is kept."""

    inbox: Inbox
    token: str


class InboxBook:
    """All inboxes. Every method may be called from any thread; `router`, `opened_by` and `house` never wait.

    `ttl_seconds` is how long an inbox that mail has made lives after its last use, None for ever;
    more than `at_most` are not made by mail. `on_change` are called after each change, `on_removal`
    with the name of an inbox that is gone, and `on_loss` once a token opens nothing any more.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        routing: Routing | None = None,
        *,
        ttl_seconds: int | None = TTL_SECONDS,
        at_most: int = INBOXES_AT_MOST,
    ) -> None:
        self.ttl_seconds = ttl_seconds
        self.on_change: list[Callable[[], None]] = []
        self.on_removal: list[Callable[[str], None]] = []
        self.on_loss: list[Callable[[], None]] = []
        self._store = store
        self._clock = clock
        self._at_most = at_most
        self._routing = routing or Routing()
        self._editing = RLock()  # never held while the writer is waited for
        self._known: dict[str, Inbox] = {one.name: one for one in store.inbox_table.all()}
        self._by_token: dict[str, str] = {}
        self._by_key: dict[str, str] = {}
        self._used: dict[str, int] = {}  # not yet written
        self._passes: dict[str, str] = {}  # of this process
        self.router = Router(self._routing)
        self._arrange()

    # what there is

    @property
    def all(self) -> tuple[Inbox, ...]:
        """All inboxes, the oldest first."""
        return tuple(map(self._current, self._known.values()))

    def find(self, name: str) -> Inbox:
        """The inbox of this name. Raises NotFound."""
        found = self._known.get(name)
        if found is None:
            raise NotFound(f"there is no inbox {name!r}")
        return self._current(found)

    def __contains__(self, name: str) -> bool:
        """True if there is an inbox of this name."""
        return name in self._known

    @property
    def has_span(self) -> bool:
        """True while an inbox goes by itself, or its mail does by age."""
        return any(one.ttl_seconds is not None or one.max_age_seconds for one in self._known.values())

    # who may see what

    @property
    def has_tokens(self) -> bool:
        """True while a token opens an inbox."""
        return bool(self._by_token)

    def opened_by(self, secret: str) -> str | None:
        """The inbox that a token opens, `*` for one that opens all; None for a word that is no token of now."""
        if not is_token(secret):
            return None
        digest = _digest(secret)
        return self._passes.get(digest) or self._by_token.get(digest)

    def still_opens(self, secret: str) -> bool:
        """False for a token that was issued some time, and opens nothing any more."""
        return self.opened_by(secret) is not None

    def pass_to(self, inbox: str) -> str:
        """A token to an inbox, or to `*`, that this process takes as long as it runs and that nobody else can know."""
        token = _new_token()
        self._passes[_digest(token)] = inbox
        return token

    # changes

    def create(self, name: str = "", *, with_token: bool = True, **settings: Any) -> Issued:
        """Make an inbox, with a name of its own if none is given; `settings` are fields of Inbox.

        Its key leads mail to it. Raises Taken, or ValueError for a name that cannot be one.
        """
        name = name or f"inbox-{secrets.token_hex(6)}"
        if not INBOX_NAME.fullmatch(name):
            raise ValueError("a name is of a-z, 0-9 and ._@-, begins with a letter or digit, and has 64 at most")
        token = _new_token() if with_token else ""
        now = self._clock.wall()
        made = Inbox(
            name=name,
            created_at=now,
            used_at=now,
            token_hash=_digest(token) if token else "",
            **{"origin": API, "key": _new_key(), **settings},
        )
        with self._editing:
            if name in self._known:
                raise Taken(f"there is an inbox {name!r} already")
            written = self._store.inbox_table.add(made)
            self._put(made)
        self._await(written, name)
        return Issued(self._tell(made), token)

    def keep_open(self, names: Iterable[str]) -> None:
        """Make sure that the inboxes are there which options name; they go by themselves no more."""
        for name in names:
            if name not in self._known:
                self.create(name, with_token=False, origin=OPTIONS, key="")
            elif self._known[name].ttl_seconds is not None:
                self.change(name, ttl_seconds=None)

    def change(self, name: str, **changes: Any) -> Inbox:
        """Change fields of an inbox. Raises NotFound."""
        with self._editing:
            before = self.find(name)
            changed = replace(before, used_at=self._clock.wall(), **changes)
            written = self._store.inbox_table.save(changed)
            self._put(changed)
        self._tell_loss(before, changed)
        written.result(PATIENCE)
        return self._tell(changed)

    def rotate(self, name: str) -> Issued:
        """Give an inbox another token, the first one too: what was issued before opens it no more. Raises NotFound."""
        token = _new_token()
        key = self.find(name).key or _new_key()
        return Issued(self.change(name, token_hash=_digest(token), key=key), token)

    def revoke(self, name: str) -> Inbox:
        """Take the token of an inbox back. Raises NotFound."""
        return self.change(name, token_hash="")

    def remove(self, name: str) -> Inbox:
        """Remove an inbox with everything in it. Raises NotFound, ValueError for the first one, which stays."""
        if name == DEFAULT_INBOX:
            raise ValueError(f"the inbox {DEFAULT_INBOX!r} stays")
        with self._editing:
            gone = self.find(name)
            self._forget(name)  # first: no mail that comes now is for it
            written = self._store.inbox_table.remove(name)
        self._tell_loss(gone)
        written.result(PATIENCE)
        for tell in self.on_removal:
            tell(name)
        return self._tell(gone)

    @property
    def routing(self) -> Routing:
        """What chooses inboxes by name."""
        return self._routing

    def route_by(self, routing: Routing) -> None:
        """Choose inboxes so from now on, until the next start."""
        with self._editing:
            self._routing = routing
            self._arrange()

    # what mail asks

    def house(self, name: str) -> str:
        """The inbox in which mail for this name is kept: its own, made if it must be, or the first if there is no room.

        It is made by the writer, before whatever is queued after this call.
        """
        if name == DEFAULT_INBOX:
            return name
        if name not in self._known and not self._make(name):
            return DEFAULT_INBOX
        self.touch(name)
        return name

    def touch(self, name: str) -> None:
        """Note that an inbox is used."""
        if name in self._known and name != DEFAULT_INBOX:
            self._used[name] = self._clock.wall()

    def expire(self) -> tuple[str, ...]:
        """Remove the inboxes whose time is over, and write down when the others were used; return the removed names."""
        with self._editing:
            noted, self._used = self._used, {}
            used = dict(noted)  # `touch`, which waits for nobody, may have it in its hands still
            for name, at in used.items():
                if name in self._known:
                    self._known[name] = replace(self._known[name], used_at=at)
        if used:
            self._store.inbox_table.touch(used).result(PATIENCE)
        now = self._clock.wall()
        over = [one.name for one in self.all if one.expires_at is not None and one.expires_at <= now]
        for name in over:
            self.remove(name)
            logger.info("inbox=%s expired", name)
        return tuple(over)

    def _make(self, name: str) -> bool:
        with self._editing:
            if name in self._known:
                return True
            if reason := self._obstacle(name):
                logger.warning("inbox=%s is not made, %s; its mail comes into the first", name, reason)
                return False
            now = self._clock.wall()
            made = Inbox(name=name, created_at=now, used_at=now, origin=MAIL, ttl_seconds=self.ttl_seconds)
            written = self._store.inbox_table.add(made)
            self._put(made)
        written.add_done_callback(lambda done: self._made(name, done))
        self._tell(made)
        return True

    def _obstacle(self, name: str) -> str:
        """Why mail makes no inbox of this name, or an empty text."""
        if not INBOX_NAME.fullmatch(name):
            return "this is no name for one"
        return f"there are {len(self._known)} already" if len(self._known) >= self._at_most else ""

    def _made(self, name: str, done: Future[None]) -> None:
        if (error := done.exception()) is not None:
            logger.warning("inbox=%s could not be made: %s", name, error)
            with self._editing:
                self._forget(name)

    def _await(self, written: Future[None], name: str) -> None:
        """Wait for the commit of a new inbox; without it there is none."""
        try:
            written.result(PATIENCE)
        except MailpitError:
            with self._editing:
                self._forget(name)
            raise

    # in memory

    def _current(self, inbox: Inbox) -> Inbox:
        used_at = self._used.get(inbox.name)
        return inbox if used_at is None else replace(inbox, used_at=used_at)

    def _put(self, inbox: Inbox) -> None:
        self._known = {**self._known, inbox.name: inbox}
        self._used.pop(inbox.name, None)
        self._arrange()

    def _forget(self, name: str) -> None:
        self._known = {known: one for known, one in self._known.items() if known != name}
        self._used.pop(name, None)
        self._arrange()

    def _arrange(self) -> None:
        inboxes = self._known.values()
        self._by_token = {one.token_hash: one.name for one in inboxes if one.token_hash}
        self._by_key = {one.key: one.name for one in inboxes if one.key}
        self.router = Router(self._routing, self._by_key.get, bool(self._by_key))

    def _tell_loss(self, before: Inbox, after: Inbox | None = None) -> None:
        """Let all who came in by a token look whether theirs still opens anything, if that of an inbox does not."""
        if before.token_hash and (after is None or after.token_hash != before.token_hash):
            for tell in self.on_loss:
                tell()

    def _tell(self, inbox: Inbox) -> Inbox:
        for tell in self.on_change:
            tell()
        return inbox


def is_token(secret: str) -> bool:
    """True for what was issued as a token some time, whether or not it still opens anything."""
    return secret.startswith(TOKEN_MARK)


def _new_token() -> str:
    return TOKEN_MARK + secrets.token_urlsafe(24)


def _new_key() -> str:
    return secrets.token_hex(6)


def _digest(token: str) -> str:
    # 192 random bits: no salt and no slow hash are needed against guessing
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
