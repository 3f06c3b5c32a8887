"""Differences between two readings of one message that a row of the document has: for mail that is broken at random."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Any

from mailpit_py.mail import Message, Part, read
from tests.beside.views import GONE, REFUSED, Difference

BODY = r"Text|HTML|txt|html|Inline|Attachments|part .*|row Snippet|row Attachments"
LISTS = r"(?:row )?(?:To|Cc|Bcc|ReplyTo)"
FROM = r"(?:row )?From|ReturnPath"
VALUES = rf"(?:row )?Subject|header .*|{LISTS}|{FROM}|MessageID|row MessageID|Date|ListUnsubscribe"
NAMED_BY_ADDRESS = rb"^(?:from|to|cc|bcc|reply-to):(?:[^\r\n]|\r\n[ \t])*?@(?:[^,\r\n]|\r\n[ \t])*<"
BLANKS_AT_A_FOLD = rb"^subject:(?:[^\r\n]|\r\n[ \t])*?(?:[ \t]\r\n[ \t]|\r\n[ \t]{2})"
UNSEEN = "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"


@dataclass(frozen=True)
class Rule:
    """Differences at some paths come from what a row says, where `holds` is true of them."""

    words: str
    paths: str
    holds: Callable[[Difference], bool]

    def explains(self, difference: Difference) -> bool:
        return bool(re.fullmatch(self.paths, difference.path)) and self.holds(difference)


def rule_for(difference: Difference) -> Rule | None:
    """The first rule that explains a difference."""
    return next((rule for rule in RULES if rule.explains(difference)), None)


@functools.lru_cache(maxsize=8)
def message(raw: bytes) -> Message:
    return read(raw)


def has(*codes: str) -> Callable[[Difference], bool]:
    """True of a message with one of these defects."""
    return lambda one: any(defect.code in codes for defect in message(one.raw).defects)


def parts(is_so: Callable[[Part], Any]) -> Callable[[Difference], bool]:
    """True of a message with such a part."""
    return lambda one: any(is_so(part) for part in message(one.raw).root.walk())


def said(pattern: str) -> Callable[[Difference], bool]:
    """True if what Mailpit says has this."""
    found = re.compile(pattern, re.S)
    return lambda one: bool(found.search(str(one.theirs)))


def sent(pattern: bytes) -> Callable[[Difference], bool]:
    """True if the message has this."""
    found = re.compile(pattern, re.I | re.M)
    return lambda one: bool(found.search(one.raw))


def is_beginning(one: Difference) -> bool:
    """Whether Mailpit has less of a list of addresses."""
    return not one.theirs or all(address in (one.ours or ()) for address in one.theirs)


def names_it_nowhere_else(one: Difference) -> bool:
    """Whether Mailpit adds the envelope's recipient since it could not read the list that names it."""
    theirs, ours = one.views
    return any(theirs[name] != ours[name] for name in ("To", "Cc"))


def is_all_name(one: Difference) -> bool:
    """Whether Mailpit takes the whole From for a name."""
    return one.path == "ReturnPath" or (one.theirs or {}).get("Address") == ""


def is_unquoted(one: Difference) -> bool:
    return str(one.ours).replace('"', "") == str(one.theirs)


def lacks_nameless(one: Difference) -> bool:
    """Whether ours has more, and all that it has more is under a name that was made for it."""
    if one.path.startswith("part"):
        return one.theirs is None and 'filename="part-' in one.ours[2]
    named = [file for file in one.ours if not file["FileName"].startswith("part-")]
    return bool(one.theirs == named)


def has_boundary_for_nothing(part: Part) -> bool:
    return "boundary" in part.parameters and (not part.is_multipart or part.disposition == "attachment")


def has_blanks_at_line_ends(part: Part) -> bool:
    return part.encoding == "quoted-printable" and bool(re.search(rb"[ \t]\r?$", part.body, re.M))


def has_odd_encoding(part: Part) -> bool:
    named = part.section.value(b"content-transfer-encoding") or b""
    return named.strip().lower() not in (b"", b"7bit", b"8bit", b"binary", b"base64", b"quoted-printable")


