"""What the checks of a message come to, for both APIs: asked for by hand, and remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mailpit_py.api.problem import Problem
from mailpit_py.checks import links
from mailpit_py.checks.links import LinkResult
from mailpit_py.checks.outside import Asset, Outside, Wish
from mailpit_py.checks.spam import Score

if TYPE_CHECKING:  # they load parsers of HTML and CSS, which few requests need
    from mailpit_py.checks.compatibility import Knowledge, Report

REMEMBERED = 32
SHEETS_AT_MOST = 10
SHEET_BYTES = 5 << 20
SHEET_TIMEOUT = 15.0
NOT_FETCHED = (
    "The data of caniemail.com is not here: the package was built without Node.js and npm. "
    "Install it anew from a checkout or a wheel that has it."
)


class Adviser:
    """Checks messages. `data` is the file of what mail programs support, `outside` the ways out."""

    def __init__(self, data: Path, outside: Outside) -> None:
        self.outside = outside
        self._data = data
        self._knowledge: Knowledge | None = None
        self._reports: OrderedDict[tuple[str, ...], Report] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def has_data(self) -> bool:
        """Whether HTML can be checked."""
        return self._data.is_file()

    @property
    def knowledge(self) -> Knowledge:
        """What mail programs support. Raises a problem if the build did not fetch it."""
        with self._lock:
            if self._knowledge is None:
                from mailpit_py.checks.compatibility import Knowledge

                try:
                    self._knowledge = Knowledge.parse(self._data.read_bytes())
                except OSError:
                    raise Problem(409, NOT_FETCHED, kind="no-data") from None
            return self._knowledge

    def compatibility(self, html: str, *, linked: bool) -> Report:
        """Return which mail programs show this HTML; `linked` says whether the sheets it links to are fetched."""
        from mailpit_py.checks import compatibility

        sheets = self._sheets(compatibility.linked_sheets(html)) if linked else []
        key = (html, *sheets)  # who mends a sheet wants to see it
        with self._lock:
            report = self._reports.get(key)
        if report is None:
            report = compatibility.check(html, self.knowledge, sheets)
            with self._lock:
                self._reports[key] = report
                if len(self._reports) > REMEMBERED:
                    self._reports.popitem(last=False)
        return report

    def _sheets(self, urls: Sequence[str]) -> list[str]:
        wishes = [
            Wish(url, body_bytes=SHEET_BYTES, timeout=SHEET_TIMEOUT)
            for url in urls[:SHEETS_AT_MOST]
            if url.lower().startswith(("http://", "https://"))
        ]
        found = self.outside.fetch(wishes) if wishes else ()
        return [_text(one) for one in found if one.status == 200 and "text/css" in one.header("content-type").lower()]

    def links(self, html: str, text: str, *, follow: bool) -> list[LinkResult]:
        """Return what became of the links of a message."""
        return links.check(links.find(html, text), self.outside.probe, follow=follow)

    def spam(self, raw: bytes) -> Score | None:
        """Return what the spam filter says; None if there is none."""
        return self.outside.score(raw) if self.outside.score else None


def _text(sheet: Asset) -> str:
    return sheet.body.decode("utf-8", "replace")
