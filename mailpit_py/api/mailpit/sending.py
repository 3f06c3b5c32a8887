"""Mailpit's way to put a message in: JSON in, a message out of it, kept as if it had come by SMTP."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from mailpit_py.api.context import here
from mailpit_py.api.login import credentials
from mailpit_py.api.mailpit import fields, intake
from mailpit_py.api.mailpit.address import address_in
from mailpit_py.api.mailpit.composition import Draft, File, Mailbox, compose
from mailpit_py.api.mailpit.go_json import member, written
from mailpit_py.api.problem import Problem

RESERVED = frozenset(["to", "from", "cc", "bcc", "reply-to", "date", "subject", "content-type", "mime-version"])
NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
# What Go calls the types of the body.
MAILBOX = "struct { Name string; Email string }"
FILE = "struct { Content string; Filename string; ContentType string; ContentID string }"
BODY = (
    f"struct {{ From {MAILBOX}; To []{MAILBOX}; Cc []{MAILBOX}; Bcc []string; ReplyTo []{MAILBOX}; Subject string; "
    f"Text string; HTML string; Attachments []{FILE}; Tags []string; Headers map[string]string }}"
)


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.post("/send")(send_message)


def send_message() -> Response:
    """Make a message of the body, and keep it."""
    given = fields.body(BODY)
    draft = _draft(given)
    recipients = [*(one.address for one in (*draft.to, *draft.cc)), *draft.bcc]
    if not draft.sender.address:
        raise Problem(400, "error building message: from not set")
    if not recipients:
        raise Problem(400, "error building message: no recipients (to, cc, bcc) set")
    raw = compose(draft, here().sandbox.clock.wall())
    name = (credentials(request.headers.get("Authorization")) or ("", ""))[0]
    receipt = intake.keep(raw, intake.envelope_of(draft.sender.address, recipients), username=name)
    return written({"ID": receipt.public_id})


def _draft(given: Mapping[str, Any]) -> Draft:
    sender = member(given, "From") or {}
    email = fields.text(sender, "Email")
    try:
        return Draft(
            sender=Mailbox(fields.text(sender, "Name"), address_in(email) or email),
            to=_mailboxes(given, "To", "To"),
            cc=_mailboxes(given, "Cc", "Cc"),
            bcc=[_checked(one, "Bcc") for one in fields.texts(given, "Bcc")],
            reply_to=_mailboxes(given, "ReplyTo", "Reply-To"),
            subject=fields.text(given, "Subject"),
            text=fields.text(given, "Text"),
            html=fields.text(given, "HTML"),
            files=[_file(one) for one in fields.mappings(given, "Attachments")],
            fields=_header_fields(given),
        )
    except ValueError as error:
        raise Problem(400, f"error building message: {error}") from None


def _mailboxes(given: Mapping[str, Any], name: str, shown: str) -> list[Mailbox]:
    items = fields.mappings(given, name)
    return [Mailbox(fields.text(one, "Name"), _checked(fields.text(one, "Email"), shown)) for one in items]


def _checked(text: str, name: str) -> str:
    """The address of a text that is one. Raises the problem that it is none."""
    address = address_in(text)
    if not address:
        raise Problem(400, f"invalid {name} address: {text}")
    return address


def _file(one: Mapping[str, Any]) -> File:
    encoded, name, kind, content_id = (
        fields.text(one, each) for each in ("Content", "Filename", "ContentType", "ContentID")
    )
    encoded = re.sub(r"[\r\n]", "", encoded.rpartition(",")[2])
    try:
        content = b64decode(encoded, validate=True)
    except (Error, ValueError):
        wrong = NOT_BASE64.search(encoded)
        place = wrong.start() if wrong else len(encoded) // 4 * 4
        text = f'error decoding base64 attachment "{name}": illegal base64 data at input byte {place}'
        raise Problem(400, text) from None
    return File(name, content, kind, content_id)


def _header_fields(given: Mapping[str, Any]) -> dict[str, str]:
    """The caller's own header fields, and X-Tags if tags are given."""
    headers: Mapping[str, str | None] = member(given, "Headers") or {}
    tags = fields.texts(given, "Tags")
    reserved = RESERVED | ({"x-tags"} if tags else set())
    found = {}
    for name, value in headers.items():
        if name.lower() in reserved:
            raise Problem(400, f'cannot overwrite header: "{name}"')
        found[name] = value or ""
    return {**found, "X-Tags": ", ".join(tags)} if tags else found
