"""A sandbox in this process: started in milliseconds, many side by side, nothing left behind."""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from mailpit_py.application.waiting import Watch
from mailpit_py.checks.wanted import Wanted
from mailpit_py.client import Client
from mailpit_py.config import Config
from mailpit_py.errors import StorageError, is_told
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Line
from mailpit_py.node import Node
from mailpit_py.storage import DEFAULT_INBOX, EVERY_INBOX, AttemptSummary, Cursor
from mailpit_py.testing.source import Arrivals, Letter, Place, Refusal
from mailpit_py.testing.view import TIMEOUT, View

__tracebackhide__ = is_told

FREE = "localhost:0"
HOST = "127.0.0.1"
BEAT = 0.25  # seconds after which a wait that nobody waits for any more ends
NEWEST = 10_000


class Mailpit:
    """A server for tests. Its `with` gives a View of the mail that comes; `view()` gives further ones.

    Options are those of Config, by name; all mail is kept. `tls=True` makes a certificate and offers
    STARTTLS, `starttls="required"` also refuses mail before it; `auth=("ann", "secret")` asks for
    that name and password. Raises ConfigError for options that cannot be used.
    """

    def __init__(
        self,
        *,
        timeout: float = TIMEOUT,
        tls: bool = False,
        starttls: str = "",
        auth: tuple[str, str] | None = None,
        **options: Any,
    ) -> None:
        self._timeout = timeout
        self._tls = tls or bool(starttls)
        self._auth = auth
        if unknown := options.keys() - Config.__dataclass_fields__.keys():
            raise TypeError(f"the sandbox has no option {', '.join(sorted(unknown))}; `mailpit-py --help` lists them")
        self._options = {"smtp": FREE, "listen": FREE, "max": 0, **options}
        if starttls == "required":
            self._options["smtp_require_starttls"] = True
        if auth is not None:
            self._options["smtp_auth"] = ":".join(auth)
        self._stack = contextlib.ExitStack()
        self._source: LocalSource | None = None

    def start(self) -> View:
        """Start, and return a view of the mail from now on. `stop` ends it."""
        with contextlib.ExitStack() as stack:
            ca_path = self._make_certificate(stack) if self._tls else None
            node = stack.enter_context(Node(Config(**self._options)))
            user, password = self._auth or ("", "")
            place = Place(HOST, node.smtp_port, node.url, user, password, ca_path)
            self._source = LocalSource(node, place)
            self._stack = stack.pop_all()
        return self.view()

    def stop(self) -> None:
        """Stop, and leave nothing behind. May be called twice."""
        self._stack.close()
        self._source = None

    def view(self, *, timeout: float | None = None) -> View:
        """Return a view of the mail from now on."""
        if self._source is None:
            raise RuntimeError("the server is not running; start it, or use it in a `with`")
        return View(self._source, timeout=self._timeout if timeout is None else timeout)

    @property
    def node(self) -> Node:
        """The running sandbox itself."""
        if self._source is None:
            raise RuntimeError("the server is not running; start it, or use it in a `with`")
        return self._source.node

    def __enter__(self) -> View:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _make_certificate(self, stack: contextlib.ExitStack) -> Path:
        """Write a certificate that lives as long as the server; return the file of its authority."""
        import trustme

        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailpit-py-tls-")))
        authority = trustme.CA(organization_name="mailpit-py")
        issued = authority.issue_cert("localhost", HOST, "::1")
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
        self._options["smtp_tls_cert"] = self._options["smtp_tls_key"] = str(folder / "server.pem")
        return folder / "ca.pem"


class LocalSource:
    """The node of this process, read without a detour."""

    is_shared = False
    key = ""

    def __init__(self, node: Node, place: Place) -> None:
        self.node = node
        self.place = place
        self._store = node.store
        self._pass = node.sandbox.inboxes.pass_to(EVERY_INBOX)

    def isolated(self) -> None:
        """Need no inbox: nobody else uses this server."""

    def close(self) -> None:
        """Leave the server to who has started it."""

    def mark(self) -> Cursor:
        """Return the place after everything that has come."""
        return self._store.head()

    def arrivals(self, since: Cursor, timeout: float, is_over: Callable[[], bool], token: str) -> Arrivals:
        """Wait on the journal."""
        watch = Watch(self._store, DEFAULT_INBOX, Wanted(), since=since)
        for _ in watch.run(timeout, beat=BEAT):
            if is_over():
                break
        if watch.closed:
            raise StorageError("the server has been stopped")
        letters = [self.letter(one.summary.public_id) for one in watch.matches]
        there = tuple(one for one in letters if one is not None)
        gone = watch.unseen + len(letters) - len(there)
        return Arrivals(there, watch.cursor, tuple(map(_refusal, watch.refused)), gone)

    def letter(self, id: str) -> Letter | None:
        """Read one message."""
        stored, raw = self._store.message(DEFAULT_INBOX, id), self._store.raw(DEFAULT_INBOX, id)
        if stored is None or raw is None:
            return None
        session = stored.session.session if stored.session else None
        return Letter(id, read(raw), stored.envelope, session, stored.summary.received_at)

    def found(self, query: str) -> frozenset[str]:
        """Search in the database."""
        page = self._store.page(DEFAULT_INBOX, query=self._store.parse_query(query), limit=NEWEST)
        return frozenset(row.public_id for row in page.items)

    def page_of(self, id: str) -> str:
        """The page of this process."""
        return f"{self.place.url}messages/{id}"

    def transcript(self, id: str) -> tuple[Line, ...]:
        """Read the dialogue."""
        return self._store.transcript(DEFAULT_INBOX, id)

    def api(self) -> Client:
        """Ask over HTTP, as everybody does; the page's password, of which a hash may be all there is, is not needed."""
        return Client(self.place.url, token=self._pass, tls=_unchecked() if self.node.config.ui_tls_cert else None)


def _unchecked() -> ssl.SSLContext:
    """TLS to this process's own socket, whatever its certificate: nobody else can be there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _refusal(attempt: AttemptSummary) -> Refusal:
    reply = attempt.reply
    words = f"{reply.code} {reply.status} {reply.text}"
    return Refusal(attempt.stage, attempt.reverse_path, tuple(address for address, _ in attempt.recipients), words)
