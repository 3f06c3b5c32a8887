"""One POP3 session (RFC 1939): bytes in, bytes out, and what it wants of the world in between. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from mailpit_py.application.inboxbook import is_token
from mailpit_py.mail.wire import stuffed, top
from mailpit_py.servers.conversation import Want
from mailpit_py.servers.pop3 import grammar
from mailpit_py.servers.pop3.grammar import Command, LineBuffer
from mailpit_py.servers.pop3.maildrop import Maildrop
from mailpit_py.servers.sasl import Credentials, plain
from mailpit_py.servers.settings import ReadingSettings
from mailpit_py.storage import Entry

FAILURES_LIMIT = 5
NO_SUCH_MESSAGE = "no such message"


class State(Enum):
    """Where a session is (RFC 1939 §3)."""

    AUTHORIZATION = auto()
    TRANSACTION = auto()
    UPDATE = auto()


@dataclass(frozen=True, slots=True)
class LogIn:
    """Work: the maildrop of these credentials, as its entries; None if they are wrong. `utf8`: RFC 6856."""

    credentials: Credentials
    utf8: bool


@dataclass(frozen=True, slots=True)
class Retrieve:
    """Work: the lines of a message, each of which ends in CRLF; None if it is gone. `body_lines` are wanted, or all."""

    entry: Entry
    body_lines: int | None
    utf8: bool


@dataclass(frozen=True, slots=True)
class Discard:
    """Work: these messages moved to Trash."""

    entries: tuple[Entry, ...]


Work = LogIn | Retrieve | Discard


class Session:
    """A session; `greet` first, then `receive` and `advance` until it wants something.

    `output` is what is to be sent; whoever sends it empties it.
    """

    def __init__(self, settings: ReadingSettings, *, is_tls: bool = False) -> None:
        self.output = bytearray()
        self.state = State.AUTHORIZATION
        self.wants = Want.NOTHING
        self.work: Work | None = None
        self.maildrop = Maildrop(())
        self.is_tls = is_tls
        self.token = ""
        self._settings = settings
        self._buffer = LineBuffer()
        self._name: str | None = None
        self._is_utf8 = False
        self._is_in_sasl = False
        self._failures = 0

    @property
    def held_bytes(self) -> int:
        """How much was received and is still to be read."""
        return len(self._buffer)

    @property
    def idle_timeout(self) -> float:
        """Seconds of silence after which the connection is cut off, without an UPDATE (RFC 1939 §3)."""
        return self._settings.idle_timeout

    def greet(self) -> None:
        """Say the first line."""
        self._ok(f"{self._settings.software} POP3 server")

    def turn_away(self, why: str) -> None:
        """End the session before it began (RFC 3206 §4: SYS/TEMP)."""
        self._error(f"[SYS/TEMP] {why}")
        self.wants = Want.END

    def expel(self) -> None:
        """End the session, without an UPDATE: its token opens nothing any more (RFC 3206 §4: AUTH)."""
        self._error("[AUTH] the token of this session opens nothing any more")
        self.wants = Want.END

    def receive(self, data: bytes) -> None:
        """Take in what was received."""
        self._buffer.feed(data)

    def advance(self) -> None:
        """Obey what was received until something is wanted, or no line is whole."""
        while self.wants is Want.NOTHING:
            limit = grammar.RESPONSE_LIMIT if self._is_in_sasl else grammar.LINE_LIMIT
            lines = self._buffer.lines(limit)
            if not lines:
                return
            if lines[0] is None:
                self._is_in_sasl = False
                self._error("line too long")
            elif self._is_in_sasl:
                self._respond(lines[0])
            else:
                self._obey(grammar.parse(lines[0]))

    def close(self) -> None:
        """Nothing is held; what was marked stays where it is (RFC 1939 §6)."""

    def wake(self) -> None:
        """Nothing is told that nobody asked for (RFC 1939 §3)."""

    # Answers to what it wants

    def finish(self, result: Any) -> None:
        """Go on with what the work came to."""
        work = self._settle()
        match work:
            case LogIn(credentials):
                self._open(result)
                self.token = credentials.password if result is not None and is_token(credentials.password) else ""
            case Retrieve():
                self._send(result, work.body_lines)
            case _:
                self.leave()

    def _open(self, entries: tuple[Entry, ...] | None) -> None:
        """Go on with the maildrop of a login; after a few wrong ones the session ends."""
        if entries is not None:
            self.maildrop = Maildrop(entries)
            self.state = State.TRANSACTION
            self._ok("signed in")
            return
        self._failures += 1
        self._error("[AUTH] invalid name or password")
        if self._failures >= FAILURES_LIMIT:
            self.wants = Want.END

    def _send(self, lines: bytes | None, body_lines: int | None) -> None:
        if lines is None:
            self._error(f"{NO_SUCH_MESSAGE} any more")
        elif body_lines is None:
            self._ok(f"{len(lines)} octets")
            self.output += stuffed(lines)
        else:
            self._ok("top of message follows")
            self.output += stuffed(top(lines, body_lines))

    def leave(self) -> None:
        """Say goodbye after the UPDATE state."""
        self._ok("goodbye")
        self.wants = Want.END

    def secure(self) -> None:
        """Begin anew inside TLS (RFC 2595 §4): nothing said before counts."""
        self._settle()
        self.is_tls = True
        self._name = None

    def fail(self, error: Exception) -> None:
        """Answer that what is wanted cannot be done at the moment (RFC 3206 §4: SYS/TEMP)."""
        work = self._settle()
        self._error("[SYS/TEMP] the sandbox cannot do this at the moment")
        if isinstance(work, Discard):
            self.wants = Want.END

    def _ask(self, work: Work) -> None:
        self.wants, self.work = Want.WORK, work

    def _settle(self) -> Work | None:
        work = self.work
        self.wants, self.work = Want.NOTHING, None
        return work

    # Commands

    def _obey(self, command: Command) -> None:
        rule = _RULES.get(command.keyword)
        if rule is None:
            self._error("unknown command")
        elif self.state not in rule.states:
            self._error(rule.out_of_place)
        elif not rule.takes_line and not rule.fewest <= len(command.arguments) <= rule.most:
            self._error(rule.usage)
        else:
            rule.call(self, command)

    def _capa(self, command: Command) -> None:
        lines = ["TOP", "USER", "UIDL", "SASL PLAIN", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "EXPIRE NEVER"]
        lines += ["UTF8 USER", *(["STLS"] if self._offers_stls else []), "IMPLEMENTATION mailpit-py"]
        self._ok("capability list follows")
        self._list(lines)

    def _user(self, command: Command) -> None:
        self._name = command.arguments[0]
        self._ok()

    def _pass(self, command: Command) -> None:
        # RFC 1939 §7: after USER only; blanks belong to the password
        name, self._name = self._name, None
        if name is None:
            self._error("must supply a user")
        elif not command.rest:
            self._error("must supply a password")
        else:
            self._log_in(Credentials(name, command.rest))

    def _auth(self, command: Command) -> None:
        match command.arguments:
            case []:
                self._ok("mechanisms follow")
                self._list(["PLAIN"])
            case [mechanism, *_] if mechanism.upper() != "PLAIN":
                self._error("unknown mechanism")
            case [_, response]:
                self._log_in(plain(response))
            case _:
                self._is_in_sasl = True
                self.output += b"+ \r\n"

    def _respond(self, line: bytes) -> None:
        """Take the response to the empty challenge; `*` cancels (RFC 5034 §4)."""
        self._is_in_sasl = False
        if line == b"*":
            self._error("cancelled")
        else:
            self._log_in(plain(line.decode("utf-8", "surrogateescape")))

    def _log_in(self, credentials: Credentials | None) -> None:
        if credentials is None:
            self._error("malformed credentials")
        else:
            self._ask(LogIn(credentials, self._is_utf8))

    def _stls(self, command: Command) -> None:
        if not self._offers_stls:
            self._error("TLS is active already" if self.is_tls else "no TLS here")
            return
        self._ok("begin TLS")
        self._buffer.clear()  # what came before the handshake, nobody vouches for
        self.wants = Want.HANDSHAKE

    def _utf8(self, command: Command) -> None:
        self._is_utf8 = True  # RFC 6856 §2.1: what is not asked for, is down-converted
        self._ok("messages are sent as they are")

    def _stat(self, command: Command) -> None:
        self._ok(f"{len(self.maildrop)} {self.maildrop.octets}")

    def _list_sizes(self, command: Command) -> None:
        maildrop = self.maildrop
        heading = f"{len(maildrop)} messages ({maildrop.octets} octets)"
        self._tell(command, heading, lambda entry: str(entry.size_octets))

    def _list_ids(self, command: Command) -> None:
        self._tell(command, "unique-id listing follows", lambda entry: entry.public_id)

    def _tell(self, command: Command, heading: str, say: Callable[[Entry], str]) -> None:
        if not command.arguments:
            self._ok(heading)
            self._list([f"{number} {say(entry)}" for number, entry in self.maildrop])
            return
        number = grammar.number(command.arguments[0])
        entry = self.maildrop[number]
        if entry is None:
            self._error(NO_SUCH_MESSAGE)
        else:
            self._ok(f"{number} {say(entry)}")

    def _retr(self, command: Command) -> None:
        self._fetch(command.arguments[0], None)

    def _top(self, command: Command) -> None:
        lines = grammar.count(command.arguments[1])
        if lines is None:
            self._error("the number of lines is 0 or more")
        else:
            self._fetch(command.arguments[0], lines)

    def _fetch(self, word: str, body_lines: int | None) -> None:
        entry = self.maildrop[grammar.number(word)]
        if entry is None:
            self._error(NO_SUCH_MESSAGE)
        else:
            self._ask(Retrieve(entry, body_lines, self._is_utf8))

    def _dele(self, command: Command) -> None:
        number = grammar.number(command.arguments[0])
        if self.maildrop[number] is None:
            self._error(NO_SUCH_MESSAGE)
        else:
            self.maildrop.mark(number)
            self._ok("message marked for deletion")

    def _noop(self, command: Command) -> None:
        self._ok()

    def _rset(self, command: Command) -> None:
        self.maildrop.unmark_all()
        self._ok()

    def _quit(self, command: Command) -> None:
        if self.state is State.TRANSACTION:
            self.state = State.UPDATE
        if self.maildrop.marked:
            self._ask(Discard(self.maildrop.marked))
        else:
            self.leave()

    # Words

    @property
    def _offers_stls(self) -> bool:
        is_possible = self._settings.starttls and self._settings.ssl_context is not None
        return is_possible and not self.is_tls and self.state is State.AUTHORIZATION

    def _ok(self, text: str = "") -> None:
        self._say(f"+OK {text}" if text else "+OK")

    def _error(self, text: str) -> None:
        self._say(f"-ERR {text}")

    def _list(self, lines: list[str]) -> None:
        self.output += "".join(f"{line}\r\n" for line in lines).encode() + b".\r\n"

    def _say(self, line: str) -> None:
        self.output += line.encode() + b"\r\n"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a command may stand, how many arguments it has, and who obeys it."""

    call: Callable[[Session, Command], None]
    states: frozenset[State]
    fewest: int = 0
    most: int = 0
    usage: str = "this command takes no arguments"
    out_of_place: str = "user not authenticated"
    takes_line: bool = False


