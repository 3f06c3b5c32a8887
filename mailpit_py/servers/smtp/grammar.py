"""The grammar of SMTP commands: text in, values out (RFC 5321 §4.1, RFC 3461 §4, RFC 1870, 3030, 4954, 6531)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from mailpit_py.mail.envelope import Envelope, Recipient, Reply
from mailpit_py.servers.smtp.extension import NONE_HIDDEN, Hidden, is_body_hidden, is_parameter_hidden
from mailpit_py.servers.smtp.reply import NOT_TEXT, Refused, syntax_error

PATH_LIMIT = 1024
NOT_VALID = "The address is not a valid RFC 5321 address"

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What is left out of each set is written, not what is in it: to compile a set up to U+10FFFF takes the start 20 ms.
_ATOM = r'[^\x00- "(),.:;<>@\[\\\]\x7f-\x9f]+'
_QUOTED = r'"(?:[^\x00-\x1f"\\\x7f-\x9f]|\\[ -~])*"'
# The underscore is no host name character, but container names have it.
_LABEL = r"[^\x00-/:-@\[-^`{-\x9f](?:[^\x00-,./:-@\[-^`{-\x9f]*[^\x00-/:-@\[-^`{-\x9f])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_LITERAL = r"\[(?P<literal>[!-Z^-~]+)\]"

_ADDRESS = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@(?:{_DOMAIN}|{_LITERAL})")
_SOURCE_ROUTE = re.compile(rf"@{_DOMAIN}(?:,@{_DOMAIN})*:")
_BRACKETED = re.compile(r'<(?P<path>(?:"(?:[^"\\]|\\.)*"|[^"<>])*)>(?P<rest>(?: .*)?)')
_OPEN_QUOTE = re.compile(r"<[^<>]+>(?: .*)?")
_BARE = re.compile(r'(?P<path>(?:"(?:[^"\\]|\\.)*"|[^"<> ])+)(?P<rest>(?: (?! *<).*)?)')
_PARAMETER = re.compile(r"(?P<keyword>[A-Za-z0-9][A-Za-z0-9\-]*)(?:=(?P<value>[^\x00- \x7f-\x9f]*))?")

# What nearly every command has: an ASCII address in brackets and no parameter. The full grammar says the same of it.
_LETTERS = r"[A-Za-z0-9_+=-]+"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_USUAL_PATH = rf"<({_LETTERS}(?:\.{_LETTERS})*@{_HOST}(?:\.{_HOST})*)>"
_USUAL_MAIL = re.compile(rf"FROM:{_USUAL_PATH}")
_USUAL_RCPT = re.compile(rf"TO:{_USUAL_PATH}")

# RFC 3461 §4. A character that decodes to a control character is refused as the character itself is.
_XTEXT = r"(?:[!-*,-<>-~]|\+(?![01]|7F)[0-9A-F]{2})"
Parameters = Mapping[str, re.Pattern[str] | None]
"""The parameters of a command, each with the form of its value; None for one without a value."""

_NOTIFY_WORD = "(?:SUCCESS|FAILURE|DELAY)"
_MAIL_PARAMETERS: Parameters = {
    "SIZE": re.compile(r"\d{1,20}", re.ASCII),
    "BODY": re.compile(r"7BIT|8BITMIME|BINARYMIME", re.IGNORECASE),
    "SMTPUTF8": None,
    "RET": re.compile(r"FULL|HDRS", re.IGNORECASE),
    "ENVID": re.compile(rf"{_XTEXT}{{1,100}}"),
    "AUTH": re.compile(rf"<>|{_XTEXT}{{1,500}}"),
}
_RCPT_PARAMETERS: Parameters = {
    "NOTIFY": re.compile(rf"NEVER|{_NOTIFY_WORD}(?:,{_NOTIFY_WORD}){{0,2}}", re.IGNORECASE),
    # RFC 6533 §3: a utf-8 address may also stand there as it is.
    "ORCPT": re.compile(
        rf"(?=.{{1,500}}\Z)(?:(?i:utf-8);(?:(?i:{_XTEXT})|[^\x00-\x9f])+|[A-Za-z0-9.\-]+;(?i:{_XTEXT})+)"
    ),
}
_CHUNK = re.compile(r"(?P<size>\d{1,20})(?P<rest>(?: .*)?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What BDAT announced (RFC 3030 §2): `size` octets; `last` ends the message."""

    size: int
    last: bool
    malformed: bool = False


