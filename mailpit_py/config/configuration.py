"""Every option once: its default, its words, its flag, its MP_* variable and its key in a TOML file."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any

from mailpit_py.bind import Bind
from mailpit_py.config.checks import CheckOptions
from mailpit_py.config.drop_in import DropInOptions
from mailpit_py.config.general import GeneralOptions
from mailpit_py.config.inbox import InboxOptions
from mailpit_py.config.option import GROUPS, Option, option
from mailpit_py.config.outbound import OutboundOptions
from mailpit_py.config.reading import ReadingOptions
from mailpit_py.config.simulation import SimulationOptions
from mailpit_py.config.validation import check
from mailpit_py.errors import ConfigError
from mailpit_py.quantity import bytes_of, seconds_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(
    OutboundOptions, DropInOptions, ReadingOptions, InboxOptions, SimulationOptions, CheckOptions, GeneralOptions
):
    """The settings of one node. Raises ConfigError when they cannot be used together.

    Sizes with `_mb` are MiB as Mailpit counts them; all durations are seconds.
    """

    database: str = option(
        "",
        "MP_DATABASE",
        "Keep mail in this SQLite file; without it a temporary one is used and removed at exit.",
        group="Storage",
        short="-d",
        metavar="FILE",
        old_flags=("--db-file",),
        old_variables=("MP_DATA_FILE",),
    )
    max: int = option(
        500,
        "MP_MAX_MESSAGES",
        "Keep the newest N messages; 0 or less keeps all. Pinned messages always stay.",
        group="Storage",
        short="-m",
        metavar="N",
    )
    max_age: str = option(
        "", "MP_MAX_AGE", "Remove messages older than this, as in 12h or 7d.", group="Storage", metavar="AGE"
    )
    max_bytes: str = option(
        "",
        "MP_MAX_BYTES",
        "Remove the oldest messages when all together are larger than this, as in 500M or 2G.",
        group="Storage",
        metavar="SIZE",
    )
    max_message_size: int = option(
        50,
        "MP_MAX_MESSAGE_SIZE",
        "The largest message that is accepted, in MiB; 0 sets no limit but memory.",
        group="Storage",
        metavar="MIB",
    )
    compression: int = option(
        1,
        "MP_COMPRESSION",
        "How hard stored messages are compressed with zstd: 0 (not at all) to 3.",
        group="Storage",
        metavar="0-3",
    )
    synchronous: str = option(
        "normal",
        "MP_SYNCHRONOUS",
        "What a commit survives: normal a crash of the program, full also a power cut (slower).",
        group="Storage",
        choices=("normal", "full"),
    )
    disable_wal: bool = option(
        False, "MP_DISABLE_WAL", "Keep no write-ahead log, for network file systems; slower.", group="Storage"
    )
    disable_auto_vacuum: bool = option(
        False, "MP_DISABLE_AUTO_VACUUM", "Keep the space of what was deleted in the file.", group="Storage"
    )
    listen: str = option(
        "localhost:8025",
        "MP_UI_BIND_ADDR",
        "Where the page and the API listen: host:port or unix:/path:mode.",
        group="Page and API",
        short="-l",
        metavar="ADDRESS",
    )
    webroot: str = option(
        "/",
        "MP_WEBROOT",
        "The path under which the page and the API are served, as in /mail/.",
        group="Page and API",
        metavar="PATH",
    )
    ui_auth_file: str = option(
        "",
        "MP_UI_AUTH_FILE",
        "Ask for a name and password from this htpasswd file on every page and route.",
        group="Page and API",
        metavar="FILE",
    )
    ui_auth: str = option(
        "",
        "MP_UI_AUTH",
        "Names and passwords for the page, as in `ann:secret bob:$2y$...`.",
        group="Page and API",
        kind="secret",
    )
    ui_tls_cert: str = option(
        "",
        "MP_UI_TLS_CERT",
        "Serve HTTPS with this certificate (PEM); `auto` or `sans:name1,name2` makes one on the spot.",
        group="Page and API",
        metavar="FILE",
        old_flags=("--ui-ssl-cert",),
        old_variables=("MP_UI_SSL_CERT",),
    )
    ui_tls_key: str = option(
        "",
        "MP_UI_TLS_KEY",
        "The private key (PEM) for --ui-tls-cert.",
        group="Page and API",
        metavar="FILE",
        old_flags=("--ui-ssl-key",),
        old_variables=("MP_UI_SSL_KEY",),
    )
    allowed_hosts: str = option(
        "",
        "MP_ALLOWED_HOSTS",
        "More host names under which the page may be reached, separated by commas.",
        group="Page and API",
        metavar="NAMES",
    )
    api_cors: str = option(
        "",
        "MP_API_CORS",
        "Other web origins that may call the API, as in http://localhost:3000, separated by commas.",
        group="Page and API",
        metavar="ORIGINS",
    )
    remote_content: str = option(
        "ask",
        "MP_REMOTE_CONTENT",
        "Whether a mail's remote images and fonts load: always, after asking, or never.",
        group="Page and API",
        choices=("always", "ask", "never"),
    )
    block_remote_css_and_fonts: bool = option(
        False,
        "MP_BLOCK_REMOTE_CSS_AND_FONTS",
        "Never load a mail's remote style sheets and fonts, only its images.",
        group="Page and API",
    )
    disable_http_compression: bool = option(
        False, "MP_DISABLE_HTTP_COMPRESSION", "Send pages and API answers uncompressed.", group="Page and API"
    )
    smtp: str = option(
        "localhost:1025",
        "MP_SMTP_BIND_ADDR",
        "Where SMTP listens: host:port or unix:/path:mode.",
        group="SMTP",
        short="-s",
        metavar="ADDRESS",
    )
    smtps: str = option(
        "",
        "MP_SMTPS_BIND_ADDR",
        "Also listen here for SMTP inside TLS from the first byte, as on port 465.",
        group="SMTP",
        metavar="ADDRESS",
    )
    lmtp: str = option(
        "", "MP_LMTP_BIND_ADDR", "Also listen here for LMTP (RFC 2033).", group="SMTP", metavar="ADDRESS"
    )
    smtp_hostname: str = option(
        "",
        "MP_SMTP_HOSTNAME",
        "The sandbox's own name when it speaks SMTP; the machine's without it.",
        group="SMTP",
        metavar="NAME",
    )
    smtp_tls_cert: str = option(
        "",
        "MP_SMTP_TLS_CERT",
        "Offer STARTTLS with this certificate (PEM); `auto` or `sans:name1,name2` makes one on the spot.",
        group="SMTP",
        metavar="FILE",
        old_flags=("--smtp-ssl-cert",),
        old_variables=("MP_SMTP_SSL_CERT",),
    )
    smtp_tls_key: str = option(
        "",
        "MP_SMTP_TLS_KEY",
        "The private key (PEM) for --smtp-tls-cert.",
        group="SMTP",
        metavar="FILE",
        old_flags=("--smtp-ssl-key",),
        old_variables=("MP_SMTP_SSL_KEY",),
    )
    smtp_require_starttls: bool = option(
        False,
        "MP_SMTP_REQUIRE_STARTTLS",
        "Refuse mail before STARTTLS.",
        group="SMTP",
        old_flags=("--smtp-tls-required",),
        old_variables=("MP_SMTP_TLS_REQUIRED",),
    )
    smtp_require_tls: bool = option(
        False, "MP_SMTP_REQUIRE_TLS", "Make --smtp itself TLS from the first byte.", group="SMTP"
    )
    smtp_auth_file: str = option(
        "",
        "MP_SMTP_AUTH_FILE",
        "Ask for a name and password from this htpasswd file before mail is taken.",
        group="SMTP",
        metavar="FILE",
    )
    smtp_auth: str = option(
        "", "MP_SMTP_AUTH", "Names and passwords for SMTP, as in `ann:secret bob:$2y$...`.", group="SMTP", kind="secret"
    )
    smtp_auth_accept_any: bool = option(
        True,
        "MP_SMTP_AUTH_ACCEPT_ANY",
        "Take any name and password when no file is given; without it AUTH is not offered.",
        group="SMTP",
    )
    smtp_auth_allow_insecure: bool = option(
        True, "MP_SMTP_AUTH_ALLOW_INSECURE", "Take AUTH also on connections without TLS.", group="SMTP"
    )
    smtp_require_auth: bool = option(False, "MP_SMTP_REQUIRE_AUTH", "Refuse mail before AUTH.", group="SMTP")
    smtp_max_recipients: int = option(
        100, "MP_SMTP_MAX_RECIPIENTS", "Recipients that one message may have; 0 means 100.", group="SMTP", metavar="N"
    )
    smtp_allowed_recipients: str = option(
        "",
        "MP_SMTP_ALLOWED_RECIPIENTS",
        "Refuse recipients in which this regular expression is not found.",
        group="SMTP",
        metavar="PATTERN",
    )
    smtp_disable_rdns: bool = option(
        False, "MP_SMTP_DISABLE_RDNS", "Nothing to switch off: no name is ever looked up for a client.", group="SMTP"
    )
    smtp_max_connections: int = option(
        1000, "MP_SMTP_MAX_CONNECTIONS", "Connections that may be open at once.", group="SMTP", metavar="N"
    )
    smtp_max_connections_per_peer: int = option(
        500,
        "MP_SMTP_MAX_CONNECTIONS_PER_PEER",
        "Connections that one address may have open at once.",
        group="SMTP",
        metavar="N",
    )
    smtp_idle_timeout: int = option(
        300,
        "MP_SMTP_IDLE_TIMEOUT",
        "Seconds of silence after which a connection is closed.",
        group="SMTP",
        metavar="SECONDS",
    )
    smtp_session_timeout: int = option(
        3600,
        "MP_SMTP_SESSION_TIMEOUT",
        "Seconds after which a connection is closed in any case.",
        group="SMTP",
        metavar="SECONDS",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", " ".join(self.label.split()))  # it stands in the greeting, on one line
        object.__setattr__(self, "smtp_max_recipients", self.smtp_max_recipients or 100)  # as with Mailpit
        check(self, options())
        self.check_drop_in()
        self.check_checks()
        self.check_inboxes()

    @property
    def webroot_path(self) -> str:
        """The webroot with a slash at both ends."""
        inner = posixpath.normpath(f"/{self.webroot}").strip("/")
        return f"/{inner}/" if inner else "/"

    @property
    def database_path(self) -> Path | None:
        """The database file; a folder means `mailpit.db` in it, and None, as SQLite's `:memory:`, a temporary file."""
        if self.database in ("", ":memory:"):
            return None
        path = Path(self.database).expanduser()
        return path / "mailpit.db" if path.is_dir() else path

    @property
    def max_age_seconds(self) -> int | None:
        """The age limit in seconds."""
        return seconds_of(self.max_age) if self.max_age else None

    @property
    def max_total_bytes(self) -> int | None:
        """The limit on all stored messages together, in bytes."""
        return bytes_of(self.max_bytes) if self.max_bytes else None

    @property
    def max_message_size_bytes(self) -> int:
        """The largest message in bytes; 0 for no limit."""
        return self.max_message_size * 1024 * 1024

    def bind(self, name: str) -> Bind | None:
        """The parsed address of a server by the name of its option; None when that server is off."""
        if read := next((one for one in self.readings if one.name == name), None):
            return read.bind
        text: str = getattr(self, name)
        return Bind.parse(text) if text else None


def options() -> tuple[Option, ...]:
    """All options in the order in which people read them: of a theme first those that Config itself has."""
    own = Config.__annotations__
    return tuple(sorted(map(_describe, fields(Config)), key=lambda one: (GROUPS.index(one.group), one.name not in own)))


def from_values(values: Mapping[str, Any]) -> Config:
    """Build a Config from option names (or TOML keys) and values. Raises ConfigError for an unknown name."""
    known = {one.name for one in fields(Config)}
    named = {name.replace("-", "_"): value for name, value in values.items()}
    if unknown := sorted(set(named) - known):
        raise ConfigError(f"there is no option {unknown[0]!r}; `mailpit-py --help` lists them")
    return Config(**named)


def _describe(one: Field[Any]) -> Option:
    extra = dict(one.metadata)
    kind = extra.pop("kind", None) or type(one.default).__name__
    if one.default is MISSING:
        raise TypeError(f"option {one.name} needs a default")
    return Option(name=one.name, default=one.default, kind=kind, **extra)