_ANY = frozenset({State.AUTHORIZATION, State.TRANSACTION})
_BEFORE = frozenset({State.AUTHORIZATION})
_AFTER = frozenset({State.TRANSACTION})

_RULES = {
    "CAPA": Rule(Session._capa, _ANY),
    "QUIT": Rule(Session._quit, _ANY),
    "USER": Rule(Session._user, _BEFORE, 1, 1, "must supply a user", "user already specified"),
    "PASS": Rule(Session._pass, _BEFORE, out_of_place="user not specified", takes_line=True),
    "AUTH": Rule(Session._auth, _BEFORE, 0, 2, "AUTH takes a mechanism and a response", "already signed in"),
    "STLS": Rule(Session._stls, _BEFORE, out_of_place="only before signing in"),
    "UTF8": Rule(Session._utf8, _BEFORE, out_of_place="only before signing in"),
    "STAT": Rule(Session._stat, _AFTER),
    "LIST": Rule(Session._list_sizes, _AFTER, 0, 1, "LIST takes at most one argument"),
    "UIDL": Rule(Session._list_ids, _AFTER, 0, 1, "UIDL takes at most one argument"),
    "RETR": Rule(Session._retr, _AFTER, 1, 1, "RETR requires one argument"),
    "TOP": Rule(Session._top, _AFTER, 2, 2, "TOP requires two arguments"),
    "DELE": Rule(Session._dele, _AFTER, 1, 1, "DELE requires one argument"),
    "NOOP": Rule(Session._noop, _AFTER),
    "RSET": Rule(Session._rset, _AFTER),
}
