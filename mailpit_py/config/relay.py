"""The options about servers to which mail goes on: the first part of Config, in a file of its own for its length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mailpit_py.config.option import option


def relay(default: Any, name: str, text: str, **more: Any) -> Any:
    """Declare one field about the server that mail is relayed to; only a variable or a file sets it."""
    return option(default, f"MP_SMTP_RELAY_{name}", text, group="Relay", has_flag=False, **more)


def forward(default: Any, name: str, text: str, **more: Any) -> Any:
    """Declare one field about the server that all mail is forwarded to; only a variable or a file sets it."""
    return option(default, f"MP_SMTP_FORWARD_{name}", text, group="Forward", has_flag=False, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOptions:
    """Where mail is released, relayed and forwarded to, and what of it."""

    smtp_relay_config: str = option(
        "",
        "MP_SMTP_RELAY_CONFIG",
        "The server that mail is released and relayed to, in this YAML file.",
        group="Relay",
        metavar="FILE",
    )
    smtp_relay_all: bool = option(False, "MP_SMTP_RELAY_ALL", "Relay every message to its recipients.", group="Relay")
    smtp_relay_matching: str = option(
        "",
        "MP_SMTP_RELAY_MATCHING",
        "Relay messages to those recipients in which this regular expression is found.",
        group="Relay",
        metavar="PATTERN",
    )
    smtp_relay_host: str = relay("", "HOST", "The server that mail is relayed to.")
    smtp_relay_port: int = relay(25, "PORT", "Its port.")
    smtp_relay_starttls: bool = relay(False, "STARTTLS", "Demand STARTTLS of it.")
    smtp_relay_tls: bool = relay(False, "TLS", "Speak TLS with it from the first byte.")
    smtp_relay_allow_insecure: bool = relay(False, "ALLOW_INSECURE", "Do not check its certificate.")
    smtp_relay_auth: str = relay("", "AUTH", "How to log in: none, plain, login or cram-md5.")
    smtp_relay_username: str = relay("", "USERNAME", "The name to log in with.")
    smtp_relay_password: str = relay("", "PASSWORD", "The password for plain and login.", kind="secret")
    smtp_relay_secret: str = relay("", "SECRET", "The secret for cram-md5.", kind="secret")
    smtp_relay_return_path: str = relay("", "RETURN_PATH", "The reverse-path of what is released.")
    smtp_relay_override_from: str = relay("", "OVERRIDE_FROM", "The From address of what is released.")
    smtp_relay_allowed_recipients: str = relay("", "ALLOWED_RECIPIENTS", "Release only to these (regular expression).")
    smtp_relay_blocked_recipients: str = relay("", "BLOCKED_RECIPIENTS", "Relay nothing to these (regular expression).")
    smtp_relay_preserve_message_ids: bool = relay(
        False, "PRESERVE_MESSAGE_IDS", "Keep the Message-ID of what is released."
    )
    smtp_relay_fwd_smtp_errors: bool = relay(
        False, "FWD_SMTP_ERRORS", "Relay before the reply to the sender, who gets the refusal; nothing is kept then."
    )
    smtp_forward_config: str = option(
        "",
        "MP_SMTP_FORWARD_CONFIG",
        "The server and the addresses that every message is forwarded to, in this YAML file.",
        group="Forward",
        metavar="FILE",
    )
    smtp_forward_to: str = forward("", "TO", "The addresses that get every message, separated by commas.")
    smtp_forward_host: str = forward("", "HOST", "The server that mail is forwarded through.")
    smtp_forward_port: int = forward(25, "PORT", "Its port.")
    smtp_forward_starttls: bool = forward(False, "STARTTLS", "Demand STARTTLS of it.")
    smtp_forward_tls: bool = forward(False, "TLS", "Speak TLS with it from the first byte.")
    smtp_forward_allow_insecure: bool = forward(False, "ALLOW_INSECURE", "Do not check its certificate.")
    smtp_forward_auth: str = forward("", "AUTH", "How to log in: none, plain, login or cram-md5.")
    smtp_forward_username: str = forward("", "USERNAME", "The name to log in with.")
    smtp_forward_password: str = forward("", "PASSWORD", "The password for plain and login.", kind="secret")
    smtp_forward_secret: str = forward("", "SECRET", "The secret for cram-md5.", kind="secret")
    smtp_forward_return_path: str = forward("", "RETURN_PATH", "The reverse-path of what is forwarded.")
    smtp_forward_override_from: str = forward("", "OVERRIDE_FROM", "The From address of what is forwarded.")
    smtp_forward_fwd_smtp_errors: bool = forward(
        False, "FWD_SMTP_ERRORS", "Forward before the reply to the sender, who gets the refusal; nothing is kept then."
    )
