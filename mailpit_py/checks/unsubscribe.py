"""Whether a reader can leave with one click (RFC 2369, RFC 8058), as Gmail and Yahoo ask of bulk mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailpit_py.checks.finding import Finding, Severity
from mailpit_py.mail import Message

ONE_CLICK = "List-Unsubscribe=One-Click"
_ADDRESS = re.compile(r"<([^<>]{1,2000})>")
_BULK = ("list-id", "list-unsubscribe", "feedback-id")


def check(message: Message) -> Iterator[Finding]:
    """Check mail that says of itself that it is bulk mail: by List-Id, Precedence and the like."""
    precedence = message.field("Precedence")
    is_bulk = precedence is not None and precedence.value.lower() in ("bulk", "list")
    if is_bulk or any(message.field(name) for name in _BULK):
        yield from check_bulk(message)


def check_bulk(message: Message) -> Iterator[Finding]:
    """Check a message that is known to be bulk mail."""
    field = message.field("List-Unsubscribe")
    if field is None:
        yield Finding(
            "no-list-unsubscribe",
            Severity.ERROR,
            "There is no List-Unsubscribe field.",
            "Add one with an https address, and List-Unsubscribe-Post: List-Unsubscribe=One-Click.",
        )
        return
    addresses = _ADDRESS.findall(field.value)
    if not addresses:
        yield Finding(
            "bad-list-unsubscribe",
            Severity.ERROR,
            f"List-Unsubscribe has no address in angle brackets: {field.value[:100]!r}.",
            "Write <https://...>, <mailto:...> (RFC 2369 §3.2).",
        )
        return
    yield from _one_click(message, addresses)


def _one_click(message: Message, addresses: list[str]) -> Iterator[Finding]:
    post = message.field("List-Unsubscribe-Post")
    has_https = any(one.strip().lower().startswith("https://") for one in addresses)
    if not has_https:
        yield Finding(
            "unsubscribe-without-https",
            Severity.WARNING,
            "List-Unsubscribe has no https address, so nobody can leave with one click.",
            "Add one that takes a POST (RFC 8058 §3.1).",
        )
    if post is None or post.value.strip().lower() != ONE_CLICK.lower():
        value = "is missing" if post is None else f"is {post.value[:100]!r}"
        yield Finding(
            "no-one-click",
            Severity.WARNING,
            f"List-Unsubscribe-Post {value}.",
            f"Add List-Unsubscribe-Post: {ONE_CLICK} (RFC 8058 §3.1).",
        )
