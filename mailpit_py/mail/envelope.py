"""The SMTP envelope, the session that carried it and its dialogue, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers to one SMTP command.

    `code` is three digits; `status` is class.subject.detail, and its class agrees with the code's
    first digit (RFC 3463 §3). `status` is empty where RFC 2034 §4 has none: greeting, HELO, EHLO
    and intermediate (3xx) replies. `text` may have several lines, joined by a bare LF.
    Raises ValueError for a pair that no server may send.
    """

    code: int
    status: str
    text: str

    def __post_init__(self) -> None:
        if not 200 <= self.code <= 599:
            raise ValueError(f"{self.code} is not an SMTP reply code")
        if self.status and self.status[0] != str(self.code)[0]:
            raise ValueError(f"status {self.status} does not belong to a {self.code} reply")
        if "\r" in self.text or "\0" in self.text:
            raise ValueError("a reply's text has no CR and no NUL")

    @property
    def lines(self) -> tuple[str, ...]:
        """The reply as it goes over the wire, without line ends (RFC 5321 §4.2.1)."""
        prefix = f"{self.status} " if self.status else ""
        if "\n" not in self.text:
            return (f"{self.code} {prefix}{self.text}",)
        texts = self.text.split("\n")
        marks = ["-"] * (len(texts) - 1) + [" "]
        return tuple(f"{self.code}{mark}{prefix}{text}" for mark, text in zip(marks, texts, strict=True))

    @property
    def encoded(self) -> bytes:
        """The reply's bytes; addresses in it may be UTF-8 (RFC 6531 §3.5)."""
        return "".join(f"{line}\r\n" for line in self.lines).encode("utf-8", "surrogateescape")

    @property
    def is_positive(self) -> bool:
        """True for 2xx and 3xx."""
        return self.code < 400


@dataclass(frozen=True, slots=True)
class Recipient:
    """One forward-path of a transaction, accepted or refused, with what was said about it.

    `address` is what stood between the angle brackets, its case kept, a source route removed.
    `notify` and `orcpt` are the values of RFC 3461 exactly as given, empty when absent.
    """

    address: str
    notify: str = ""
    orcpt: str = ""
    reply: Reply = field(default=Reply(250, "2.1.5", "Ok"))

    def told(self, reply: Reply) -> Recipient:
        """Return the recipient with another reply."""
        return Recipient(self.address, self.notify, self.orcpt, reply)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What MAIL and RCPT said, apart from the message's content.

    `reverse_path` is empty for the null reverse-path. `ret`, `envid` (RFC 3461) and `auth`
    (RFC 4954 §5) are exactly as given; `body` is `7BIT`, `8BITMIME`, `BINARYMIME` or empty; `size`
    is what the client declared in octets (RFC 1870).
    """

    reverse_path: str
    recipients: tuple[Recipient, ...] = ()
    refused: tuple[Recipient, ...] = ()
    ret: str = ""
    envid: str = ""
    auth: str = ""
    body: str = ""
    smtputf8: bool = False
    size: int | None = None

    def accept(self, recipient: Recipient) -> Envelope:
        """Return the envelope with one more accepted recipient."""
        return self.to((*self.recipients, recipient), self.refused)

    def refuse(self, recipient: Recipient) -> Envelope:
        """Return the envelope with one more refused recipient."""
        return self.to(self.recipients, (*self.refused, recipient))

    def to(self, recipients: tuple[Recipient, ...], refused: tuple[Recipient, ...] = ()) -> Envelope:
        """Return the envelope with these recipients in place of its own."""
        return Envelope(
            self.reverse_path,
            recipients,
            refused,
            self.ret,
            self.envid,
            self.auth,
            self.body,
            self.smtputf8,
            self.size,
        )


@dataclass(frozen=True, slots=True)
class Session:
    """One connection to a listener, as known at some moment of it.

    `listener` is `smtp`, `smtps`, `lmtp`, `api` or another way in; `peer` is `address:port`, or
    `unix` for a socket file; `protocol` is `SMTP`, `ESMTP` or `LMTP`; `opened_at` is in
    microseconds. The TLS and AUTH fields are empty until they happen. `inbox` is the one to which
    all mail of the session belongs, by its port or its token; usually there is none.
    """

    public_id: str
    opened_at: int
    listener: str = "smtp"
    peer: str = ""
    protocol: str = "SMTP"
    helo: str = ""
    tls_version: str = ""
    tls_cipher: str = ""
    auth_mechanism: str = ""
    auth_identity: str = ""
    inbox: str = ""

    def greeted(self, helo: str, protocol: str) -> Session:
        """Return the session after HELO, EHLO or LHLO."""
        return Session(
            self.public_id,
            self.opened_at,
            self.listener,
            self.peer,
            protocol,
            helo,
            self.tls_version,
            self.tls_cipher,
            self.auth_mechanism,
            self.auth_identity,
            self.inbox,
        )


class Line(NamedTuple):
    """One line of a dialogue: `side` is `C` client, `S` server, `*` a note of the sandbox.

    `at` is in microseconds. Credentials are masked before a line is made.
    """

    at: int
    side: str
    text: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """One mail transaction (RFC 5321 §3.3) and the dialogue since the one before it."""

    session: Session
    envelope: Envelope
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a received message: its public id, and one reply for each recipient.

    SMTP says the first reply; LMTP says all of them (RFC 2033 §4.2). A message that was there already,
    and was passed over for that, has no id.
    """

    public_id: str
    replies: tuple[Reply, ...]
    is_duplicate: bool = False

    def passed_over(self) -> Receipt:
        """The same for a message that is there already: nothing is called by the id that was thought of for it."""
        said = f" as {self.public_id}"
        replies = tuple(replace(one, text=one.text.removesuffix(said)) for one in self.replies)
        return Receipt("", replies, is_duplicate=True)
