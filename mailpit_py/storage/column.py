"""The columns that tables share, and the metadata that all of them belong to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, SmallInteger, Text, text

metadata = MetaData()


def flag(name: str) -> Column[int]:
    """A column of 0 and 1, 0 at first."""
    return Column(name, SmallInteger, nullable=False, server_default=text("0"))


def number(name: str, default: int | None = 0) -> Column[int]:
    """A column of whole numbers; None for one that has to be given."""
    server_default = None if default is None else text(str(default))
    return Column(name, BigInteger, nullable=False, server_default=server_default)


def words(name: str) -> Column[str]:
    """A column of text, empty at first."""
    return Column(name, Text, nullable=False, server_default=text("''"))


def cause() -> tuple[Column[Any], ...]:
    """What decided: empty columns for the usual course."""
    return (words("trigger"), words("rule"), number("count"), Column("seed", Text), words("explanation"))
