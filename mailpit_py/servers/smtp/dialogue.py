"""The SMTP and LMTP dialogue as a state machine: commands in, replies out, without sockets and clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto

from mailpit_py.mail.envelope import Reply, Session
from mailpit_py.servers.smtp import grammar, greeting, sasl
from mailpit_py.servers.smtp import reply as replies
from mailpit_py.servers.smtp.authentication import Authentication
from mailpit_py.servers.smtp.content import DISCARD_LIMIT
from mailpit_py.servers.smtp.effect import Decides, Effects
from mailpit_py.servers.smtp.extension import NONE_HIDDEN, is_command_hidden
from mailpit_py.servers.smtp.reply import Refused, bad_sequence, syntax_error
from mailpit_py.servers.smtp.settings import SmtpSettings
from mailpit_py.servers.smtp.transaction import NO_ENVELOPE, MailTransaction, Refusal
from mailpit_py.servers.smtp.transcript import MASK
from mailpit_py.simulation.decision import Decision
from mailpit_py.simulation.stage import Stage

# RFC 3207 §4: what may be said before STARTTLS where TLS is required. BDAT's octets must be taken all the same.
_BEFORE_TLS = frozenset({"EHLO", "LHLO", "HELO", "NOOP", "QUIT", "STARTTLS", "HELP", "BDAT"})
_NEEDS_AUTH = frozenset({"MAIL", "RCPT", "DATA", "VRFY", "EXPN"})

# What was meant as AUTH, even if it is not obeyed: credentials may follow it.
_AUTH = re.compile(rb"\W*auth\b", re.IGNORECASE)
_AUTH_PARTS = re.compile(rb"(?P<verb>\W*auth)(?:(?P<gap>\W+)(?P<mechanism>[A-Z0-9_-]+)(?P<rest>.*)|.*)", re.I | re.S)
_MECHANISM = re.compile(r"[A-Z0-9_-]{1,20}")  # RFC 4422 §3.1


class Expect(Enum):
    """What the dialogue waits for."""

    COMMAND = auto()
    RESPONSE = auto()  # of AUTH: a line for `respond`
    VERDICT = auto()  # on `auth.credentials`: `judge`
    HANDSHAKE = auto()  # of TLS: `secure`
    HELLO = auto()  # of a TLS handshake that is to fail
    CONTENT = auto()  # up to CRLF "." CRLF: `take_content`
    OCTETS = auto()  # as many as `mail.chunk` says: `take_octets`
    RECEIPT = auto()  # of what is to be handed over: `acknowledge` or `fail`
    PAUSE = auto()  # on purpose, until `go_on`
    END = auto()  # of the connection, once the reply is sent

    __hash__ = object.__hash__  # that of enumerations is no C function; members are what they are


class Dialogue:
    """One session from greeting to end.

    `expects` says which method comes next. Methods return the reply to send, or None when there is
    none yet. `simulator` decides, synchronously, on each stage; what goes beyond a reply is in
    `effects`, for whoever says the reply.
    """

    def __init__(self, settings: SmtpSettings, session: Session, simulator: Decides) -> None:
        self.settings = settings
        self.session = session
        self.expects = Expect.COMMAND
        self.ending = "lost"
        self.effects = Effects(simulator)
        self.mail = MailTransaction(settings, self.effects)
        self.auth = Authentication(settings, session.public_id)
        self._is_extended = False
        self._is_tls = settings.implicit_tls
        self._is_turned_away = False
        self._auth_was_refused = False
        self._bad_commands = 0
        self._idle_commands = 0

    # What comes from the client

    def greet(self, connections: int = 1, decision: Decision | None = None) -> Reply:
        """Return the greeting, or the reply that turns the client away (RFC 5321 §3.1).

        `connections` counts those of the peer; `decision` is what was decided before a TLS handshake.
        """
        if decision is None:
            refusal = self.effects.ask_greeting(self.session, connections)
        else:
            refusal = self.effects.begin(Stage.CONNECT, decision)
        self._is_turned_away = refusal is not None
        return self._closing_on_421(refusal or greeting.greeting(self.settings))

    def shown(self, line: bytes) -> str:
        """Return a line of the client as the transcript may show it, with credentials masked."""
        if self.expects is Expect.RESPONSE:
            return MASK
        if _AUTH.match(line):
            return _masked(line)
        text = line.decode("utf-8", "backslashreplace")
        if self._auth_was_refused and text and text[:8].partition(" ")[0].upper() not in _COMMANDS:
            return MASK  # a client that was refused AUTH may send its name and password all the same
        return text

    def command(self, line: bytes) -> Reply | None:
        """Obey one command line, given without its line end."""
        try:
            text = grammar.decode(line)
            verb, _, argument = text.partition(" ")
            reply = self._obey(verb.upper(), argument.strip(" "), text)
        except Refused as refused:
            reply = refused.reply
        if reply is not None and reply.code >= 400 and _AUTH.match(line):
            self._auth_was_refused = True
        return reply and self._counted(reply)

    def line_too_long(self) -> Reply:
        """Answer a line beyond the limit, of which nothing was kept."""
        if self.expects is Expect.RESPONSE:
            return self._auth_ended(self.auth.failed(replies.AUTH_TOO_LONG))
        return self._counted(replies.LINE_TOO_LONG)

    def respond(self, line: bytes) -> Reply | None:
        """Take a response of AUTH (RFC 4954 §4)."""
        return self._auth_advanced(self.auth.respond(line))

    def judge(self, is_right: bool, inbox: str = "") -> Reply:
        """Answer the credentials; right ones may be refused, too. With `inbox` all mail of the session goes there."""
        who, self.auth.credentials = self.auth.credentials, None
        assert who is not None
        if not is_right:
            reply = self._auth_advanced(self.auth.reject(who.mechanism))
            assert reply is not None
            return reply
        session = replace(
            self.session,
            auth_mechanism=who.mechanism,
            auth_identity=who.identity,
            inbox=inbox or self.session.inbox,
        )
        if refusal := self.effects.ask(Stage.AUTH, session):
            return self._auth_ended(self.auth.failed(refusal), self.effects.decision)
        self.session, self.expects = session, Expect.COMMAND
        return replies.AUTH_OK

    def secure(self, version: str, cipher: str) -> None:
        """Begin anew inside TLS: nothing said before counts any more (RFC 3207 §4.2)."""
        self.mail.reset()
        self._is_tls, self._is_extended, self.effects.hidden = True, False, NONE_HIDDEN
        self.session = replace(
            self.session,
            tls_version=version,
            tls_cipher=cipher,
            helo="",
            auth_mechanism="",
            auth_identity="",
            inbox=self.settings.inbox,
        )
        self.expects = Expect.COMMAND

    def take_content(self, raw: bytes, size_bytes: int, *, over: bool) -> Reply | None:
        """Judge a whole content after DATA; None: hand it over."""
        return self._content_judged(self.mail.content(self.session, raw, size_bytes, over=over))

    def take_octets(self, octets: bytearray) -> Reply | None:
        """Take the octets of one BDAT (RFC 3030 §2); None: the message is whole, hand `mail.chunks` over."""
        reply = self._content_judged(self.mail.octets(self.session, octets))
        return self._counted(reply) if reply and not reply.is_positive else reply

    def drop_content(self, reply: Reply, size_bytes: int) -> Reply:
        """Answer a content, or octets, that were read but not kept."""
        already = self.mail.chunk_refusal if self.expects is Expect.OCTETS else None
        return self._content_judged(already or self.mail.refuse_content(reply, size_bytes)) or reply

    def acknowledge(self) -> None:
        """Go on after the message was kept."""
        self._bad_commands = self._idle_commands = 0
        self.mail.complete()
        self.expects = Expect.COMMAND

    def fail(self, reply: Reply, size_bytes: int) -> Reply:
        """Go on after the message could not be kept."""
        self.expects = Expect.COMMAND
        return self._closing_on_421(self.mail.refuse_content(reply, size_bytes))

    def end(self, ending: str, reply: Reply) -> Reply:
        """End the session with a last reply; a transaction that was refused so far has ended, too."""
        self.mail.reset()
        self.ending, self.expects = ending, Expect.END
        return reply

    # Which command it is

    def _obey(self, verb: str, argument: str, line: str) -> Reply | None:
        if self._is_turned_away and verb != "QUIT":
            return bad_sequence("no service here; QUIT")
        command = _COMMANDS.get(verb)
        if command is None:
            return self._unknown(verb, line)
        self._auth_was_refused = False
        if self._lacks_tls and verb not in _BEFORE_TLS:
            return self._refused_early(verb, replies.TLS_FIRST)
        if self._lacks_auth and verb in _NEEDS_AUTH:
            return self._refused_early(verb, replies.AUTH_FIRST)
        if self.effects.hidden and verb != "BDAT" and is_command_hidden(verb, self.effects.hidden):
            return replies.NOT_IMPLEMENTED
        return command(self, argument)

    @property
    def _lacks_tls(self) -> bool:
        return self.settings.require_starttls and not self._is_tls

    @property
    def _lacks_auth(self) -> bool:
        return self.settings.require_auth and not self.session.auth_mechanism

    def _refused_early(self, verb: str, reply: Reply) -> Reply:
        if verb == "MAIL":
            self.mail.note(Refusal(NO_ENVELOPE, Stage.MAIL, reply))
        return reply

    def _unknown(self, verb: str, line: str) -> Reply:
        if greeting.is_http(verb):
            return replies.NOT_HTTP
        return replies.unrecognized(greeting.hint(verb, line))

    def _counted(self, reply: Reply) -> Reply:
        """Count what brings no mail nearer, and say 421 when it is too much."""
        self._idle_commands += not reply.status.startswith("2.1.")  # what MAIL and RCPT achieve
        self._bad_commands += 500 <= reply.code <= 504
        if 0 < self.settings.max_bad_commands < self._bad_commands:
            reply = replies.TOO_MANY_ERRORS
        elif 0 < self.settings.max_idle_commands < self._idle_commands:
            reply = replies.TOO_MANY_COMMANDS
        return self._closing_on_421(reply)

    def _closing_on_421(self, reply: Reply) -> Reply:
        """RFC 5321 §3.8: a server that says 421 closes."""
        return self.end("cut off", reply) if reply.code == 421 else reply

    # Commands of the session

    def _helo(self, argument: str) -> Reply:
        return self._hello("HELO", argument, "SMTP")

    def _ehlo(self, argument: str) -> Reply:
        return self._hello("EHLO", argument, "ESMTP")

    def _lhlo(self, argument: str) -> Reply:
        return self._hello("LHLO", argument, "LMTP")

    def _hello(self, verb: str, name: str, protocol: str) -> Reply:
        if (verb == "LHLO") is not self.settings.lmtp:
            right = "LMTP; say LHLO" if self.settings.lmtp else "SMTP; say EHLO"
            return replies.unrecognized(f"{verb} is not a command of {right}")
        if not name:
            return syntax_error(f"{verb} needs the name of your host: {verb} me.example.com")
        session = self.session.greeted(name[:255], protocol)
        before, self.effects.hidden = self.effects.hidden, NONE_HIDDEN
        refusal = self.effects.ask(Stage.HELO, session)
        hidden, self.effects.hidden = self.effects.hidden, before
        if refusal:
            return refusal
        self.mail.reset()  # what ends here is told as it was agreed before
        self.effects.hidden = hidden
        self.session, self._is_extended = session, verb != "HELO"
        if not self._is_extended:
            return Reply(250, "", f"{self.settings.hostname} greets {session.helo}")
        return greeting.extensions(self.settings, session.helo, is_tls=self._is_tls, hidden=self.effects.hidden)

    def _noop(self, argument: str) -> Reply:
        return replies.OK

    def _help(self, argument: str) -> Reply:
        return greeting.help_on(self.settings, argument.upper(), self.effects.hidden)

    def _quit(self, argument: str) -> Reply:
        if argument:
            return syntax_error("QUIT takes no parameters")
        return self.end("quit", greeting.farewell(self.settings))

    def _rset(self, argument: str) -> Reply:
        if argument:
            return syntax_error("RSET takes no parameters")
        self.mail.reset()
        return replies.OK

    def _vrfy(self, argument: str) -> Reply:
        return replies.CANNOT_VERIFY if argument else syntax_error("VRFY needs a name")

    def _not_implemented(self, argument: str) -> Reply:
        return replies.NOT_IMPLEMENTED

    def _starttls(self, argument: str) -> Reply:
        if argument:
            return replies.NO_PARAMETERS
        if self.settings.ssl_context is None:
            return replies.NOT_IMPLEMENTED
        if self._is_tls:
            return bad_sequence("TLS already in use")
        if refusal := self.effects.ask(Stage.STARTTLS, self.session):
            return refusal
        self.expects = Expect.HELLO if self.effects.breaks_tls else Expect.HANDSHAKE
        return replies.START_TLS

    def _auth(self, argument: str) -> Reply | None:
        mechanism, _, initial = argument.partition(" ")
        refusal = self._refusal_of_auth() or self.auth.refusal(mechanism.upper(), is_tls=self._is_tls)
        if refusal is not None:
            return refusal
        return self._auth_advanced(self.auth.begin(mechanism.upper(), initial.strip()))

    def _refusal_of_auth(self) -> Reply | None:
        if not self.settings.offer_auth:
            return replies.NOT_IMPLEMENTED
        if not self._is_extended:
            return bad_sequence("EHLO required before AUTH")
        if self.session.auth_mechanism:
            return bad_sequence("already authenticated for this session")
        return bad_sequence("AUTH not permitted during mail transaction") if self.mail.envelope else None

    def _auth_advanced(self, reply: Reply | None) -> Reply | None:
        if reply is not None and reply.code != 334:
            return self._auth_ended(reply)
        self.expects = Expect.VERDICT if reply is None else Expect.RESPONSE
        return reply

    def _auth_ended(self, reply: Reply, decision: Decision | None = None) -> Reply:
        self.expects = Expect.COMMAND
        self._auth_was_refused = True
        self.mail.note(Refusal(NO_ENVELOPE, Stage.AUTH, reply, decision=decision))
        return self._closing_on_421(reply)

    # Commands of the transaction

    def _mail(self, argument: str) -> Reply:
        return self.mail.mail(self.session, argument)

    def _rcpt(self, argument: str) -> Reply:
        return self.mail.rcpt(self.session, argument)

    def _data(self, argument: str) -> Reply:
        reply = self.mail.data(self.session, argument)
        if reply is replies.START_DATA:
            self.expects = Expect.CONTENT
        return reply

    def _bdat(self, argument: str) -> Reply | None:
        self.mail.bdat(self.session, argument, self._refusal_of_chunks())
        if self.mail.chunk.size > DISCARD_LIMIT:
            return self.end("cut off", self.mail.too_big())
        self.expects = Expect.OCTETS
        return None

    def _refusal_of_chunks(self) -> Reply | None:
        if is_command_hidden("BDAT", self.effects.hidden):
            return replies.NOT_IMPLEMENTED
        return replies.TLS_FIRST if self._lacks_tls else replies.AUTH_FIRST if self._lacks_auth else None

    def _content_judged(self, reply: Reply | None) -> Reply | None:
        self.expects = Expect.RECEIPT if reply is None else Expect.COMMAND
        return reply and self._closing_on_421(reply)


def _masked(line: bytes) -> str:
    """A line with AUTH, without what follows the mechanism; a mechanism that may be a credential itself goes, too."""
    parts = _AUTH_PARTS.fullmatch(line)
    assert parts is not None
    verb, gap, name, rest = (part.decode("utf-8", "backslashreplace") for part in parts.groups(b""))
    if not name:
        return verb if len(line) == parts.end("verb") else f"{verb} {MASK}"
    if name.upper() not in sasl.MECHANISMS and not _MECHANISM.fullmatch(name):
        return f"{verb} {MASK}"
    return f"{verb}{gap}{name}" + (f" {MASK}" if rest.strip() else "")


_COMMANDS: dict[str, Callable[[Dialogue, str], Reply | None]] = {
    "HELO": Dialogue._helo,
    "EHLO": Dialogue._ehlo,
    "LHLO": Dialogue._lhlo,
    "MAIL": Dialogue._mail,
    "RCPT": Dialogue._rcpt,
    "DATA": Dialogue._data,
    "BDAT": Dialogue._bdat,
    "RSET": Dialogue._rset,
    "NOOP": Dialogue._noop,
    "QUIT": Dialogue._quit,
    "HELP": Dialogue._help,
    "VRFY": Dialogue._vrfy,
    "AUTH": Dialogue._auth,
    "STARTTLS": Dialogue._starttls,
    "EXPN": Dialogue._not_implemented,
    "XCLIENT": Dialogue._not_implemented,
}
