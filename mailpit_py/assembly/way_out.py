"""The ways out that checks of a message have; what speaks HTTP is loaded when the first of them is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from mailpit_py import __version__
from mailpit_py.checks.outside import Asset, Outside, Probe, Wish
from mailpit_py.checks.spam import Score
from mailpit_py.config import Config

if TYPE_CHECKING:
    from mailpit_py.outbound.checker import Checker


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

    def _probe(self, urls: Sequence[str], follow: bool) -> Sequence[Probe]:
        return self._checker.probe(urls, follow)

    def _fetch(self, wishes: Sequence[Wish]) -> Sequence[Asset]:
        return self._checker.fetch(wishes)

    def _score(self, raw: bytes) -> Score:
        from mailpit_py.outbound.spam_filter import SpamFilter

        return SpamFilter(self._config.enable_spamassassin, self._config.enable_rspamd).score(raw)