def decode(line: bytes) -> str:
    """Return a command line as text. Raises Refused for control characters and for what is not UTF-8."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Refused(NOT_TEXT) from None
    if not text.isprintable() and _CONTROL.search(text):
        raise Refused(NOT_TEXT)
    return text


def parse_mail(argument: str, hidden: Hidden = NONE_HIDDEN) -> Envelope:
    """Read what follows MAIL: an envelope without recipients, its parameters' case kept (RFC 5321 §4.1.1.2).

    What belongs to a `hidden` keyword is unknown. Raises Refused: 501 for malformed or repeated
    parameters, 555 for unknown ones, 553 for the address.
    """
    if len(argument) <= PATH_LIMIT and (usual := _USUAL_MAIL.fullmatch(argument)):
        return Envelope(usual[1])
    path, rest = _split(argument, "FROM", "5.1.7")
    reverse_path = _address(path, "5.1.7") if path else ""
    given = _parameters(rest, _known(_MAIL_PARAMETERS, hidden), "MAIL FROM")
    if hidden:
        _refuse_hidden(reverse_path, given.get("BODY", ""), "5.1.7", hidden)
    return Envelope(
        reverse_path,
        ret=given.get("RET", ""),
        envid=given.get("ENVID", ""),
        auth=given.get("AUTH", ""),
        body=given.get("BODY", "").upper(),
        smtputf8="SMTPUTF8" in given,
        size=int(given["SIZE"]) if "SIZE" in given else None,
    )


def parse_rcpt(argument: str, hidden: Hidden = NONE_HIDDEN) -> Recipient:
    """Read what follows RCPT, the parameters' case kept (RFC 5321 §4.1.1.3). Raises Refused as `parse_mail` does."""
    if len(argument) <= PATH_LIMIT and (usual := _USUAL_RCPT.fullmatch(argument)):
        return Recipient(usual[1])
    path, rest = _split(argument, "TO", "5.1.3")
    if not path:
        raise Refused(syntax_error("invalid TO parameter: a recipient is needed"))
    # RFC 5321 §4.1.1.3: the one address that needs no domain.
    address = path if path.upper() == "POSTMASTER" else _address(path, "5.1.3")
    given = _parameters(rest, _known(_RCPT_PARAMETERS, hidden), "RCPT TO")
    if hidden:
        _refuse_hidden(address, "", "5.1.3", hidden)
    return Recipient(address, notify=given.get("NOTIFY", ""), orcpt=given.get("ORCPT", ""))


def parse_chunk(argument: str) -> Chunk:
    """Read what follows BDAT (RFC 3030 §2). Raises Refused if no number of octets can be read.

    A malformed rest is not raised but marked: the announced octets follow all the same, and must
    not be taken for commands.
    """
    match = _CHUNK.fullmatch(argument)
    if match is None:
        raise Refused(syntax_error("BDAT needs a number of octets: BDAT 1024 or BDAT 1024 LAST"))
    rest = match["rest"].strip().upper()
    return Chunk(int(match["size"]), rest == "LAST", malformed=rest not in ("", "LAST"))


def _split(argument: str, keyword: str, status: str) -> tuple[str, str]:
    """Return path and parameters of `FROM:<path> ...`; people at a keyboard may leave the brackets out."""
    head, colon, tail = argument.partition(":")
    if not colon or head.strip().upper() != keyword:
        raise Refused(syntax_error(f"invalid {keyword} parameter: write {keyword}:<user@example.com>"))
    text = tail.strip(" ")
    match = (_BRACKETED if text.startswith("<") else _BARE).fullmatch(text)
    if match is None and _OPEN_QUOTE.fullmatch(text):
        raise Refused(Reply(553, status, NOT_VALID))
    if match is None:
        raise Refused(syntax_error(f"invalid {keyword} parameter: write {keyword}:<user@example.com>"))
    return match["path"], match["rest"].strip(" ")


def _address(path: str, status: str) -> str:
    """Return the mailbox of a path, its source route removed (RFC 5321 appendix C). Raises Refused."""
    if path.startswith("@") and (route := _SOURCE_ROUTE.match(path)):
        path = path[route.end() :]
    match = _ADDRESS.fullmatch(path)
    if match is None or (match["literal"] and not _is_address_literal(match["literal"])):
        hint = "" if "@" in path else ": there is no @domain"
        raise Refused(Reply(553, status, f"{NOT_VALID}{hint}"))
    if len(path.encode()) > PATH_LIMIT:
        raise Refused(Reply(500, status, "The address is too long"))
    return path


def _refuse_hidden(address: str, body: str, status: str, hidden: Hidden) -> None:
    """Refuse what is well written, but not where its extension is hidden. Raises Refused."""
    if is_body_hidden(body.upper(), hidden):
        raise Refused(syntax_error("invalid BODY parameter"))
    if "SMTPUTF8" in hidden and not address.isascii():
        raise Refused(Reply(553, status, NOT_VALID))


def _known(parameters: Parameters, hidden: Hidden) -> Parameters:
    if not hidden:
        return parameters
    return {name: pattern for name, pattern in parameters.items() if not is_parameter_hidden(name, hidden)}


def _is_address_literal(text: str) -> bool:
    """True for what may stand between square brackets (RFC 5321 §4.1.3)."""
    tag, colon, value = text.partition(":")
    try:
        if not colon:
            IPv4Address(text)
        elif tag.upper() == "IPV6":
            IPv6Address(value)
        return not colon or bool(value)
    except AddressValueError:
        return False


def _parameters(text: str, known: Parameters, command: str) -> dict[str, str]:
    """Read ESMTP parameters (RFC 5321 §4.1.2); each may come once. Raises Refused."""
    given: dict[str, str] = {}
    for word in text.split():
        match = _PARAMETER.fullmatch(word)
        if match is None:
            raise Refused(syntax_error(f"malformed parameter {word[:40]}"))
        keyword, value = match["keyword"].upper(), match["value"]
        if keyword not in known:
            raise Refused(Reply(555, "5.5.4", f"{command} parameter {keyword[:40]} not recognized or not implemented"))
        if keyword in given or not _is_valid(value, known[keyword]):
            raise Refused(syntax_error(f"invalid {keyword} parameter"))
        given[keyword] = value or ""
    return given


def _is_valid(value: str | None, pattern: re.Pattern[str] | None) -> bool:
    if value is None or pattern is None:
        return value is None and pattern is None
    return pattern.fullmatch(value) is not None
