"""What the API answers about folders and tags, as pydantic models."""

from __future__ import annotations

from mailpit_py.api.schemas import Answer


class FolderTotals(Answer):
    """A folder, and how many messages are in it."""

    name: str
    total: int
    unread: int


class Folders(Answer):
    """The folders of an inbox."""

    folders: list[FolderTotals]


class Tag(Answer):
    """A tag, and how many messages have it."""

    name: str
    count: int


class Tags(Answer):
    """All tags of an inbox in the order of the alphabet, case aside."""

    tags: list[Tag]