def has_odd_boundary(one: Difference) -> bool:
    """Whether a boundary stands in a line that is none, twice in a row, or in the boundary of another multipart."""
    named = [key for part in message(one.raw).root.walk() if (key := part.parameters.get("boundary", "").encode())]
    lines = one.raw.split(b"\r\n")
    alone = {b"--" + key + end for key in named for end in (b"", b"--")}
    odd = any(b"--" + key in line and line.rstrip(b" \t") not in alone for line in lines for key in named)
    doubled = any(first in alone and first == second for first, second in pairwise(lines))
    return odd or doubled or any(a in b for a, b in permutations(named, 2))


def has_another_snippet(one: Difference) -> bool:
    """Whether a snippet is not that of one plain text that all show in the same way."""
    texts = [part for part in message(one.raw).root.walk() if part.content_type == "text/plain"]
    return len(texts) != 1 or bool(texts[0].filename) or any(view["HTML"] for view in one.views)


RULES = (
    Rule("a header section that cannot be read is refused", "kept", lambda one: one.theirs == REFUSED),
    Rule("a multipart without boundary", "kept", lambda one: one.theirs == GONE),
    Rule("one bad address empties the list", LISTS, is_beginning),
    Rule("one bad address empties the list", FROM, is_all_name),
    Rule("one bad address empties the list", "(?:row )?Bcc", names_it_nowhere_else),
    Rule("a quoted local part loses its quotes", f"{LISTS}|{FROM}", is_unquoted),
    Rule("a name with `@` and without quotes", f"{LISTS}|{FROM}", sent(NAMED_BY_ADDRESS)),
    Rule("a raw Subject in Latin-1", VALUES, said("\ufffd")),
    Rule("an encoded word that is broken", VALUES, said(r"=\?")),
    Rule("line ends and NULs that were encoded", VALUES, said(r"\\r|\\n|\\x00|[\r\n\0]")),
    Rule(
        "blanks before and behind a fold",
        r"(?:row )?Subject",
        sent(BLANKS_AT_A_FOLD),
    ),
    Rule("`ContentID` without brackets", "(?:row )?MessageID", sent(rb"^message-id\s*:")),
    Rule("a header line with a blank or a letter", "header .*", sent(rb"^[!-9;-~]+[ \t]+:")),
    Rule("a Date in another form", "Date", sent(rb"^date\s*:")),
    Rule("attachments and inline parts without a name", "Inline|Attachments|part .*", lacks_nameless),
    Rule("a part without Content-Type", BODY, parts(lambda part: b"content-type" not in part.section.names)),
    Rule("a multipart without boundary", BODY, has("bad-content-type", "missing-boundary")),
    Rule("a multipart without boundary", BODY, sent(rb"^content-type:\s*[^;\s]+[ \t]+[^;\s(]")),
    Rule(
        "a multipart whose boundary does not occur", BODY, parts(lambda part: part.is_multipart and not part.children)
    ),
    Rule("a boundary counts wherever it stands", BODY, has_odd_boundary),
    Rule("whatever has a boundary is a multipart", BODY, parts(has_boundary_for_nothing)),
    Rule("broken base64", BODY, has("bad-base64")),
    Rule("blanks at the end of a quoted-printable line", BODY, parts(has_blanks_at_line_ends)),
    Rule("a transfer encoding with something behind it", BODY, parts(has_odd_encoding)),
    Rule("a file name by RFC 2231", BODY, sent(rb"name\*")),
    Rule("a broken Content-Disposition", BODY, sent(rb"^content-disposition:\s*+(?![\w-]+\s*(?:;|$))")),
    Rule("text without a charset goes through a guess", BODY, has("undeclared-8bit")),
    Rule("what is not of its charset", BODY, has("wrong-charset", "unknown-charset")),
    Rule("a CR alone belongs to the line", ".*", has("bare-cr")),
    Rule("in the header section of a part, a line without colon", BODY, has("header-ended-by-text", "no-header")),
    Rule(
        "a header line with a blank or a letter",
        f"{BODY}|{VALUES}",
        has("header-ended-by-text", "no-header", "mbox-line"),
    ),
    Rule("`Snippet` from the HTML first", "row Snippet", said(UNSEEN)),
    Rule("text made from HTML", "Text|txt", sent(rb"<(?:svg|math|iframe|noscript|noembed|textarea)")),
    Rule("adds `Received`", "raw|header .*", lambda one: one.raw[:1] in (b" ", b"\t")),
    Rule("`Snippet` from the HTML first", "row Snippet", has_another_snippet),
)
