"""Which mail programs show the HTML and CSS of a message, by the data of caniemail.com."""

from __future__ import annotations

from mailpit_py.checks.compatibility.knowledge import Client, Feature, Knowledge, Shares, Support
from mailpit_py.checks.compatibility.report import Report, Total, Warning, check, linked_sheets

__all__ = [
    "Client",
    "Feature",
    "Knowledge",
    "Report",
    "Shares",
    "Support",
    "Total",
    "Warning",
    "check",
    "linked_sheets",
]
