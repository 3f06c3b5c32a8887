"""The options about what leaves by itself: webhooks and pushed reports. A part of Config, for its length."""

from __future__ import annotations

from dataclasses import dataclass

from mailpit_py.config.option import option
from mailpit_py.config.relay import RelayOptions
from mailpit_py.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundOptions(RelayOptions):
    """Where events and reports go besides the inbox, and where they may go at all."""

    outbound_allow: str = option(
        "loopback,private",
        "MP_OUTBOUND_ALLOW",
        "Where webhooks and pushed reports may go: loopback, private, public, networks, or none.",
        group="Outbound",
        metavar="LIST",
    )
    bounce_push: str = option(
        "",
        "MP_BOUNCE_PUSH",
        "Hand every report to this SMTP server as well, as in localhost:2525.",
        group="Outbound",
        metavar="ADDRESS",
    )
    fbl_address: str = option(
        "",
        "MP_FBL_ADDRESS",
        "Send complaints to this address; without it to abuse@ the domain of the reverse-path.",
        group="Outbound",
        metavar="ADDRESS",
    )
    webhooks: str = option(
        "",
        "MP_WEBHOOKS",
        "Tell events to these webhooks, as in sendgrid=http://localhost:8000/hook, separated by commas.",
        group="Outbound",
        metavar="LIST",
    )
    webhook_url: str = option(
        "",
        "MP_WEBHOOK_URL",
        "Tell this URL of every message that comes, as Mailpit does.",
        group="Outbound",
        metavar="URL",
    )
    webhook_limit: int = option(
        1,
        "MP_WEBHOOK_LIMIT",
        "The least number of seconds between two requests to --webhook-url; what comes faster waits. 0 for none.",
        group="Outbound",
        metavar="SECONDS",
    )
    webhook_delay: int = option(
        0,
        "MP_WEBHOOK_DELAY",
        "Seconds that each request to --webhook-url waits first.",
        group="Outbound",
        metavar="SECONDS",
    )
    webhook_filter: str = option(
        "",
        "MP_WEBHOOK_FILTER",
        "Tell --webhook-url only of what this search finds, as in `from:shop -tag:test`.",
        group="Outbound",
        metavar="SEARCH",
    )
    webhook_retries: int = option(
        3,
        "MP_WEBHOOK_RETRIES",
        "How often a request to --webhook-url is repeated that is not taken: 0 to 5.",
        group="Outbound",
        metavar="N",
    )
    webhook_secret: str = option(
        "",
        "MP_WEBHOOK_SECRET",
        "A word from which all webhook secrets are derived, so that every start has the same.",
        group="Outbound",
        kind="secret",
    )
    retry_scale: str = option(
        "1",
        "MP_RETRY_SCALE",
        "Multiply the pauses between tries of webhooks and pushed reports by this, as in 0.01.",
        group="Outbound",
        metavar="FACTOR",
    )
    public_url: str = option(
        "",
        "MP_PUBLIC_URL",
        "The page's address as the app reaches it, where that is another one (links in SNS messages).",
        group="Outbound",
        metavar="URL",
    )

    @property
    def reach(self) -> Reach:
        """Where the sandbox may connect to."""
        return Reach.parse(self.outbound_allow)

    @property
    def retry_factor(self) -> float:
        """By what the pauses between tries are multiplied."""
        return float(self.retry_scale)
