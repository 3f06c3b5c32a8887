"""Mailpit's release: a message sent on, and the answer once the server has spoken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from mailpit_py.api.admission import scope
from mailpit_py.api.answers import read_octets
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import failure, finding
from mailpit_py.api.mailpit.go_json import BadJson, member, read
from mailpit_py.application.relay_queue import RelayQueue
from mailpit_py.application.release import ReleaseError
from mailpit_py.mail.implied import address_of
from mailpit_py.storage import RelayItem, RelayState


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.post("/message/<given>/release")(release_message)


def release_message(given: str) -> Response:
    """Send a message on to real people, and answer what became of the one try.

    The body is `{"To": [...]}`, or the bare list that the npm client sends.
    """
    sandbox = here().sandbox
    public_id = finding.public_id(given)
    found = sandbox.store.message(scope(), public_id)
    if found is None:
        return Response(failure.NO_SUCH_THING, 404, content_type="text/plain")
    try:
        addresses = _addresses(read(read_octets()))
    except BadJson as error:
        return failure.refusal(str(error))
    if wrong := _refusal(sandbox.relay, addresses):
        return failure.refusal(wrong)
    addresses = [address_of(one) for one in addresses]
    try:
        item = sandbox.relay.tried(sandbox.relay.release(found.summary.inbox, public_id, addresses, is_retried=False))
    except ReleaseError as error:
        return failure.refusal(f"SMTP error: {error}" if sandbox.relay.relay is None else f"Failed: {error}")
    return _answer(item, sandbox.relay)


def _answer(item: RelayItem, queue: RelayQueue) -> Response:
    """A recipient that the server refuses is told only where the operator wants its errors handed on, or if all are."""
    is_told = item.state is RelayState.PARTLY and queue.relay is not None and queue.relay.forwards_errors
    if item.state in (RelayState.SENT, RelayState.PARTLY) and not is_told:
        return Response("ok", content_type="text/plain")
    return failure.refusal(f"SMTP error: {item.said or 'it has not been sent yet'}")


def _addresses(value: Any) -> list[str]:
    to = member(value, "To") if isinstance(value, Mapping) else value
    if to is None:
        return []
    if not isinstance(to, list):
        where = (
            "struct field .To of type []string"
            if isinstance(value, Mapping)
            else "value of type struct { To []string }"
        )
        raise BadJson(f"json: cannot unmarshal {_kind(to)} into Go {where}")
    if wrong := [one for one in to if not isinstance(one, str | None)]:
        raise BadJson(f"json: cannot unmarshal {_kind(wrong[0])} into Go struct field .To of type string")
    return [(one or "").strip() for one in to]


def _kind(value: Any) -> str:
    """What Go calls a value of JSON."""
    kinds = ((bool, "bool"), (int | float, "number"), (str, "string"), (list, "array"), (Mapping, "object"))
    return next(name for kind, name in kinds if isinstance(value, kind))


def _refusal(queue: RelayQueue, addresses: list[str]) -> str:
    """Why mail may not go to these, in Mailpit's words."""
    if invalid := [one for one in addresses if not address_of(one)]:
        return f"Invalid email address: {invalid[0]}"
    relay = queue.relay
    if relay and relay.allowed and (outside := [one for one in addresses if not relay.allowed.search(address_of(one))]):
        return f"Failed: {_counted(outside)} do not match the allowlist: {', '.join(outside)}"
    if relay and relay.blocked and (inside := [one for one in addresses if relay.blocked.search(address_of(one))]):
        return f"Failed: {_counted(inside)} found on blocklist: {', '.join(inside)}"
    return "" if addresses else "No valid addresses found"


def _counted(addresses: list[str]) -> str:
    return f"{len(addresses)} Address{'es' if len(addresses) > 1 else ''}"
