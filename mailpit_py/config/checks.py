"""The options of what checks of a message may ask of the world outside. A part of Config, for its length."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpit_py.config.option import option
from mailpit_py.errors import ConfigError
from mailpit_py.reach import Reach

_SPAMD = re.compile(r"unix:.+|postmark|(?:\[[0-9A-Fa-f:]+\]|[^:\s/]+):\d{1,5}")


@dataclass(frozen=True, kw_only=True)  # without slots, so that Config may have other bases beside it
class CheckOptions:
    """Spam filters, and how links and style sheets are asked for."""

    enable_spamassassin: str = option(
        "",
        "MP_ENABLE_SPAMASSASSIN",
        "Score messages by SpamAssassin at host:port or unix:PATH, or by Postmark's public service: postmark.",
        group="Checks",
        metavar="ADDRESS",
    )
    enable_rspamd: str = option(
        "",
        "MP_ENABLE_RSPAMD",
        "Score messages by rspamd at this URL, as in http://localhost:11333.",
        group="Checks",
        metavar="URL",
    )
    allow_internal_http_requests: bool = option(
        False,
        "MP_ALLOW_INTERNAL_HTTP_REQUESTS",
        "Let checks ask for links to private addresses and to this machine.",
        group="Checks",
    )
    allow_untrusted_tls: bool = option(
        False, "MP_ALLOW_UNTRUSTED_TLS", "Take any certificate where links are checked.", group="Checks"
    )
    disable_link_check_rate_limit: bool = option(
        False,
        "MP_DISABLE_LINK_CHECK_RATE_LIMIT",
        "Ask for all links of a domain at once, and anew each time.",
        group="Checks",
    )
    disable_html_check: bool = option(
        False, "MP_DISABLE_HTML_CHECK", "Nothing to switch off: who does not ask for it has none.", group="Checks"
    )

    @property
    def check_reach(self) -> Reach:
        """Where links and style sheets of mail may lead."""
        return Reach.parse("public,private,loopback" if self.allow_internal_http_requests else "public")

    def check_checks(self) -> None:
        """Raise ConfigError for a filter that cannot be asked."""
        if self.enable_spamassassin and not _SPAMD.fullmatch(self.enable_spamassassin):
            raise ConfigError("--enable-spamassassin is host:port, unix:PATH or postmark")
        if self.enable_rspamd and not re.fullmatch(r"https?://[^\s@?#]+", self.enable_rspamd):
            raise ConfigError("--enable-rspamd is a URL, as in http://localhost:11333")
        if self.enable_spamassassin and self.enable_rspamd:
            raise ConfigError("--enable-spamassassin and --enable-rspamd exclude each other")
