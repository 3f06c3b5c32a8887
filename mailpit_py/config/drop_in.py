"""Options of what is here for Mailpit's clients: the send API, numbers for Prometheus, tags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailpit_py.bind import Bind
from mailpit_py.config.option import option
from mailpit_py.errors import ConfigError

TRUE = frozenset({"1", "true", "yes"})
FALSE = frozenset({"", "0", "false", "no"})


@dataclass(frozen=True, kw_only=True)  # without slots, so that Config may have other bases beside it
class DropInOptions:
    """A part of Config."""

    send_api_auth_file: str = option(
        "",
        "MP_SEND_API_AUTH_FILE",
        "Ask who sends by /api/v1/send for a name and password from this htpasswd file.",
        group="Page and API",
        metavar="FILE",
    )
    send_api_auth: str = option(
        "",
        "MP_SEND_API_AUTH",
        "Names and passwords for /api/v1/send, as in `ann:secret bob:$2y$...`.",
        group="Page and API",
        kind="secret",
    )
    send_api_auth_accept_any: bool = option(
        False,
        "MP_SEND_API_AUTH_ACCEPT_ANY",
        "Let anybody send by /api/v1/send, also where the page asks for a password.",
        group="Page and API",
    )
    ignore_duplicate_ids: bool = option(
        False,
        "MP_IGNORE_DUPLICATE_IDS",
        "Take mail whose Message-ID is there already, and do not keep it.",
        group="Storage",
    )
    smtp_ignore_rejected_recipients: bool = option(
        False,
        "MP_SMTP_IGNORE_REJECTED_RECIPIENTS",
        "Say yes to recipients that --smtp-allowed-recipients leaves out, and keep nothing for them.",
        group="SMTP",
    )
    smtp_strict_rfc_headers: bool = option(
        False,
        "MP_SMTP_STRICT_RFC_HEADERS",
        "Refuse messages whose header section is no lines of `name: value` that end in CRLF.",
        group="SMTP",
        old_variables=("MP_STRICT_RFC_HEADERS",),
    )
    use_message_dates: bool = option(
        False,
        "MP_USE_MESSAGE_DATES",
        "Take the Date field of a message, where it can be read, for the time at which it came.",
        group="Storage",
    )
    tenant_id: str = option(
        "",
        "MP_TENANT_ID",
        "Keep mail in a file of this name beside --database, for several sandboxes with one setting.",
        group="Storage",
        metavar="NAME",
    )
    demo_mode: bool = option(
        False,
        "MP_DEMO_MODE",
        "For a sandbox that everybody may use: nothing is sent, released or asked for; at most 1,000 messages.",
        group="General",
    )
    hide_delete_all_button: bool = option(
        False,
        "MP_HIDE_DELETE_ALL_BUTTON",
        "Tell clients of /api/v1/webui to offer no button that deletes everything.",
        group="Page and API",
    )
    enable_prometheus: str = option(
        "",
        "MP_ENABLE_PROMETHEUS",
        "Give numbers for Prometheus at /metrics of the page: true; or at an address of their own, as localhost:9090.",
        group="Page and API",
        metavar="BOOL|ADDRESS",
    )
    tag: str = option(
        "",
        "MP_TAG",
        "Tag mail as it arrives: tag=match with blanks between, as in invoices=subject:invoice.",
        group="Tags",
        short="-t",
        metavar="LIST",
    )
    tags_config: str = option(
        "", "MP_TAGS_CONFIG", "Filters that tag mail as it arrives, from this YAML file.", group="Tags", metavar="FILE"
    )
    tags_title_case: bool = option(
        False,
        "MP_TAGS_TITLE_CASE",
        "Begin each word of a tag from a header or address with a large letter.",
        group="Tags",
    )
    tags_disable: str = option(
        "",
        "MP_TAGS_DISABLE",
        "Take no tags from x-tags (a header field) or plus-addresses, separated by commas.",
        group="Tags",
        metavar="LIST",
    )
    tags_username: bool = option(
        False, "MP_TAGS_USERNAME", "Tag mail with the name that its sender logged in with.", group="Tags"
    )

    @property
    def metrics_enabled(self) -> bool:
        """Whether the page has numbers for Prometheus."""
        return self.enable_prometheus.strip().lower() in TRUE

    @property
    def metrics_place(self) -> str:
        """The address at which the numbers have a server of their own; empty without one."""
        said = self.enable_prometheus.strip()
        return "" if said.lower() in TRUE | FALSE else said

    def check_drop_in(self) -> None:
        """Raise ConfigError for what cannot be used together, or at all."""
        if self.send_api_auth_accept_any and (self.send_api_auth_file or self.send_api_auth.strip()):
            raise ConfigError("--send-api-auth-accept-any and credentials for the send API exclude each other")
        for name in ("send_api_auth_file", "tags_config"):
            value = getattr(self, name)
            if value and not Path(value).expanduser().is_file():
                raise ConfigError(f"--{name.replace('_', '-')}: there is no file {value}")
        if self.metrics_place and not _is_address(self.metrics_place):
            raise ConfigError("--enable-prometheus is true, false, or host:port as in localhost:9090")


def _is_address(text: str) -> bool:
    try:
        return Bind.parse(text).path is None
    except ValueError:
        return False
