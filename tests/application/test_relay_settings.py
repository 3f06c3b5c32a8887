"""Where mail may go, as the operator says it: by variables, by a file over them, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpit_py.application.relay_settings import RelayServer, forward_of, relay_of
from mailpit_py.config import Config
from mailpit_py.errors import ConfigError
from mailpit_py.mail.implied import address_of

FILE = """\
host: smtp.example.org
port: 587
starttls: yes
allow-insecure: true
auth: login
username: app
password: "12345"
return-path: bounces@example.org
override-from: test@example.org
allowed-recipients: '@example\\.com$'
blocked-recipients: '^ceo@'
preserve-message-ids: true
forward-smtp-errors: true
"""


def test_without_a_host_nothing_goes_anywhere() -> None:
    quarkus = Config(
        smtp_relay_port=-1, smtp_relay_allowed_recipients="(", smtp_relay_starttls=False, smtp_relay_auth="none"
    )
    assert relay_of(quarkus) is None
    assert forward_of(quarkus) is None


def test_variables_say_everything() -> None:
    settings = relay_of(
        Config(
            smtp_relay_host="smtp.example.org",
            smtp_relay_port=465,
            smtp_relay_tls=True,
            smtp_relay_auth="CRAM-MD5",
            smtp_relay_username="app",
            smtp_relay_secret="shared",
            smtp_relay_blocked_recipients="^ceo@",
            smtp_relay_matching="@example",
        )
    )
    assert settings is not None
    assert settings.server == RelayServer(
        "smtp.example.org", 465, tls=True, auth="cram-md5", username="app", secret="shared"
    )
    assert settings.chosen(("ann@example.com", "ceo@example.com", "x@other.test")) == ("ann@example.com",)


def test_a_file_lies_over_the_variables(tmp_path: Path) -> None:
    file = tmp_path / "relay.conf"
    file.write_text(FILE)
    config = Config(smtp_relay_config=str(file), smtp_relay_host="other.test", smtp_relay_tls=False)
    settings = relay_of(config)
    assert settings is not None
    assert settings.server == RelayServer(
        *("smtp.example.org", 587, True, False, True), auth="login", username="app", password="12345"
    )
    assert (settings.return_path, settings.override_from) == ("bounces@example.org", "test@example.org")
    assert settings.allowed
    assert settings.allowed.search("a@example.com")
    assert (settings.preserve_message_ids, settings.forwards_errors, settings.is_automatic) == (True, True, False)


def test_the_former_name_of_the_allow_list_and_unknown_keys_are_taken(tmp_path: Path, caplog) -> None:
    file = tmp_path / "relay.yaml"
    file.write_text("host: a.test\nrecipient-allowlist: '@a$'\nsmtp-banner: hi\n")
    settings = relay_of(Config(smtp_relay_config=str(file)))
    assert settings is not None
    assert settings.allowed
    assert settings.allowed.pattern == "@a$"
    assert "'smtp-banner' means nothing here" in caplog.text


def test_relaying_all_makes_the_pattern_needless() -> None:
    settings = relay_of(Config(smtp_relay_host="a.test", smtp_relay_all=True, smtp_relay_matching="nobody"))
    assert settings is not None
    assert settings.chosen(("ann@example.com",)) == ("ann@example.com",)


def test_forwarding_names_its_addresses() -> None:
    settings = forward_of(Config(smtp_forward_host="a.test", smtp_forward_to="QA <qa@example.com>, ops@example.com"))
    assert settings is not None
    assert settings.to == ("qa@example.com", "ops@example.com")


def test_what_stands_under_an_unknown_key_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "relay.yaml").write_text("host: a.test\nnotes:\n  by: ann\n")
    settings = relay_of(Config(smtp_relay_config=str(tmp_path / "relay.yaml")))
    assert settings is not None
    assert settings.server.host == "a.test"


def test_passwords_are_not_shown() -> None:
    assert "opensesame" not in repr(RelayServer("a", 1, password="opensesame", secret="opensesame"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"smtp_relay_starttls": True, "smtp_relay_tls": True}, "MP_SMTP_RELAY_STARTTLS and MP_SMTP_RELAY_TLS exclude"),
        ({"smtp_relay_auth": "plain"}, "MP_SMTP_RELAY_USERNAME is needed to log in with plain"),
        ({"smtp_relay_auth": "login", "smtp_relay_username": "a"}, "MP_SMTP_RELAY_PASSWORD is needed"),
        ({"smtp_relay_auth": "cram", "smtp_relay_username": "a"}, "MP_SMTP_RELAY_SECRET is needed"),
        ({"smtp_relay_auth": "ntlm"}, "MP_SMTP_RELAY_AUTH is none, plain, login, cram-md5, not 'ntlm'"),
        ({"smtp_relay_override_from": "no address"}, "MP_SMTP_RELAY_OVERRIDE_FROM: 'no address' is not an address"),
        ({"smtp_relay_host": "a/b"}, "MP_SMTP_RELAY_HOST is the name of a server"),
    ],
)
def test_variables_that_cannot_be_used_are_named(values, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        relay_of(Config(**{"smtp_relay_host": "a.test", **values}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("host: a\nport: -1\n", "port is a port, 1 to 65535, not '-1'"),
        ("", "has a line `key: value`"),
        ("- a\n- b\n", "has a line `key: value`"),
        ("host: [a, b]\n", "has a line `key: value`"),
        ("host: a\n  port: [\n", "is not YAML"),
        ("port: 25\n", "names no host"),
        ("host: a\nport: many\n", "port is a port, 1 to 65535, not 'many'"),
        ("host: a\nport: 70000\n", "port is a port"),
        ("host: a\nstarttls: maybe\n", "starttls is true or false, not 'maybe'"),
        ("host: a\nallowed-recipients: '('\n", "allowed-recipients is not a regular expression"),
        ("host: a\nauth: plain\n", "username is needed"),
        ("host: a\nforward-smtp-errors: often\n", "forward-smtp-errors is true or false"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_key(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "relay.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=words) as raised:
        relay_of(Config(smtp_relay_config=str(file)))
    assert str(file) in str(raised.value)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        ("<ann@example.com>", "ann@example.com"),
        ("Ann Example <ann@example.com>", "ann@example.com"),
        ('"Example, Ann" <ann@example.com>', "ann@example.com"),
        ('"ann e"@example.com', '"ann e"@example.com'),
        ("root@localhost", "root@localhost"),
        ("büro@example.com", "büro@example.com"),
        ("ann", ""),
        ("ann@example.com bob@example.com", ""),
        ("ann@example.com;bob@example.com", ""),
        ("ann@example.com, bob@example.com", ""),
        ("a b@example.com", ""),
        ("<<ann@example.com>>", ""),
        ("ann@example.com>", ""),
        ("ann@example.com\r\nRCPT TO:<bob@example.com>", ""),
    ],
)
def test_an_address_may_have_a_name_beside_it(text: str, address: str) -> None:
    assert address_of(text) == address


@pytest.mark.parametrize(
    ("to", "words"),
    [("", "names the addresses"), ("a@b.c, x", "'x' is not an address"), ("a@b.c,", "'' is not an address")],
)
def test_forwarding_to_nobody_is_refused(to: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        forward_of(Config(smtp_forward_host="a.test", smtp_forward_to=to))
