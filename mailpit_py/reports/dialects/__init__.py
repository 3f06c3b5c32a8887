"""The dialects by name: how the reports of each mail system look, a file for each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailpit_py.errors import NotFound
from mailpit_py.reports.dialects import (
    barracuda,
    exim,
    exim_classic,
    gmail,
    gmail_classic,
    m365,
    opensmtpd,
    outlook,
    postfix,
    qmail,
    rfc,
    sendmail,
    ses,
    yahoo,
)
from mailpit_py.reports.dialects.dialect import Dialect

_MODULES = (
    rfc,
    postfix,
    exim,
    exim_classic,
    sendmail,
    qmail,
    opensmtpd,
    gmail,
    gmail_classic,
    m365,
    outlook,
    yahoo,
    ses,
    barracuda,
)
DIALECTS: Mapping[str, Dialect] = MappingProxyType({module.DIALECT.name: module.DIALECT for module in _MODULES})

__all__ = ["DIALECTS", "Dialect", "find"]


def find(name: str) -> Dialect:
    """Return the dialect of this name. Raises NotFound, naming those there are."""
    dialect = DIALECTS.get(name.strip().lower().replace("-", "_"))
    if dialect is None:
        raise NotFound(f"no dialect {name!r}; there are {', '.join(DIALECTS)}")
    return dialect
