"""Where mail goes on to, and what of it, as the operator has said: checked at the start, the same afterwards."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailpit_py.application.rule_file import read_yaml
from mailpit_py.config import Config
from mailpit_py.config.validation import pattern_of
from mailpit_py.errors import ConfigError
from mailpit_py.mail.implied import address_of

logger = logging.getLogger(__name__)

AUTH_METHODS = ("plain", "login", "cram-md5")
NO_AUTH = ("", "none", "false")
USUAL_PORT = 25
LARGEST_FILE = 1 << 20

_RELAY_KEYS = (
    *("host", "port", "starttls", "tls", "allow-insecure", "auth", "username", "password", "secret"),
    *("return-path", "override-from", "allowed-recipients", "blocked-recipients", "preserve-message-ids"),
    *("forward-smtp-errors", "recipient-allowlist"),
)
_FORWARD_KEYS = (
    *("to", "host", "port", "starttls", "tls", "allow-insecure", "auth", "username", "password", "secret"),
    *("return-path", "override-from", "forward-smtp-errors"),
)
# Former and other names of keys, with those of the options.
_NAMES = {"forward-smtp-errors": "fwd_smtp_errors", "recipient-allowlist": "allowed_recipients"}


@dataclass(frozen=True, slots=True)
class RelayServer:
    """A server to which mail goes on. `auth` is one of AUTH_METHODS, or empty; `secret` is for cram-md5."""

    host: str
    port: int
    starttls: bool = False
    tls: bool = False
    allow_insecure: bool = False
    auth: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """What is released, and what is relayed by itself: everything, what `matching` is found in, or nothing."""

    server: RelayServer
    return_path: str = ""
    override_from: str = ""
    allowed: re.Pattern[str] | None = None
    blocked: re.Pattern[str] | None = None
    preserve_message_ids: bool = False
    forwards_errors: bool = False
    relays_all: bool = False
    matching: re.Pattern[str] | None = None

    @property
    def is_automatic(self) -> bool:
        """True if messages are relayed without being released."""
        return self.relays_all or self.matching is not None

    def chosen(self, recipients: tuple[str, ...]) -> tuple[str, ...]:
        """Those recipients to whom a message is relayed by itself."""
        if not self.is_automatic:
            return ()
        wanted = (one for one in recipients if self.relays_all or (self.matching and self.matching.search(one)))
        return tuple(one for one in wanted if self.blocked is None or not self.blocked.search(one))


@dataclass(frozen=True, slots=True)
class ForwardSettings:
    """Who gets every message, and through which server."""

    server: RelayServer
    to: tuple[str, ...]
    override_from: str = ""
    forwards_errors: bool = False
    return_path: str = ""


def relay_of(config: Config) -> RelaySettings | None:
    """Return where mail is relayed to; None without a host. Raises ConfigError."""
    said = _Said(config, "relay", config.smtp_relay_config, _RELAY_KEYS)
    server = said.server()
    if server is None:
        return None
    matching = config.smtp_relay_matching if not config.smtp_relay_all else ""
    return RelaySettings(
        server,
        return_path=said.address("return_path"),
        override_from=said.address("override_from"),
        allowed=said.pattern("allowed_recipients"),
        blocked=said.pattern("blocked_recipients"),
        preserve_message_ids=said.switch("preserve_message_ids"),
        forwards_errors=said.switch("fwd_smtp_errors"),
        relays_all=config.smtp_relay_all,
        matching=re.compile(matching) if matching else None,
    )


def forward_of(config: Config) -> ForwardSettings | None:
    """Return where all mail is forwarded to; None without a host. Raises ConfigError."""
    said = _Said(config, "forward", config.smtp_forward_config, _FORWARD_KEYS)
    server = said.server()
    if server is None:
        return None
    if not said.text("to"):
        raise ConfigError(f"{said.name('to')} names the addresses that get every message, separated by commas")
    return ForwardSettings(
        server,
        tuple(said.as_address("to", one) for one in said.text("to").split(",")),
        override_from=said.address("override_from"),
        forwards_errors=said.switch("fwd_smtp_errors"),
        return_path=said.address("return_path"),
    )


class _Said:
    """The values of one side: those of its file over those of the options."""

    def __init__(self, config: Config, side: str, file: str, keys: tuple[str, ...]) -> None:
        self._config = config
        self._side = side
        self._file = Path(file).expanduser() if file else None
        self._values = _read(self._file, keys) if self._file else {}

    def name(self, option: str) -> str:
        """What a person has to change: a key of the file, or a variable."""
        if self._file:
            key = "forward-smtp-errors" if option == "fwd_smtp_errors" else option.replace("_", "-")
            return f"{self._file}: {key}"
        return f"MP_SMTP_{self._side.upper()}_{option.upper()}"

    def text(self, option: str) -> str:
        value = self._values.get(option)
        return str(value if value is not None else getattr(self._config, f"smtp_{self._side}_{option}")).strip()

    def switch(self, option: str) -> bool:
        text = self.text(option).lower()
        if text not in ("true", "yes", "on", "1", "false", "no", "off", "0", ""):
            raise ConfigError(f"{self.name(option)} is true or false, not {text!r}")
        return text in ("true", "yes", "on", "1")

    def pattern(self, option: str) -> re.Pattern[str] | None:
        text = self.text(option)
        try:
            return pattern_of(text) if text else None
        except re.error as error:
            raise ConfigError(f"{self.name(option)} is not a regular expression: {error}") from None

    def address(self, option: str) -> str:
        text = self.text(option)
        return self.as_address(option, text) if text else ""

    def as_address(self, option: str, text: str) -> str:
        """The one address of `text`, which may have a name beside it. Raises ConfigError."""
        if not (address := address_of(text)):
            raise ConfigError(f"{self.name(option)}: {text.strip()!r} is not an address")
        return address

    def server(self) -> RelayServer | None:
        host = self.text("host")
        if not host:
            if self._file:
                raise ConfigError(f"{self._file} names no host")
            return None
        if re.search(r"[\s\x00-\x20/@]", host):
            raise ConfigError(f"{self.name('host')} is the name of a server, not {host!r}")
        starttls, tls = self.switch("starttls"), self.switch("tls")
        if starttls and tls:
            raise ConfigError(f"{self.name('starttls')} and {self.name('tls')} exclude each other")
        return RelayServer(host, self._port(), starttls, tls, self.switch("allow_insecure"), **self._login())

    def _port(self) -> int:
        text = self.text("port")
        if text in ("", "0"):
            return USUAL_PORT
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
            raise ConfigError(f"{self.name('port')} is a port, 1 to 65535, not {text!r}")
        return int(text)

    def _login(self) -> dict[str, str]:
        method = self.text("auth").lower()
        if method in NO_AUTH:
            return {}
        method = "cram-md5" if method.startswith("cram") else method
        if method not in AUTH_METHODS:
            raise ConfigError(f"{self.name('auth')} is none, {', '.join(AUTH_METHODS)}, not {method!r}")
        needed = "secret" if method == "cram-md5" else "password"
        login = {"username": self.text("username"), needed: self.text(needed)}
        for option, value in login.items():
            if not value:
                raise ConfigError(f"{self.name(option)} is needed to log in with {method}")
        return {"auth": method, **login}


def _read(path: Path, keys: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the values of a YAML file by the names of their options. Raises ConfigError."""
    try:
        text = path.read_text("utf-8")
        values = read_yaml(text) if len(text) < LARGEST_FILE else None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"{path} is not YAML: {error}") from None
    if not isinstance(values, dict) or any(isinstance(values.get(key), dict | list) for key in keys):
        raise ConfigError(f"{path} has a line `key: value` for each setting: {', '.join(keys)}")
    for key in values:
        if key not in keys:
            logger.warning("%s: the key %r means nothing here; the keys are %s", path, key, ", ".join(keys))
    return {_NAMES.get(key, key.replace("-", "_")): value for key, value in values.items() if key in keys}
