"""Views that mark, move and delete messages: one, many, those that a search finds, or all."""

from __future__ import annotations

from flask import Blueprint

from mailpit_py.api import schemas
from mailpit_py.api.context import here
from mailpit_py.api.models import Choice, ChoiceToMove, ChoiceWithMarks, FolderQuery, InboxQuery, Marks
from mailpit_py.api.native.messages import parse_search
from mailpit_py.api.operation import operation
from mailpit_py.api.problem import not_found, unusable, unusable_parameter
from mailpit_py.api.shape import Json
from mailpit_py.mail.tag import clean_all
from mailpit_py.storage import EVERY_INBOX, INBOX, PATIENCE, Selection

TAG = "Messages"


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.patch("/messages")(mark_messages)
    routes.delete("/messages")(delete_messages)
    routes.post("/messages/move")(move_messages)
    routes.patch("/messages/<public_id:public_id>")(mark_message)
    routes.delete("/messages/<public_id:public_id>")(delete_message)


@operation(TAG, query=FolderQuery, body=ChoiceWithMarks, returns=schemas.Changed, errors=(400,))
def mark_messages(query: FolderQuery, body: ChoiceWithMarks) -> Json:
    """Mark many messages as read, unread, pinned or not, or give them tags: `ids`, what `query` finds, or `all`."""
    return {"changed": _mark(query.inbox, _selection(body, query.mailbox), body)}


@operation(TAG, query=FolderQuery, body=Choice, returns=schemas.Deleted, errors=(400,))
def delete_messages(query: FolderQuery, body: Choice) -> Json:
    """Delete many messages: `ids`, what `query` finds, or `all`.

    There is no deletion without a body: everything is deleted by `{"all": true}` and by nothing
    else. `all` deletes pinned messages and refused transactions, too, and what is in folders.
    """
    return {"deleted": _delete(query.inbox, _selection(body, query.mailbox))}


@operation(TAG, query=FolderQuery, body=ChoiceToMove, returns=schemas.Changed, errors=(400,))
def move_messages(query: FolderQuery, body: ChoiceToMove) -> Json:
    """Move many messages to a folder of their inbox, made if it is not there: out of the Trash, or into it."""
    if query.inbox == EVERY_INBOX:
        raise unusable_parameter("inbox", "a folder is in one: name that")
    moved = here().sandbox.store.maildrops.move(query.inbox, _selection(body, query.mailbox), body.to)
    return {"changed": moved.result(PATIENCE)}


@operation(TAG, body=Marks, returns=schemas.Changed)
def mark_message(public_id: str, query: InboxQuery, body: Marks) -> Json:
    """Mark one message as read or unread, pinned or not, or give it tags."""
    changed = _mark(query.inbox, Selection.ids([public_id]), body)
    if not changed and here().sandbox.store.message(query.inbox, public_id) is None:
        raise not_found("message")
    return {"changed": changed}


@operation(TAG, returns=schemas.Deleted)
def delete_message(public_id: str, query: InboxQuery) -> Json:
    """Delete one message, or one refused transaction."""
    deleted = _delete(query.inbox, Selection.ids([public_id]))
    if not deleted:
        raise not_found("message")
    return {"deleted": deleted}


def _selection(choice: Choice, mailbox: str | None) -> Selection:
    if choice.ids is not None:
        return Selection.ids(choice.ids)
    if choice.all:
        return Selection.everything(mailbox)
    search = parse_search(choice.query or "")
    if search is None or search.is_empty:
        raise unusable("query", "finds everything; if that is meant, say all")
    return Selection.matching(search, mailbox or INBOX)


def _mark(inbox: str, selection: Selection, marks: Marks | ChoiceWithMarks) -> int:
    store = here().sandbox.store
    tagged = 0
    if marks.tags is not None:
        tagged = store.tags.replace(inbox, selection, clean_all(marks.tags)).result(PATIENCE)
    return max(tagged, store.mark(inbox, selection, seen=marks.seen, pinned=marks.pinned).result(PATIENCE))


def _delete(inbox: str, selection: Selection) -> int:
    return here().sandbox.store.delete(inbox, selection).result(PATIENCE)
