"""What a request with the token of an inbox may ask for."""

from __future__ import annotations

from flask import current_app, g, request

from mailpit_py.api.context import here
from mailpit_py.api.login import credentials
from mailpit_py.api.operation import operation_of
from mailpit_py.api.problem import Problem
from mailpit_py.application.inboxbook import is_token
from mailpit_py.storage import EVERY_INBOX

# What a token opens beside the operations that are about one inbox: views of the page, documents, and Mailpit's API.
OPEN = frozenset(
    {
        *("shell.index", "shell.asset", "docs.show_page", "docs.file", "api.show_document", "v1.show_document"),
        *("events.stream", "live.stream", "view.lead_to_latest", "view.show_html", "view.show_text"),
        *("v1.show_info", "v1.show_webui", "v1.show_message", "v1.show_headers", "v1.show_raw", "v1.list_messages"),
        *("v1.set_read_status", "v1.delete_messages", "v1.search_messages", "v1.delete_search", "v1.show_part"),
        *("v1.show_thumbnail", "v1.release_message", "v1.send_message", "v1.show_documentation", "view.hand_on"),
        *("v1.check_html", "v1.check_links", "v1.check_spam"),
        *("v1.list_tags", "v1.set_tags", "v1.rename_tag", "v1.delete_tag"),
    }
)


def token_in(header: str | None) -> str | None:
    """The token that an Authorization header carries: as a bearer (RFC 6750), or as the password of Basic."""
    scheme, _, rest = (header or "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    given = credentials(header)
    return given[1] if given and is_token(given[1]) else None


def admit(token: str) -> bool:
    """Let the request see what a token opens; False if it opens nothing. Raises the problem for what is not in it."""
    inbox = here().sandbox.inboxes.opened_by(token)
    if inbox is None:
        return False
    if inbox != EVERY_INBOX:
        g.inbox, g.token = inbox, token
        here().sandbox.inboxes.touch(inbox)
        if not _is_open(request.endpoint):
            raise Problem(403, "A token of an inbox does not open this; it concerns the whole sandbox.", kind="token")
    return True


def _is_open(endpoint: str | None) -> bool:
    if endpoint is None or endpoint in OPEN:  # where there is no route the page answers, or nothing
        return True
    spec = operation_of(current_app.view_functions[endpoint])
    return spec is not None and (spec.is_common or spec.names_inbox)
