"""The view of folders: which an inbox has, and how much is in each."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api import folder_schemas as schemas
from mailpit_py.api.context import here
from mailpit_py.api.models import OneInboxQuery
from mailpit_py.api.operation import operation
from mailpit_py.api.shape import Json

TAG = "Messages"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/folders")(list_folders)


@operation(TAG, query=OneInboxQuery, returns=schemas.Folders)
def list_folders(query: OneInboxQuery) -> Json:
    """List the folders of an inbox in the order in which they were made, INBOX first.

    `Trash` is made when something is first moved there; others by whoever reads by IMAP.
    """
    store = here().sandbox.store
    store.counts(query.inbox)  # raises NotFound for an inbox that does not exist
    return {
        "folders": [
            {"name": one.name, "total": one.total, "unread": one.unread} for one in store.folders.totals(query.inbox)
        ]
    }
