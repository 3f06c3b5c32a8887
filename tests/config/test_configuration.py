import pytest

from mailpit_py.application import retention
from mailpit_py.config import Config, from_values, options
from mailpit_py.errors import ConfigError

FLAGGED = ("_config", "_all", "_matching")


def test_the_defaults_need_no_reading():
    config = Config()
    assert (config.bind("smtp").port, config.bind("listen").port) == (1025, 8025)
    assert config.bind("smtp").is_loopback
    assert config.bind("lmtp") is None
    assert (config.database_path, config.max, config.max_message_size_bytes) == (None, 500, 50 * 1024 * 1024)


def test_every_option_has_its_own_variable_flag_and_words():
    every = options()
    assert len({one.variable for one in every}) == len(every)
    assert all(one.variable.startswith("MP_") and one.help.endswith(".") for one in every)
    assert {one.name for one in every if not one.flag} == {
        *("ui_auth", "smtp_auth", "send_api_auth", "pop3_auth", "imap_auth", "webhook_secret"),
        *(one.name for one in every if one.group in ("Relay", "Forward") and not one.name.endswith(FLAGGED)),
    }


@pytest.mark.parametrize(
    ("webroot", "path"),
    [("", "/"), ("/", "/"), ("mail", "/mail/"), ("/a//b", "/a/b/"), ("/a/b/", "/a/b/"), ("a/../b/./", "/b/")],
)
def test_the_webroot_has_a_slash_at_both_ends(webroot, path):
    assert Config(webroot=webroot).webroot_path == path


@pytest.mark.parametrize(("max_age", "seconds"), [("", None), ("30m", 1800), ("12h", 43_200), ("7d", 604_800)])
def test_an_age_is_read(max_age, seconds):
    assert Config(max_age=max_age).max_age_seconds == seconds


@pytest.mark.parametrize(
    ("max_bytes", "size"), [("", None), ("900", 900), ("500k", 512_000), ("200M", 209_715_200), ("2GiB", 2 << 30)]
)
def test_a_size_is_read(max_bytes, size):
    assert Config(max_bytes=max_bytes).max_total_bytes == size


def test_a_folder_as_database_means_a_file_in_it(tmp_path):
    assert Config(database=str(tmp_path)).database_path == tmp_path / "mailpit.db"
    assert Config(database=str(tmp_path / "x.db")).database_path == tmp_path / "x.db"


def test_a_database_in_memory_is_a_temporary_one():
    assert Config(database=":memory:").database_path is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"compression": 4}, "0, 1, 2 or 3"),
        ({"webroot": "/a b"}, "only letters"),
        ({"max_age": "7 weeks"}, "30m, 12h or 7d"),
        ({"max_bytes": "lots"}, "500k, 200M or 2G"),
        ({"freeze_clock": "noon"}, "write an instant as 2026-11-23T12:00:00Z"),
        ({"smtp": "nonsense"}, "host:port"),
        ({"listen": ""}, "need an address"),
        ({"fbl_address": "fbl@app.example\r\nX: y"}, "--fbl-address is one address"),
        ({"remote_content": "maybe"}, "always, ask, never"),
        ({"smtp_max_recipients": -1}, "at least 1"),
        ({"database": "http://rqlite:4001"}, "there is no rqlite"),
        ({"smtp_session_timeout": -1}, "at least 1"),
        ({"smtp_allowed_recipients": "("}, "--smtp-allowed-recipients is not a regular expression"),
        ({"smtp_relay_all": True}, "need a server: --smtp-relay-config or MP_SMTP_RELAY_HOST"),
        ({"smtp_relay_config": "/nowhere.yml"}, "--smtp-relay-config: there is no file /nowhere.yml"),
        ({"seed": -3}, "0 or larger"),
        ({"enable_prometheus": "localhost"}, "true, false, or host:port"),
        ({"send_api_auth": "a:b", "send_api_auth_accept_any": True}, "exclude each other"),
        ({"send_api_auth_file": "/nowhere"}, "there is no file /nowhere"),
        ({"max_age": "0d"}, "would keep nothing"),
        ({"max_age": "100001d"}, "100,000 days"),
        ({"smtp_allowed_recipients": "[[:alpha:]]"}, "there is no class"),
        ({"max_bytes": "0"}, "would keep nothing"),
        ({"max_message_size": -1}, "MiB"),
        ({"smtp_tls_cert": "/nowhere.pem"}, "go together"),
        ({"smtp_tls_cert": "/nowhere.pem", "smtp_tls_key": "/nowhere.key"}, "no file /nowhere.pem"),
        ({"smtp_require_tls": True}, "needs a certificate"),
        ({"smtp_require_tls": True, "smtp_require_starttls": True, "smtp_tls_cert": "auto"}, "exclude each other"),
        ({"ui_auth_file": "/nowhere"}, "no file /nowhere"),
        ({"smtp_require_auth": True, "smtp_auth_accept_any": False}, "needs --smtp-auth-file"),
        ({"pop3": "nonsense"}, "--pop3: write it as host:port"),
        ({"pop3": "unix:/tmp/pop3"}, "--pop3 is host:port"),
        ({"pop3_auth_file": "/nowhere"}, "--pop3-auth-file: there is no file /nowhere"),
        ({"pop3_tls_cert": "/nowhere.pem"}, "go together"),
        ({"pop3_stls": True}, "--pop3-stls needs a certificate"),
        ({"imap": "unix:/tmp/imap"}, "--imap is host:port"),
        ({"imap_auth_file": "/nowhere"}, "--imap-auth-file: there is no file /nowhere"),
        ({"imap_tls_cert": "/nowhere.pem"}, "go together"),
        ({"imap_starttls": True}, "--imap-starttls needs a certificate"),
        ({"smtpp": "x"}, "no option 'smtpp'"),
    ],
)
def test_a_wrong_option_is_refused_with_what_to_write(values, words):
    with pytest.raises(ConfigError, match=words):
        from_values(values)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({}, None),
        ({"pop3": "localhost:2110"}, "localhost:2110"),
        ({"pop3_auth": "ann:secret"}, "localhost:1110"),
        ({"pop3_auth": "ann:secret", "pop3": "0.0.0.0:2110"}, "0.0.0.0:2110"),
        ({"pop3_tls_cert": "auto"}, None),
    ],
)
def test_pop3_starts_where_it_is_told_or_with_accounts(values, place):
    bound = Config(**values).bind("pop3")
    assert (bound and str(bound)) == place


@pytest.mark.parametrize(
    ("values", "place"),
    [({}, None), ({"imap": "localhost:2143"}, "localhost:2143"), ({"imap_auth": "ann:secret"}, "localhost:1143")],
)
def test_imap_starts_likewise(values, place):
    bound = Config(**values).bind("imap")
    assert (bound and str(bound)) == place


def test_a_label_is_one_line():
    assert Config(label="  Team \r\n Blue ").label == "Team Blue"


@pytest.mark.parametrize(("value", "kept"), [(0, None), (-1, None), (7, 7)])
def test_no_number_of_messages_or_less_than_one_sets_no_limit(value, kept):
    assert retention.limits(Config(max=value)).max_messages == kept


def test_no_number_of_recipients_is_that_of_mailpit() -> None:
    assert Config(smtp_max_recipients=0).smtp_max_recipients == 100


def test_toml_keys_and_field_names_both_work():
    assert from_values({"max-message-size": 1, "smtp_max_recipients": 2}).max_message_size == 1
