"""What can happen to a command, a connection or a message, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation.dialect import DIALECTS
from mailpit_py.simulation.refusal import Refusal
from mailpit_py.simulation.stage import Stage

STALL_SECONDS_AT_MOST = 300
STALLS_AT_ONCE = 50
DAY = 86_400


class Moment(StrEnum):
    """When a connection is dropped."""

    BEFORE_REPLY = "before-reply"
    MID_DATA = "mid-data"
    AFTER_CONTENT = "after-content"


EXTENSIONS = frozenset(
    [
        "8BITMIME",
        "AUTH",
        "BINARYMIME",
        "CHUNKING",
        "DSN",
        "ENHANCEDSTATUSCODES",
        "HELP",
        "PIPELINING",
        "SIZE",
        "SMTPUTF8",
        "STARTTLS",
    ]
)
"""Everything that EHLO may announce here."""


class Report(StrEnum):
    """What follows an accepted message by itself."""

    FAILURE = "failure"
    DELAY = "delay"
    EXPIRY = "expiry"
    SUCCESS = "success"
    AUTO_REPLY = "auto-reply"
    COMPLAINT = "complaint"
    CHALLENGE = "challenge"
    RECEIPT = "receipt"


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}")


# What a server can do at once.


@dataclass(frozen=True, slots=True)
class Accept:
    """Go on as if nothing were simulated; triggers of lower rank are not asked."""


@dataclass(frozen=True, slots=True)
class Discard:
    """Accept the message and keep nothing of it for this recipient."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Say this reply; close the connection afterwards if `closes` (RFC 5321 §3.8 asks it for 421)."""

    reply: Reply
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """Send these octets in place of a reply, right or wrong as they are."""

    octets: bytes

    def __post_init__(self) -> None:
        _within("octets", len(self.octets), 1, 65_536)


@dataclass(frozen=True, slots=True)
class Throttle:
    """Read the content no faster than this."""

    bytes_per_second: int

    def __post_init__(self) -> None:
        _within("bytes_per_second", self.bytes_per_second, 1, 1_000_000_000)


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection without a word; `keeps` stores the message that the client takes for lost."""

    moment: Moment = Moment.BEFORE_REPLY
    keeps: bool = False

    def __post_init__(self) -> None:
        if self.keeps and self.moment is not Moment.AFTER_CONTENT:
            raise ValueError("keeps needs the moment after-content: before it there is nothing to keep")


@dataclass(frozen=True, slots=True)
class TlsFailure:
    """Say 220 to STARTTLS, or take the connection on a TLS port, and break the handshake."""


@dataclass(frozen=True, slots=True)
class HideKeywords:
    """Be without these extensions (in capitals, as in `STARTTLS`), from the answer to EHLO on."""

    keywords: frozenset[str]

    def __post_init__(self) -> None:
        if not self.keywords or not self.keywords <= EXTENSIONS:
            raise ValueError(f"keywords must be EHLO extensions in capitals: {', '.join(sorted(EXTENSIONS))}")


@dataclass(frozen=True, slots=True)
class Later:
    """Accept, and let `report` follow `delay` seconds after; `refusal` is what a failure tells.

    `dialect` is whose form the report has; without one, that of the refusal's provider.
    """

    report: Report
    refusal: Refusal | None = None
    delay: float = 0
    dialect: str = ""

    def __post_init__(self) -> None:
        if self.dialect and self.dialect not in DIALECTS:
            raise ValueError(f"no dialect is called {self.dialect}; there are {', '.join(DIALECTS)}")
        _within("delay", self.delay, 0, 365 * DAY)


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing for so long, then do `then`."""

    seconds: float
    then: Answer | Raw | Drop | Accept | Refuse = field(default_factory=Accept)

    def __post_init__(self) -> None:
        _within("seconds", self.seconds, 0, STALL_SECONDS_AT_MOST)


# What needs the particulars of the dialogue, or a memory of earlier tries.


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with a refusal, in the words of its provider."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Greylist:
    """Refuse the first `times` tries and everything within `wait` seconds of the first, then accept once.

    A retry later than `window` seconds after the first try counts as a first one.
    """

    refusal: Refusal = field(default_factory=lambda: Refusal("greylisted"))
    times: int = 1
    wait: float = 0
    window: float = 4 * 3600

    def __post_init__(self) -> None:
        _within("times", self.times, 1, 1_000_000)
        _within("wait", self.wait, 0, 7 * DAY)
        _within("window", self.window, 1, 365 * DAY)
        if self.wait >= self.window:
            raise ValueError("wait must be shorter than window")


@dataclass(frozen=True, slots=True)
class Quota:
    """Accept until the mailbox holds so many messages or bytes, then refuse; 0 is no limit.

    After `times` refusals it starts anew as if emptied; 0 refuses until mail is deleted.
    """

    refusal: Refusal = field(default_factory=lambda: Refusal("mailbox_full"))
    messages: int = 0
    size_bytes: int = 0
    times: int = 0

    def __post_init__(self) -> None:
        _within("messages", self.messages, 0, 1_000_000_000)
        _within("size_bytes", self.size_bytes, 0, 1 << 50)
        _within("times", self.times, 0, 1_000_000)
        if not (self.messages or self.size_bytes):
            raise ValueError("a quota needs messages or size_bytes")


@dataclass(frozen=True, slots=True)
class Rate:
    """Accept so many tries in each span of `per` seconds, refuse the others of that span."""

    messages: int
    per: float = 60
    refusal: Refusal = field(default_factory=lambda: Refusal("rate_limited"))

    def __post_init__(self) -> None:
        _within("messages", self.messages, 1, 1_000_000_000)
        _within("per", self.per, 0.001, 365 * DAY)


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """Refuse messages that are larger, at MAIL and RCPT by the declared SIZE, at CONTENT by the real one."""

    size_bytes: int
    refusal: Refusal = field(default_factory=lambda: Refusal("too_large_mailbox"))

    def __post_init__(self) -> None:
        _within("size_bytes", self.size_bytes, 1, 1 << 50)


@dataclass(frozen=True, slots=True)
class ConnectionLimit:
    """Refuse a client that has more connections open than this."""

    connections: int
    refusal: Refusal = field(default_factory=lambda: Refusal("too_many_connections"))

    def __post_init__(self) -> None:
        _within("connections", self.connections, 0, 1_000_000)


Effect = Accept | Discard | Answer | Raw | Throttle | Drop | TlsFailure | HideKeywords | Later | Silence
Outcome = (
    Accept | Discard | Raw | Throttle | Drop | TlsFailure | HideKeywords | Later | Silence
    | Refuse | Greylist | Quota | Rate | SizeLimit | ConnectionLimit
)  # fmt: skip


def stages_of(outcome: Outcome, stage: Stage) -> frozenset[Stage]:
    """Return the stages at which an outcome has a say, when its trigger names `stage`.

    A quota asks at RCPT and counts at CONTENT; a size is declared before it is known.
    """
    match outcome:
        case Quota():
            return frozenset({Stage.RCPT, Stage.CONTENT})
        case SizeLimit():
            return frozenset({stage, Stage.CONTENT})
        case Discard() | Drop(moment=Moment.AFTER_CONTENT):
            return frozenset({Stage.CONTENT})
        case Drop(moment=Moment.MID_DATA) | Throttle():
            return frozenset({Stage.DATA})
        case Later():
            return frozenset({Stage.AFTER})
        case _:
            return frozenset({stage})
