"""The replies of the SMTP server that do not depend on anything, and how one is refused."""

from __future__ import annotations

from mailpit_py.mail.envelope import Reply


class Refused(Exception):
    """A command that cannot be obeyed; `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


def syntax_error(what: str) -> Reply:
    """RFC 5321 §4.2.2: the command is known, its arguments are not right."""
    return Reply(501, "5.5.4", f"Syntax error in parameters or arguments ({what})")


def bad_sequence(what: str) -> Reply:
    """RFC 5321 §4.1.4: a command at the wrong moment."""
    return Reply(503, "5.5.1", f"Bad sequence of commands ({what})")


def unrecognized(hint: str) -> Reply:
    """RFC 5321 §4.2.4: no such command."""
    return Reply(500, "5.5.2", f"Syntax error, command unrecognized ({hint})")


OK = Reply(250, "2.0.0", "Ok")
MAIL_OK = Reply(250, "2.1.0", "Ok")
START_DATA = Reply(354, "", "Start mail input; end with <CR><LF>.<CR><LF>")
START_TLS = Reply(220, "2.0.0", "Ready to start TLS")
CANNOT_VERIFY = Reply(252, "2.0.0", "Cannot VRFY user, but will take mail for it")

NOT_IMPLEMENTED = Reply(502, "5.5.1", "Command not implemented")
LINE_TOO_LONG = Reply(500, "5.5.2", "Line too long")
NO_PARAMETERS = Reply(501, "5.5.2", "Syntax error (no parameters allowed)")  # in the words of RFC 3207 §4
NOT_TEXT = Reply(500, "5.5.2", "Syntax error, a command is UTF-8 text without control characters")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients")
RECIPIENT_NOT_ALLOWED = Reply(550, "5.1.0", "Requested action not taken: mailbox unavailable")
RECIPIENT_IGNORED = Reply(250, "2.1.5", "Ok")
FOR_NOBODY = Reply(250, "2.0.0", "Ok: queued")
HEADERS_MALFORMED = Reply(451, "4.3.5", "Unable to process mail: its header section is malformed")
NO_VALID_RECIPIENTS = Reply(554, "5.5.1", "No valid recipients")
TLS_FIRST = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
AUTH_FIRST = Reply(530, "5.7.0", "Authentication required")

AUTH_OK = Reply(235, "2.7.0", "Authentication successful")
AUTH_INVALID = Reply(535, "5.7.8", "Authentication credentials invalid")
AUTH_CANCELLED = Reply(501, "5.7.0", "Authentication cancelled")
AUTH_NOT_BASE64 = Reply(501, "5.5.2", "Syntax error (unable to decode)")
AUTH_NOT_PARSED = Reply(501, "5.5.2", "Syntax error (unable to parse)")
AUTH_TOO_LONG = Reply(500, "5.5.6", "Authentication exchange line is too long")
AUTH_UNKNOWN = Reply(504, "5.5.4", "Unrecognized authentication type")
AUTH_NEEDS_TLS = Reply(538, "5.7.11", "Encryption required for requested authentication mechanism")

TOKEN_LOST = Reply(421, "4.7.0", "The token of this session opens nothing any more; closing")

STORE_FULL = Reply(452, "4.3.1", "Requested action not taken: insufficient system storage")
GIVES_WAY = Reply(421, "4.3.1", "No progress with the message while others wait for room; closing")
STORE_FAILED = Reply(451, "4.3.0", "Requested action aborted: local error in processing")

# Never said: what is kept of an attempt that was left without a reply.
DROPPED = Reply(421, "4.4.2", "The connection was dropped without a reply")
CLIENT_LEFT = Reply(421, "4.4.2", "The client left before it was answered")

NOT_HTTP = Reply(421, "4.7.0", "This port speaks SMTP, not HTTP")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors on this connection")
TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands without mail on this connection")
TOO_MANY_CONNECTIONS = Reply(421, "4.3.2", "Too many connections")
TOO_MANY_FROM_PEER = Reply(421, "4.7.0", "Too many connections from your address")
