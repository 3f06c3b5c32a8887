"""What the API answers about folders, as pydantic models."""

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
