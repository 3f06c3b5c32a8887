"""Which options cannot be used, alone or together, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mailpit_py.bind import Bind
from mailpit_py.config.option import Option
from mailpit_py.errors import ConfigError
from mailpit_py.quantity import bytes_of, microseconds_of, seconds_of
from mailpit_py.reach import Reach

if TYPE_CHECKING:
    from mailpit_py.config import Config

_AT_LEAST_ONE = (
    "smtp_max_recipients",
    "smtp_max_connections",
    "smtp_max_connections_per_peer",
    "smtp_idle_timeout",
    "smtp_session_timeout",
)
_READ: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("listen", "smtp", "smtps", "lmtp", "pop3", "imap"), Bind.parse),
    "max_age": seconds_of,
    "max_bytes": bytes_of,
    "freeze_clock": microseconds_of,
}
_PATTERNS = ("smtp_allowed_recipients", "smtp_relay_matching")


def check(config: Config, options: Iterable[Option]) -> None:
    """Raise ConfigError for the first thing that cannot be used."""
    for choice in (one for one in options if one.choices):
        if getattr(config, choice.name) not in choice.choices:
            raise ConfigError(f"{choice.flag} is one of {', '.join(choice.choices)}")
    for one in (_check_numbers, _check_texts, _check_patterns, _check_tls, _check_auth, _check_relay, _check_outbound):
        one(config)


def _check_numbers(config: Config) -> None:
    if not 0 <= config.compression <= 3:
        raise ConfigError("--compression is 0, 1, 2 or 3")
    for name in _AT_LEAST_ONE:
        if getattr(config, name) < 1:
            raise ConfigError(f"--{name.replace('_', '-')} is at least 1")
    if config.max_message_size < 0:
        raise ConfigError("--max-message-size is a number of MiB, or 0 for no limit")
    if config.seed < 0:
        raise ConfigError("--seed is 0 or larger")


def _check_texts(config: Config) -> None:
    if not re.fullmatch(r"[0-9A-Za-z/\-_.@]*", config.webroot):
        raise ConfigError("--webroot has only letters, digits and / - _ . @")
    for name, read in _READ.items():
        value = getattr(config, name)
        try:
            if value:
                read(value)
        except ValueError as error:
            raise ConfigError(f"--{name.replace('_', '-')}: {error}") from None
    if re.match(r"https?://", config.database):
        raise ConfigError("--database is a file or a folder; there is no rqlite here")
    if not config.listen or not config.smtp:
        raise ConfigError("--listen and --smtp need an address, as in localhost:8025")


def pattern_of(text: str) -> re.Pattern[str]:
    """Read a regular expression. Raises re.error, also for classes of POSIX, which would mean other characters here."""
    if found := re.search(r"\[:\^?\w+:\]", text):
        raise re.error(f"there is no class {found[0]}, write A-Za-z or the like", text, found.start())
    return re.compile(text)


def _check_patterns(config: Config) -> None:
    for name in _PATTERNS:
        try:
            pattern_of(getattr(config, name))
        except re.error as error:
            raise ConfigError(f"--{name.replace('_', '-')} is not a regular expression: {error}") from None


def _check_tls(config: Config) -> None:
    for side in ("ui", "smtp", "pop3", "imap"):
        cert, key = getattr(config, f"{side}_tls_cert"), getattr(config, f"{side}_tls_key")
        made_here = cert == "auto" or cert.startswith("sans:")
        if bool(cert and not made_here) != bool(key and not made_here):
            raise ConfigError(f"--{side}-tls-cert and --{side}-tls-key go together; or use --{side}-tls-cert=auto")
        for name in (cert, key):
            if name and not made_here and not Path(name).expanduser().is_file():
                raise ConfigError(f"--{side}-tls-cert and --{side}-tls-key: there is no file {name}")
    for reading in config.readings:
        reading.check()
    if config.smtp_require_starttls and config.smtp_require_tls:
        raise ConfigError("--smtp-require-starttls and --smtp-require-tls exclude each other")
    if (config.smtp_require_starttls or config.smtp_require_tls) and not config.smtp_tls_cert:
        raise ConfigError("requiring TLS needs a certificate: add --smtp-tls-cert=auto, or a file")


def _check_auth(config: Config) -> None:
    for name in ("ui_auth_file", "smtp_auth_file"):
        value = getattr(config, name)
        if value and not Path(value).expanduser().is_file():
            raise ConfigError(f"--{name.replace('_', '-')}: there is no file {value}")
    has_accounts = bool(config.smtp_auth_file or config.smtp_auth)
    if config.smtp_require_auth and not (has_accounts or config.smtp_auth_accept_any):
        raise ConfigError("--smtp-require-auth needs --smtp-auth-file, MP_SMTP_AUTH or --smtp-auth-accept-any")


def _check_relay(config: Config) -> None:
    for name in ("smtp_relay_config", "smtp_forward_config"):
        value = getattr(config, name)
        if value and not Path(value).expanduser().is_file():
            raise ConfigError(f"--{name.replace('_', '-')}: there is no file {value}")
    wants_relay = config.smtp_relay_all or config.smtp_relay_matching
    if wants_relay and not (config.smtp_relay_host or config.smtp_relay_config):
        raise ConfigError(
            "--smtp-relay-all and --smtp-relay-matching need a server: --smtp-relay-config or MP_SMTP_RELAY_HOST"
        )


def _check_outbound(config: Config) -> None:
    try:
        Reach.parse(config.outbound_allow)
    except ValueError as error:
        raise ConfigError(f"--outbound-allow: {error}") from None
    if not re.fullmatch(r"[0-9]{0,6}(?:\.[0-9]{1,9})?", config.retry_scale) or not any(
        map(str.isdigit, config.retry_scale)
    ):
        raise ConfigError("--retry-scale is a number as 0.01, or 0 for no pauses")
    if config.fbl_address and not re.fullmatch(r"[!-=?-~]{1,64}@[0-9A-Za-z.\-\[\]:]{1,255}", config.fbl_address):
        raise ConfigError("--fbl-address is one address, as in fbl@app.example")
    if config.webhook_url and not re.fullmatch(r"(?i:https?)://[^\s?#/]\S*", config.webhook_url):
        raise ConfigError("--webhook-url is a whole URL, as in http://localhost:8000/hook")
    if config.webhook_limit < 0 or config.webhook_delay < 0:
        raise ConfigError("--webhook-limit and --webhook-delay are numbers of seconds, or 0")
    if not 0 <= config.webhook_retries <= 5:
        raise ConfigError("--webhook-retries is 0 to 5")
    if config.public_url and not re.fullmatch(r"https?://[^\s@?#]+", config.public_url):
        raise ConfigError("--public-url is the page's address, as http://mailpit:8025/")
