"""Sinks and their attempts as the API answers them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from mailpit_py.api.shape import instant
from mailpit_py.application.sinkbook import is_waiting
from mailpit_py.storage import Sink, SinkAttempt, SinkTry

Json = dict[str, Any]


def sink(one: Sink) -> Json:
    """One sink; its password and its secret stay here."""
    shown, has_password = _without_password(one.target)
    return {
        "id": one.public_id,
        "kind": one.kind.value,
        "target": shown,
        "has_password": has_password,
        "provider": one.provider,
        "events": list(one.options.get("events", ())),
        "has_secret": bool(one.options.get("secret")),
        "signature_version": one.options.get("signature_version", "1"),
        "certificate_url": one.options.get("certificate_url", ""),
        "is_waiting": is_waiting(one),
        "enabled": one.enabled,
        "origin": one.options.get("origin", ""),
        "created_at": instant(one.created_at),
    }


def _without_password(target: str) -> tuple[str, bool]:
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or "@" not in parts.netloc:
        return target, False
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), True


def attempt(one: SinkAttempt) -> Json:
    """One attempt."""
    return {
        "id": one.public_id,
        "sink": one.sink,
        "kind": one.kind,
        "event": dict(one.event),
        "message": one.original,
        "report": one.report,
        "stable_id": one.stable_id,
        "state": one.state.value,
        "tries": one.tries,
        "due_at": instant(one.due_at),
        "created_at": instant(one.created_at),
        "done_at": None if one.done_at is None else instant(one.done_at),
    }


def tried(one: SinkTry) -> Json:
    """One try."""
    return {
        "number": one.number,
        "at": instant(one.at),
        "took_ms": one.took_us / 1_000,
        "ok": one.ok,
        "code": one.code,
        "request": one.request,
        "response": one.response,
        "error": one.error,
    }
