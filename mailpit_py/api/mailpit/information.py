"""What Mailpit's clients ask about the program: its numbers, and what its page may offer."""

from __future__ import annotations

from flask import Blueprint, Response

from mailpit_py import __version__
from mailpit_py.api.context import here
from mailpit_py.api.mailpit.go_json import written
from mailpit_py.storage import DEFAULT_INBOX


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/info")(show_info)
    routes.get("/webui")(show_webui)


def show_info() -> Response:
    """Show how much mail there is, and what happened since the start."""
    context = here()
    store = context.sandbox.store
    counts = store.counts(DEFAULT_INBOX)
    return written(
        {
            "Version": f"v{__version__}",
            "LatestVersion": "disabled",  # nothing is ever asked of the network by itself
            "Database": str(store.path),
            "DatabaseSize": store.size_bytes(),
            "Messages": counts.total,
            "Unread": counts.unread,
            "Tags": store.tags.counts(DEFAULT_INBOX),
            "RuntimeStats": context.sandbox.statistics.as_mapping(store.journal.removed_messages),
        }
    )


def show_webui() -> Response:
    """Show what the page may offer."""
    context = here()
    return written(
        {
            "Label": context.config.label,
            "MessageRelay": {
                "Enabled": False,
                "SMTPServer": "",
                "ReturnPath": "",
                "AllowedRecipients": "",
                "BlockedRecipients": "",
                "OverrideFrom": "",
                "PreserveMessageIDs": False,
                "RecipientAllowlist": "",
            },
            "SpamAssassin": False,
            "ChaosEnabled": context.sandbox.simulator.configuration.chaos.enabled,
            "DuplicatesIgnored": False,
            "HideDeleteAllButton": context.config.hide_delete_all_button,
        }
    )
