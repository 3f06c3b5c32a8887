"""Options of the servers by which mail is read: POP3 and IMAP have the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailpit_py.bind import Bind
from mailpit_py.config.option import option
from mailpit_py.errors import ConfigError


def address(server: str, port: int) -> Any:
    """Declare where a server listens."""
    return option(
        "",
        f"MP_{server}_BIND_ADDR",
        f"Where {server} listens: host:port. With accounts for {server} it does without this, at localhost:{port}.",
        group=server,
        metavar="ADDRESS",
    )


def accounts_file(server: str) -> Any:
    """Declare who may come in, as a file."""
    text = f"Let only those read by {server} who are in this htpasswd file."
    return option("", f"MP_{server}_AUTH_FILE", text, group=server, metavar="FILE")


def accounts(server: str) -> Any:
    """Declare who may come in."""
    text = f"Names and passwords for {server}, as in `ann:secret bob:$2y$...`."
    return option("", f"MP_{server}_AUTH", text, group=server, kind="secret")


def certificate(server: str) -> Any:
    """Declare a server's certificate."""
    text = (
        f"Make {server} TLS from the first byte, with this certificate (PEM; `auto` or `sans:name1,name2` makes one)."
    )
    return option("", f"MP_{server}_TLS_CERT", text, group=server, metavar="FILE")


def private_key(server: str) -> Any:
    """Declare the key of a server's certificate."""
    text = f"The private key (PEM) for --{server.lower()}-tls-cert."
    return option("", f"MP_{server}_TLS_KEY", text, group=server, metavar="FILE")


def upgrade(server: str, word: str) -> Any:
    """Declare that a server offers TLS by a command of this name."""
    text = f"With a certificate, offer {word} instead of TLS from the first byte."
    return option(False, f"MP_{server}_{word}", text, group=server)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one of these servers is told; `offers` is the command with which it offers TLS, or empty."""

    name: str
    port: int
    place: str
    accounts_file: str
    accounts: str
    certificate: str
    private_key: str
    offers: str

    @property
    def has_accounts(self) -> bool:
        """True if not everybody may come in."""
        return bool(self.accounts_file or self.accounts.strip())

    @property
    def bind(self) -> Bind | None:
        """Where it listens; None when it is off."""
        text = self.place or (f"localhost:{self.port}" if self.has_accounts else "")
        return Bind.parse(text) if text else None

    def check(self) -> None:
        """Raise ConfigError for what cannot be used."""
        if self.place.startswith("unix:"):
            raise ConfigError(f"--{self.name} is host:port, as in localhost:{self.port}")
        if self.offers and not self.certificate:
            flag = f"--{self.name}-{self.offers.lower()}"
            raise ConfigError(f"{flag} needs a certificate: add --{self.name}-tls-cert=auto, or a file")
        if self.accounts_file and not Path(self.accounts_file).expanduser().is_file():
            raise ConfigError(f"--{self.name}-auth-file: there is no file {self.accounts_file}")


@dataclass(frozen=True, kw_only=True)  # without slots, so that Config may have other bases beside it
class ReadingOptions:
    """A part of Config."""

    pop3: str = address("POP3", 1110)
    pop3_auth_file: str = accounts_file("POP3")
    pop3_auth: str = accounts("POP3")
    pop3_tls_cert: str = certificate("POP3")
    pop3_tls_key: str = private_key("POP3")
    pop3_stls: bool = upgrade("POP3", "STLS")
    imap: str = address("IMAP", 1143)
    imap_auth_file: str = accounts_file("IMAP")
    imap_auth: str = accounts("IMAP")
    imap_tls_cert: str = certificate("IMAP")
    imap_tls_key: str = private_key("IMAP")
    imap_starttls: bool = upgrade("IMAP", "STARTTLS")

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The options of each of these servers."""
        return (self._reading("pop3", 1110, "STLS"), self._reading("imap", 1143, "STARTTLS"))

    def _reading(self, name: str, port: int, word: str) -> Reading:
        def value(which: str) -> Any:
            return getattr(self, f"{name}_{which}")

        return Reading(
            name,
            port,
            place=getattr(self, name),
            accounts_file=value("auth_file"),
            accounts=value("auth"),
            certificate=value("tls_cert"),
            private_key=value("tls_key"),
            offers=word if value(word.lower()) else "",
        )
