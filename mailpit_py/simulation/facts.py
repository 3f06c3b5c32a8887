"""What is known when a decision is made; each stage knows what has been said so far."""

from __future__ import annotations

from dataclasses import dataclass

from mailpit_py.mail.envelope import Envelope, Recipient, Session

TEXT_CHARACTERS_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Facts:
    """One moment of a dialogue, seen from the trigger's side.

    `client` is the peer's address without its port; `reverse_path` is None before MAIL and empty for
    the null one; `size_bytes` is what MAIL declared, at CONTENT the real size; `fields` are the
    header section's names and unfolded values, from CONTENT on; `connections` counts the client's
    open connections with this one. `is_report` marks what the sandbox itself has written.
    """

    inbox: str = "default"
    client: str = ""
    helo: str = ""
    identity: str = ""
    reverse_path: str | None = None
    recipient: str = ""
    notify: str = ""
    size_bytes: int | None = None
    fields: tuple[tuple[str, str], ...] = ()
    connections: int = 0
    is_report: bool = False

    @classmethod
    def of(
        cls, session: Session, envelope: Envelope | None = None, recipient: Recipient | None = None, *, inbox: str = ""
    ) -> Facts:
        """Return the facts of a session; `envelope` only once MAIL has been said."""
        return cls(
            inbox=inbox or "default",
            client=client_of(session.peer),
            helo=session.helo,
            identity=session.auth_identity,
            reverse_path=None if envelope is None else envelope.reverse_path,
            recipient=recipient.address if recipient else "",
            notify=recipient.notify if recipient else "",
            size_bytes=envelope.size if envelope else None,
        )

    @property
    def is_quiet(self) -> bool:
        """True where grammar and dice are off: a report about a report would loop (RFC 5321 §6.1)."""
        return self.is_report or self.reverse_path == ""

    @property
    def message_id(self) -> str:
        """The Message-ID as written, or nothing."""
        return self.field("message-id")

    def field(self, name: str) -> str:
        """Return the first header field of this name in lower case, or nothing."""
        return next((value for known, value in self.fields if known.lower() == name), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return what a matcher called `name` looks at: `recipient`, `sender`, ..., `header:x-campaign`."""
        if name.startswith("header:"):
            wanted = name[7:]
            values = (value for known, value in self.fields if known.lower() == wanted)
            return tuple(value[:TEXT_CHARACTERS_AT_MOST] for value in values)
        match name:
            case "recipient":
                text = self.recipient
            case "sender":
                text = self.reverse_path or ""
            case "identity":
                text = self.identity
            case _:
                text = self.inbox
        return (text[:TEXT_CHARACTERS_AT_MOST],)


def client_of(peer: str) -> str:
    """Return the address of `address:port`, without brackets; `unix` stays what it is."""
    host, colon, port = peer.rpartition(":")
    return host.strip("[]") if colon and port.isdecimal() else peer
