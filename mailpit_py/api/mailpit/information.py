"""What Mailpit's clients ask about the program: its numbers, and what its page may offer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from mailpit_py import __version__
from mailpit_py.api import docs
from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.mailpit.go_json import written
from mailpit_py.application.relay_settings import RelaySettings


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/info")(show_info)
    routes.get("/webui")(show_webui)
    routes.get("/swagger.json")(show_document)
    # with and without the slash: a redirect would name a host that a proxy in front may not have
    routes.get("/", strict_slashes=False)(show_documentation)
    routes.get("/index.html")(show_documentation)


def show_info() -> Response:
    """Show how much mail there is, and what happened since the start."""
    context = here()
    store = context.sandbox.store
    counts = store.counts(scope())
    return written(
        {
            "Version": f"v{__version__}",
            "LatestVersion": "disabled",  # nothing is ever asked of the network by itself
            "Database": str(store.path),
            "DatabaseSize": store.size_bytes(),
            "Messages": counts.total,
            "Unread": counts.unread,
            "Tags": store.tags.counts(scope()),
            "RuntimeStats": context.sandbox.statistics.as_mapping(store.journal.removed_messages),
        }
    )


def show_webui() -> Response:
    """Show what the page may offer."""
    context = here()
    return written(
        {
            "Label": context.config.label,
            "MessageRelay": _relay(context.sandbox.relay.relay),
            "SpamAssassin": context.adviser.outside.score is not None,
            "ChaosEnabled": context.sandbox.simulator.configuration.chaos.enabled,
            "DuplicatesIgnored": context.config.ignore_duplicate_ids,
            "HideDeleteAllButton": context.config.hide_delete_all_button,
        }
    )


def show_document() -> Response:
    """Show the OpenAPI document of this API."""
    from mailpit_py.api.mailpit.document import document  # loaded when it is first asked for

    base = here().config.webroot_path.rstrip("/")
    return written({**({"basePath": base} if base else {}), **document()})


def show_documentation() -> Response:
    """Show what the document says, for people."""
    return docs.page("api/v1/", "swagger.json", "")


def _relay(settings: RelaySettings | None) -> dict[str, Any]:
    """Where mail may be released to; all of it empty if nowhere. Names and passwords stay here."""
    allowed = settings.allowed.pattern if settings and settings.allowed else ""
    return {
        "Enabled": settings is not None,
        "SMTPServer": f"{settings.server.host}:{settings.server.port}" if settings else "",
        "ReturnPath": settings.return_path if settings else "",
        "AllowedRecipients": allowed,
        "BlockedRecipients": settings.blocked.pattern if settings and settings.blocked else "",
        "OverrideFrom": settings.override_from if settings else "",
        "PreserveMessageIDs": settings is not None and settings.preserve_message_ids,
        "RecipientAllowlist": allowed,
    }
