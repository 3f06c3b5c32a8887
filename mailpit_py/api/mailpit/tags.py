"""Mailpit's tags: listed, given to messages, renamed and deleted."""

from __future__ import annotations

from flask import Blueprint, Response

from mailpit_py.api.admission import scope
from mailpit_py.api.context import here
from mailpit_py.api.mailpit import failure, fields
from mailpit_py.api.mailpit.go_json import written
from mailpit_py.errors import NotFound, Taken
from mailpit_py.mail.tag import clean, clean_all
from mailpit_py.storage import PATIENCE, Selection


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/tags")(list_tags)
    routes.put("/tags")(set_tags)
    routes.put("/tags/<tag>")(rename_tag)
    routes.delete("/tags/<tag>")(delete_tag)


def list_tags() -> Response:
    """List all tags in the order of the alphabet."""
    return written(list(here().sandbox.store.tags.names(scope())))


def set_tags() -> Response:
    """Give messages these tags and no others; unknown messages are passed over."""
    given = fields.body("struct { Tags []string; IDs []string }")
    ids, names = fields.texts(given, "IDs"), clean_all(fields.texts(given, "Tags"))
    here().sandbox.store.tags.replace(scope(), Selection.ids(ids), names).result(PATIENCE)
    return failure.ok()


def rename_tag(tag: str) -> Response:
    """Give a tag another name."""
    new = clean(fields.text(fields.body("struct { Name string }"), "Name"))
    if not new:
        return failure.refusal("invalid tag name: ")
    if new == tag:  # before anything is looked for: neither the case of a name changes, nor is one missing
        return failure.ok()
    try:
        here().sandbox.store.tags.rename(scope(), tag, new).result(PATIENCE)
    except (NotFound, Taken) as error:
        return failure.refusal(str(error))
    return failure.ok()


def delete_tag(tag: str) -> Response:
    """Take a tag from all messages, which stay."""
    try:
        here().sandbox.store.tags.drop(scope(), tag).result(PATIENCE)
    except NotFound as error:
        return failure.refusal(str(error))
    return failure.ok()
