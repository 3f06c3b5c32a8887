"""Options of POP3."""

from __future__ import annotations

from dataclasses import dataclass

from mailpit_py.config.option import option


@dataclass(frozen=True, kw_only=True)  # without slots, so that Config may have other bases beside it
class Pop3Options:
    """A part of Config."""

    pop3: str = option(
        "",
        "MP_POP3_BIND_ADDR",
        "Where POP3 listens: host:port. With accounts for POP3 it does without this, at localhost:1110.",
        group="POP3",
        metavar="ADDRESS",
    )
    pop3_auth_file: str = option(
        "",
        "MP_POP3_AUTH_FILE",
        "Let only those read by POP3 who are in this htpasswd file.",
        group="POP3",
        metavar="FILE",
    )
    pop3_auth: str = option(
        "", "MP_POP3_AUTH", "Names and passwords for POP3, as in `ann:secret bob:$2y$...`.", group="POP3", kind="secret"
    )
    pop3_tls_cert: str = option(
        "",
        "MP_POP3_TLS_CERT",
        "Make POP3 TLS from the first byte, with this certificate (PEM); `auto` makes one on the spot.",
        group="POP3",
        metavar="FILE",
    )
    pop3_tls_key: str = option(
        "", "MP_POP3_TLS_KEY", "The private key (PEM) for --pop3-tls-cert.", group="POP3", metavar="FILE"
    )
    pop3_stls: bool = option(
        False,
        "MP_POP3_STLS",
        "With a certificate, offer STLS instead of TLS from the first byte.",
        group="POP3",
    )

    @property
    def pop3_place(self) -> str:
        """Where POP3 listens as text; empty when it is off."""
        return self.pop3 or ("localhost:1110" if self.pop3_auth_file or self.pop3_auth.strip() else "")
