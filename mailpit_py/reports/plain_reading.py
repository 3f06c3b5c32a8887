"""Reports without a machine-readable part: qmail's form (QSBMF), old Exim, old Gmail, Yahoo and their like."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpit_py.mail import Message, read
from mailpit_py.reports import agent, status
from mailpit_py.reports import original as original_of
from mailpit_py.reports.outcome import EMPTY, Kind, Original, Outcome, ReadReport

_ADDRESS = r"[^\s<>()\[\]\",;:]{1,256}@[\w\[][^\s<>()\",;:]{0,254}"
_LONGEST = 64 * 1024
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class _Style:
    """One form: how it opens, how an address stands in it, what line the original begins below.

    `adjacent` says that the reason follows the address without a blank line.
    """

    name: str
    opening: re.Pattern[str]
    address: re.Pattern[str]
    rule: re.Pattern[bytes]
    adjacent: bool = True


_BELOW = re.compile(rb"^--- Below this line is a copy of the (?:message|headers?).*$", re.M)
_PARAGRAPH = re.compile(rf"^<({_ADDRESS})>:[ \t]*$", re.M)
_STYLES = (
    _Style("qsbmf", re.compile(r"\A\s*Hi\. This is the "), _PARAGRAPH, _BELOW),
    _Style("yahoo", re.compile(r"Sorry, we were unable to deliver your message"), _PARAGRAPH, _BELOW),
    _Style(
        "exim",
        re.compile(r"This message was created automatically by mail delivery software"),
        re.compile(rf"^  ({_ADDRESS})(?::.*)?$", re.M),
        re.compile(rb"^------ This is a copy of (?:the|your) message.*$", re.M),
    ),
    _Style(
        "gmail",
        re.compile(r"Delivery to the following recipient"),
        re.compile(rf"^ {{2,8}}({_ADDRESS})[ \t]*$", re.M),
        re.compile(rb"^\s*----- (?:Original message|Message header follows) -----\s*$", re.M),
        adjacent=False,
    ),
)
_ANY = _Style(
    "text",
    re.compile(r""),
    re.compile(
        rf"^(?:[ \t>]{{0,8}}|.{{0,80}}(?:\bto|for|recipient)[ \t]*:?[ \t]+)<?({_ADDRESS})>?:?[ \t]*$", re.M | re.I
    ),
    re.compile(rb"^[ \t]*-{2,}[^\r\n]{0,20}(?:original|returned|copy|below|unsent)[^\r\n]{0,60}$", re.M | re.I),
    adjacent=False,
)
_SENDERS = re.compile(r"mailer-daemon|postmaster|mail delivery|mailerdaemon|mdaemon", re.I)
_SUBJECTS = re.compile(
    r"undeliver|returned mail|failure notice|mail delivery|delivery (?:status|failure|failed|report|problem)"
    r"|could not (?:be delivered|send)|returning message|nondeliver|non remis|unzustellbar"
    r"|delayed mail|warning: message",
    re.I,
)
_DELAYED = re.compile(
    r"has been delayed|not yet been delivered|still being retried|warning (?:message )?only|will be retried"
    r"|could not send message for past",
    re.I,
)
_CODE = re.compile(r"(?<![\d.-])[45]\d\d[ :-][^\r\n]{3,}")
_END = re.compile(r"\n(?=Giving up on |I'm not going to try again)")
_STAGE = re.compile(r" \[(?:MAIL_FROM|RCPT_TO|DATA|BODY)\]\Z")
_SAID = re.compile(
    r"\A(?:Remote host said|The error that the other server returned was|Technical details of [a-z]+ failure)\s*:\s*",
    re.I,
)


def understand(message: Message) -> ReadReport | None:
    """Read a report that is one text, or return None if the message is none."""
    text, octets = message.text[:_LONGEST], message.root.decoded
    if message.root.is_multipart or not _is_from_a_mail_system(message):
        return None
    style = next((each for each in _STYLES if each.opening.search(text[:4_000])), _ANY)
    rule = style.rule.search(octets)
    head = text if rule is None else text[: _text_position(text, style, rule[0])]
    outcomes = _outcomes(message, style, head)
    if not outcomes:
        return None
    original = _original(message, octets[rule.end() :] if rule else b"")
    return ReadReport(
        kind=Kind.DELIVERY_STATUS,
        style=style.name,
        agent=agent.guess(message),
        path="1",
        fields=EMPTY,
        outcomes=outcomes,
        original=original,
        text=head,
    )


def _is_from_a_mail_system(message: Message) -> bool:
    if message.field("X-Failed-Recipients"):
        return True
    senders = " ".join(map(str, message.from_))
    return bool(_SENDERS.search(senders)) and (bool(_SUBJECTS.search(message.subject)) or _has_no_return_path(message))


def _has_no_return_path(message: Message) -> bool:
    path = message.field("Return-Path")
    return path is not None and path.value == "<>"


def _text_position(text: str, style: _Style, line: bytes) -> int:
    found = text.find(line.decode("ascii", "replace").strip())
    return len(text) if found < 0 else found


def _outcomes(message: Message, style: _Style, head: str) -> tuple[Outcome, ...]:
    places = list(style.address.finditer(head))[:_MOST]
    ends = [*(place.start() for place in places[1:]), len(head)][: len(places)]
    delayed = bool(_DELAYED.search(head) or _DELAYED.search(message.subject))
    found: dict[str, Outcome] = {}
    for place, end in zip(places, ends, strict=True):
        after = head[place.end() : end]
        reason = _reason(after.split("\n\n")[0] if style.adjacent else after)
        if style is not _ANY or reason:
            found.setdefault(place[1], _outcome(place[1], reason, delayed=delayed))
    return tuple(found.values()) or _named_in_header(message, head, delayed=delayed)


def _named_in_header(message: Message, head: str, *, delayed: bool) -> tuple[Outcome, ...]:
    """X-Failed-Recipients, which Exim and Gmail add, with the first thing a server said."""
    field = message.field("X-Failed-Recipients")
    names = [name.strip() for name in field.value.split(",")] if field else []
    return tuple(_outcome(name, _reason(head), delayed=delayed) for name in names[:_MOST] if name)


def _reason(text: str) -> str:
    """The words about one address on one line: from the first reply code on, else all of them."""
    lines = "\n".join(_SAID.sub("", line.strip()) for line in text.split("\n")).strip()
    code = _CODE.search(lines)
    paragraph = lines[code.start() if code else 0 :].split("\n\n")[0]
    words = " ".join(_END.split(paragraph)[0].split())
    return _STAGE.sub("", words)[:998]


def _outcome(address: str, reason: str, *, delayed: bool) -> Outcome:
    kind = "smtp" if reason[:3].isdigit() else ""
    return Outcome(
        address=address,
        action="delayed" if delayed else "failed",
        status=status.find(reason),
        diagnostic=reason,
        diagnostic_type=kind,
    )


def _original(message: Message, rest: bytes) -> Original:
    copy = read(rest.lstrip(b"\r\n\t ")) if rest.strip() else None
    if copy is None:
        return original_of.from_headers(message)
    return original_of.describe(copy, message, is_whole=bool(copy.text.strip()))
