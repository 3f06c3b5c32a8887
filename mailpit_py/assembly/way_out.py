"""The ways out that checks of a message have; what speaks HTTP is loaded when the first of them is asked for."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING

from mailpit_py import __version__
from mailpit_py.checks.outside import Asset, Outside, Probe, Wish
from mailpit_py.checks.spam import Score
from mailpit_py.config import Config

if TYPE_CHECKING:
    from mailpit_py.outbound.checker import Checker
    from mailpit_py.outbound.spam_filter import SpamFilter

logger = logging.getLogger(__name__)


class WayOut:
    """What the options let checks ask."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def _checker(self) -> Checker:
        from mailpit_py.outbound.checker import Checker, CheckerSettings

        config = self._config
        return Checker(
            CheckerSettings(
                config.check_reach,
                trusts_anybody=config.allow_untrusted_tls,
                is_limited=not config.disable_link_check_rate_limit,
                agent=f"mailpit-py/{__version__}",
            )
        )

    def outside(self) -> Outside:
        """The ways out as functions."""
        name = self._filter_name
        return Outside(self._probe, self._fetch, self._score if name else None, name)

    @property
    def _filter_name(self) -> str:
        if self._config.enable_rspamd:
            return "rspamd"
        place = self._config.enable_spamassassin
        return place and ("postmark" if place == "postmark" else "spamassassin")

    def greet_filter(self) -> None:
        """Ask the spam filter, if there is one, whether it is there; a warning says why not. Returns at once."""
        if self._filter_name:
            Thread(target=self._greet, name="mailpit-spam-filter", daemon=True).start()

    def _greet(self) -> None:
        if error := self._filter.ping():
            logger.warning("the spam filter does not answer; it is asked again for each check: %s", error)

    @property
    def _filter(self) -> SpamFilter:
        from mailpit_py.outbound.spam_filter import SpamFilter

        return SpamFilter(self._config.enable_spamassassin, self._config.enable_rspamd)

    def _probe(self, urls: Sequence[str], follow: bool) -> Sequence[Probe]:
        return self._checker.probe(urls, follow)

    def _fetch(self, wishes: Sequence[Wish]) -> Sequence[Asset]:
        return self._checker.fetch(wishes)

    def _score(self, raw: bytes) -> Score:
        return self._filter.score(raw)
