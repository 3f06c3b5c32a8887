"""One IMAP session (RFC 9051 §3): bytes in, bytes out, and work for the desk in between. No I/O."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from mailpit_py.application.inboxbook import is_token
from mailpit_py.application.maildrop import Reader
from mailpit_py.errors import MailpitError
from mailpit_py.servers.conversation import Want
from mailpit_py.servers.imap import response
from mailpit_py.servers.imap.buffer import Announced, CommandBuffer, Overlong
from mailpit_py.servers.imap.capability import capabilities
from mailpit_py.servers.imap.commands import RULES
from mailpit_py.servers.imap.mailbox_name import encode_utf7
from mailpit_py.servers.imap.problem import Bad, No
from mailpit_py.servers.imap.scanner import Scanner
from mailpit_py.servers.imap.view import View
from mailpit_py.servers.imap.work import Call, ReadNews, State, Work, ask
from mailpit_py.servers.settings import ReadingSettings
from mailpit_py.storage import Budget, Item

logger = logging.getLogger(__name__)

FAILURES_LIMIT = 5
LOGIN_TIMEOUT = 180  # seconds
MISTAKES_LIMIT = 50  # commands in a row that cannot be read
# Literals of who has not logged in, of commands other than APPEND, and those that wait for no consent
# (LITERAL- has clients keep to 4,096 octets, RFC 7888 §5).
SMALL_LITERAL = 64 * 1024


class Session:
    """A session; `greet` first, then `receive` and `advance` until it wants something.

    `output` is what is to be sent; whoever sends it empties it. `tick` is a number that changes
    whenever something may have happened in a folder. What APPEND holds is charged to the `budget`.
    """

    def __init__(
        self, settings: ReadingSettings, tick: Callable[[], int], *, is_tls: bool = False, budget: Budget | None = None
    ) -> None:
        self.output = bytearray()
        self.wants = Want.NOTHING
        self.settings = settings
        self.is_tls = is_tls
        self.token = ""
        self.reader: Reader | None = None
        self.view: View | None = None
        self.enabled: set[str] = set()
        self.work: Call | None = None
        self._state = State.NOT_AUTHENTICATED
        self._tick = tick
        self._seen_tick = -1
        self._buffer = CommandBuffer()
        self._budget = budget
        self._charged = 0
        self._running: tuple[str, str, Work[Any]] | None = None
        self._is_paused = False  # for a line: SASL, or IDLE
        self._then = Want.NOTHING  # what comes after the command is answered
        self._failures = 0
        self._mistakes = 0

    # What carries it

    @property
    def held_bytes(self) -> int:
        """How much was received and waits to be obeyed; what is missing of a literal is still wanted."""
        return 0 if self._buffer.missing_bytes else len(self._buffer)

    @property
    def idle_timeout(self) -> float:
        """Seconds of silence after which the connection is cut off; fewer for who has not logged in."""
        is_known = self._state is not State.NOT_AUTHENTICATED
        return self.settings.idle_timeout if is_known else min(self.settings.idle_timeout, LOGIN_TIMEOUT)

    @property
    def state(self) -> State:
        """Where the session is."""
        if self._state is State.AUTHENTICATED and self.view is not None:
            return State.SELECTED
        return self._state

    @property
    def is_idling(self) -> bool:
        """True while a client waits for news."""
        return self._is_paused and self._running is not None and self._running[1] == "IDLE"

    def greet(self) -> None:
        """Say the first line."""
        self.say(f"* OK [CAPABILITY {capabilities(self)}] {self.settings.software} IMAP server")

    def turn_away(self, why: str) -> None:
        """End the session before it began."""
        self.say(f"* BYE [UNAVAILABLE] {why}")
        self._end()

    def expel(self) -> None:
        """End the session: its token opens nothing any more (RFC 5530 §3: EXPIRED)."""
        self.say("* BYE [EXPIRED] the token of this session opens nothing any more")
        self._end()

    def receive(self, data: bytes) -> None:
        """Take in what was received; what is of a literal is charged, and not what was only announced."""
        if self._budget is not None and self._buffer.missing_bytes:
            self._budget.charge(len(data))
            self._charged += len(data)
        self._buffer.feed(data)

    def advance(self) -> None:
        """Obey what was received until something is wanted, or no command is whole."""
        while self.wants is Want.NOTHING and self._next():
            pass

    def wake(self) -> None:
        """Tell a client that waits for news that there may be some."""
        if self.is_idling and self.is_behind:
            self._step(None)

    def finish(self, result: Any) -> None:
        """Go on with what the work returned."""
        self._step(result)

    def fail(self, error: Exception) -> None:
        """Answer that the work cannot be done, or not at the moment."""
        if not isinstance(error, MailpitError):
            error = No("the sandbox cannot do this at the moment", "UNAVAILABLE")
        self._step(None, error)

    def secure(self) -> None:
        """Begin anew inside TLS (RFC 9051 §6.2.1): nothing said before counts."""
        self.wants = Want.NOTHING
        self.is_tls = True

    def close(self) -> None:
        """Give back the room that a command has which is not done."""
        if self._budget is not None and self._charged:
            self._budget.refund(self._charged)
        self._charged = 0

    # Lines in

    def _next(self) -> bool:
        """Take one line or command; False if none is whole."""
        if self._is_paused:
            return self._next_line()
        if self._running is not None:
            return False
        command = self._buffer.command()
        match command:
            case None:
                return False
            case Announced():
                self._consent(command)
            case Overlong(head):
                self._refuse(head, "BAD", "the line is too long")
            case _:
                self._obey(command)
        return True

    def _next_line(self) -> bool:
        line = self._buffer.line()
        if line is None:
            return False
        self._step(b"" if isinstance(line, Overlong) else line)
        return True

    def _consent(self, literal: Announced) -> None:
        """Take a literal that is announced, or not (RFC 7888 §4 and §5)."""
        limit = self._literal_limit(literal.head)
        if literal.size > limit or not (literal.is_waiting or literal.size <= SMALL_LITERAL):
            self._buffer.refuse()
            self._refuse(literal.head, "NO", f"[TOOBIG] at most {limit} octets")
            return
        if self._budget is not None and self._budget.is_over and literal.size > SMALL_LITERAL:
            self._buffer.refuse()
            self._refuse(literal.head, "NO", "[UNAVAILABLE] too much mail is on its way; try again")
            return
        self._buffer.accept()
        if literal.is_waiting:
            self.say("+ Ready for literal data")

    def _literal_limit(self, head: bytes) -> int:
        words = head.split(b" ", 2)
        is_append = self._state is State.AUTHENTICATED and len(words) > 2 and words[1].upper() == b"APPEND"
        return (self.settings.largest_append_bytes or 1 << 62) if is_append else SMALL_LITERAL

    def _refuse(self, head: bytes, word: str, text: str) -> None:
        try:
            tag = Scanner(head).tag()
        except Bad:
            tag = "*"
        self.say(f"{tag} {word} {text}")
        self._count_mistake()

    def _count_mistake(self) -> None:
        self._mistakes += 1
        if self._mistakes >= MISTAKES_LIMIT:
            self.say("* BYE too many commands that cannot be read")
            self._end()

    def _obey(self, line: bytes) -> None:
        scanner = Scanner(line, is_utf8=self.is_utf8)
        tag = "*"
        try:
            tag = scanner.tag()
            scanner.space()
            keyword = scanner.atom()
            if keyword == "UID":
                scanner.space()
                keyword = f"UID {scanner.atom()}"
            rule = RULES.get(keyword)
            if rule is None:
                raise Bad("there is no such command")
            if self.state not in rule.states:
                raise Bad(rule.out_of_place)
            if rule.has_arguments:
                scanner.space()
            else:
                scanner.end()
        except Bad as error:
            self.say(f"{tag} BAD {error}")
            self.close()
            self._count_mistake()
            return
        self._running = (tag, keyword, rule.call(self, scanner))
        self._step(None)

    # Work

    def _step(self, result: Any, error: Exception | None = None) -> None:
        """Let the command at work go on until it asks for something, or ends."""
        self.wants, self.work, self._is_paused = Want.NOTHING, None, False
        assert self._running is not None
        tag, keyword, work = self._running
        try:
            call = work.send(result) if error is None else work.throw(error)
        except StopIteration as end:
            self._conclude(f"{tag} OK {end.value or f'{keyword} completed'}")
        except Bad as problem:
            self._conclude(f"{tag} BAD {problem}")
            self._count_mistake()
        except No as problem:
            code = f"[{problem.code}] " if problem.code else ""
            self._conclude(f"{tag} NO {code}{problem}")
        except MailpitError as problem:
            self._conclude(f"{tag} NO [CANNOT] {problem}")
        except Exception:
            logger.exception("imap %s failed", keyword)
            self._conclude(f"{tag} NO [SERVERBUG] this is a fault of the sandbox; its log says more")
        else:
            self._is_paused = call is None
            if call is not None:
                self.wants, self.work = Want.WORK, call

    def _conclude(self, line: str) -> None:
        self._running = None
        self.close()
        self.say(line)
        if line.split(" ", 2)[1] == "OK":
            self._mistakes = 0
        self.wants, self._then = self._then, Want.NOTHING
        if self.wants is Want.HANDSHAKE:
            self._buffer.clear()  # what came before the handshake, nobody vouches for

    def _end(self) -> None:
        self._state = State.LOGOUT
        self.wants = Want.END

    # For commands

    @property
    def is_utf8(self) -> bool:
        """True if names and texts are UTF-8 (RFC 9051 §5.1, RFC 6855 §3)."""
        return bool(self.enabled & {"IMAP4REV2", "UTF8=ACCEPT"})

    @property
    def offers_starttls(self) -> bool:
        """True if STARTTLS may come next."""
        is_possible = self.settings.starttls and self.settings.ssl_context is not None
        return is_possible and not self.is_tls and self._state is State.NOT_AUTHENTICATED

    @property
    def tag(self) -> str:
        """The tag of the command at work."""
        return self._running[0] if self._running is not None else "*"

    def say(self, line: str) -> None:
        """Say a line."""
        self.output += line.encode("utf-8", "replace").replace(b"\r", b" ").replace(b"\n", b" ") + b"\r\n"

    def log_in(self, reader: Reader, password: str) -> None:
        """Be somebody from now on."""
        self.reader, self._state = reader, State.AUTHENTICATED
        self.token = password if is_token(password) else ""

    def count_failure(self) -> None:
        """Note that a password was wrong; after a few the session ends."""
        self._failures += 1
        if self._failures >= FAILURES_LIMIT:
            self.say("* BYE too many wrong passwords")
            self.leave()

    def leave(self) -> None:
        """End the session once the command is answered."""
        self._state, self._then = State.LOGOUT, Want.END

    def begin_handshake(self) -> None:
        """Wait for TLS once the command is answered."""
        self._then = Want.HANDSHAKE

    @property
    def is_behind(self) -> bool:
        """True if something may have happened in the selected folder since it was read."""
        return self.view is not None and self._tick() != self._seen_tick

    def select(self, view: View | None, tick: int = -1) -> None:
        """Have a folder before it, as it was at this tick, or none."""
        self.view, self._seen_tick = view, tick

    @property
    def tick(self) -> int:
        """The number to note before a folder is read."""
        return self._tick()

    def mailbox(self, name: str) -> str:
        """The name of a mailbox as this session reads it, in quotes where it needs them."""
        return response.astring(name if self.is_utf8 else encode_utf7(name))

    def tell_modseq(self) -> None:
        """Say the highest MODSEQ of the selected folder, or that it has none (RFC 7162 §3.1.2)."""
        if self.view is not None:
            code = f"HIGHESTMODSEQ {self.view.highest_modseq}" if self.view.selected.has_modseq else "NOMODSEQ"
            self.say(f"* OK [{code}] modification sequences")

    def read_news(self) -> Work[None]:
        """Read what happened in the selected folder, and tell nothing yet."""
        if self.is_behind and self.view is not None:
            wanted = ReadNews(self.view.selected.folder, self.view.cursor, self._tick())
            news = yield from ask(wanted)
            self._seen_tick = wanted.tick
            self.view.take(news)

    def catch_up(self, *, tells_expunged: bool = True, silent: frozenset[int] = frozenset()) -> Work[None]:
        """Read what happened in the selected folder, and tell it (RFC 9051 §5.2).

        Nothing is told of the flags of the UIDs that are `silent`.
        """
        yield from self.read_news()
        self.tell(tells_expunged=tells_expunged, silent=silent)

    def tell(self, *, tells_expunged: bool, silent: frozenset[int] = frozenset()) -> None:
        """Say what is new in the selected folder and has not been said."""
        view = self.view
        if view is None:
            return
        self._tell_keywords(view)
        if tells_expunged:
            for number in view.expunged():
                self.output += b"* %d EXPUNGE\r\n" % number
        if len(view) != view.told_length:
            view.told_length = len(view)
            self.output += b"* %d EXISTS\r\n" % len(view)
        view.is_told(silent)
        for number, item in view.changed():
            self.output += self.flags_of(number, item)

    def _tell_keywords(self, view: View) -> None:
        """Say which flags are in use, at first and when there are more (RFC 9051 §7.3.5)."""
        if view.keywords <= view.told_keywords:
            return
        view.told_keywords |= view.keywords
        known = view.told_keywords
        permanent = [] if view.selected.is_read_only else [*known, "\\*"]
        self.output += b"* FLAGS " + response.flag_list(known) + b"\r\n"
        self.output += b"* OK [PERMANENTFLAGS " + response.flag_list(permanent) + b"] what can be changed\r\n"

    def flags_of(self, number: int, item: Item, *, with_uid: bool = False) -> bytes:
        """The FETCH that tells flags as this session wants it."""
        return response.flags_of(
            number,
            item,
            with_uid=with_uid or bool(self.enabled & {"CONDSTORE", "IMAP4REV2"}),
            with_modseq=self.wants_modseq,
        )

    @property
    def wants_modseq(self) -> bool:
        """True if changes are told with their MODSEQ (RFC 7162 §3.2)."""
        return "CONDSTORE" in self.enabled and self.view is not None and self.view.selected.has_modseq
