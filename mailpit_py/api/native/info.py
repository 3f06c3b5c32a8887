"""The view that tells what this sandbox is and where it listens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from mailpit_py import __version__
from mailpit_py.api import info_schemas, shape
from mailpit_py.api.admission import admitted, may_see
from mailpit_py.api.context import here
from mailpit_py.api.models import InboxQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.shape import Json
from mailpit_py.bind import Bind
from mailpit_py.config import Config
from mailpit_py.storage import Store

TAG = "Sandbox"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/info")(show_info)


@operation(TAG, returns=info_schemas.Info, errors=())
def show_info(query: InboxQuery) -> Json:
    """Show what this sandbox is: its name, where it takes mail, what it keeps, how much there is."""
    context = here()
    config, store = context.config, context.sandbox.store
    cursor = str(store.head())
    return {
        "name": "mailpit-py",
        "version": __version__,
        "label": config.label,
        "smtp": _listeners(config),
        "http": {"url": request.host_url.rstrip("/") + config.webroot_path},
        "auth": {"smtp": _smtp_auth(config), "ui": bool(config.ui_auth_file or config.ui_auth)},
        "limits": _limits(config),
        "remote_content": config.remote_content,
        "checks": {"html": context.adviser.has_data, "spam": context.adviser.outside.filter_name},
        "database": _database(store),
        "inboxes": [name for name in store.inbox_table.names() if may_see(name)],
        "inbox": admitted(),
        "counts": shape.counts(store.counts(query.inbox)),
        "cursor": cursor,
    }


def _listeners(config: Config) -> list[Json]:
    starttls = "starttls" if config.smtp_tls_cert else "none"
    kinds = (
        ("smtp", "tls" if config.smtp_require_tls else starttls, "smtp"),
        ("smtps", "tls", "smtp"),
        ("lmtp", starttls, "lmtp"),
    )
    common = [
        _listener(bind, name, tls, protocol) for name, tls, protocol in kinds if (bind := config.bind(name)) is not None
    ]
    own = [
        {**_listener(bind, f"smtp for {inbox}", kinds[0][1], "smtp"), "inbox": inbox}
        for inbox, bind in config.inbox_places.items()
        if may_see(inbox)
    ]
    return common + own


def _listener(bind: Bind, name: str, tls: str, protocol: str) -> Json:
    host = "localhost" if len(bind.hosts) > 1 else "".join(bind.hosts)
    return {
        "host": _reachable(host),
        "port": here().ports.get(name, bind.port),
        "path": str(bind.path or ""),
        "tls": tls,
        "protocol": protocol,
        "inbox": "",
    }


def _reachable(host: str) -> str:
    """For a listener on every address, the name under which this client reached the page."""
    if host not in ("0.0.0.0", "::"):
        return host
    return request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host


def _smtp_auth(config: Config) -> str:
    if config.smtp_auth_file or config.smtp_auth:
        return "file"
    return "any" if config.smtp_auth_accept_any else "off"


def _limits(config: Config) -> dict[str, Any]:
    return {
        "max_messages": config.max if config.max > 0 else None,
        "max_age": config.max_age_seconds,
        "max_bytes": config.max_total_bytes,
        "max_message_size_bytes": config.max_message_size_bytes or None,
    }


def _database(store: Store) -> Json:
    path = None if store.is_temporary or admitted() else str(store.path)
    return {"path": path, "temporary": store.is_temporary, "size_bytes": store.size_bytes()}
