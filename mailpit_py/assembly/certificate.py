"""The certificates of one node: of files, or made on the spot by an authority of its own."""

from __future__ import annotations

import ssl
import tempfile
from functools import cached_property
from pathlib import Path

from mailpit_py.config import Config
from mailpit_py.servers.tls import ServerTls, made_names, server_tls


class Certificates:
    """The certificates of one node, made or read when a listener first asks for them."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def _smtp(self) -> ServerTls | None:
        config = self._config
        cert = config.smtp_tls_cert or ("auto" if config.smtps else "")
        return _tls(config, cert, config.smtp_tls_key) if cert else None

    @cached_property
    def _page(self) -> ServerTls | None:
        config = self._config
        if not config.ui_tls_cert:
            return None
        return _tls(config, config.ui_tls_cert, config.ui_tls_key)

    @cached_property
    def _readings(self) -> dict[str, ServerTls]:
        return {
            one.name: _tls(self._config, one.certificate, one.private_key)
            for one in self._config.readings
            if one.certificate and one.bind
        }

    def of_reading(self, name: str) -> ssl.SSLContext | None:
        """The context of POP3 or IMAP; None without TLS."""
        return self._readings[name].context if name in self._readings else None

    def of_smtp(self, listener: str) -> ssl.SSLContext | None:
        """The context of one SMTP listener. A certificate that only `smtps` needs offers no STARTTLS elsewhere."""
        if self._smtp is None or not (self._config.smtp_tls_cert or listener == "smtps"):
            return None
        return self._smtp.context

    def of_page(self) -> ssl.SSLContext | None:
        """The context of the page; None for plain HTTP."""
        return self._page.context if self._page else None

    def notes(self) -> list[str]:
        """Where the authority of made certificates is, for clients that want to check."""
        paths = {tls.ca_path for tls in (self._smtp, self._page, *self._readings.values()) if tls and tls.ca_path}
        return [f"[tls] certificates made here are signed by {path}; let clients trust that file" for path in paths]


def _tls(config: Config, cert: str, key: str) -> ServerTls:
    """Return TLS; a certificate of files needs no authority, and so no place for one."""
    return server_tls(cert, key, authority_directory(config) if made_names(cert) else Path())


def authority_directory(config: Config) -> Path:
    """Where the authority of made certificates is kept: beside the database, or else with the user's data."""
    from platformdirs import user_data_path

    place = config.database_path.parent if config.database_path else user_data_path("mailpit-py")
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return place
    except OSError:  # a read-only root: the authority lives as long as this process
        return Path(tempfile.mkdtemp(prefix="mailpit-py-tls-"))
