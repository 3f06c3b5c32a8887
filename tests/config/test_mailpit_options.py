"""Every option of Mailpit's is here, under its names and with its default, or its difference is in the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailpit_py.config import options

DOCUMENT = Path(__file__).parents[2] / "docs" / "mailpit-differences.md"
OURS = {one.variable: one for one in options()}

# Variable, flag, short flag and default of Mailpit 1.30, in the order of its help.
MAILPITS = """
MP_DATABASE --database -d
MP_DISABLE_WAL --disable-wal - false
MP_DISABLE_VERSION_CHECK --disable-version-check - false
MP_DISABLE_AUTO_VACUUM --disable-auto-vacuum - false
MP_COMPRESSION --compression - 1
MP_LABEL --label
MP_TENANT_ID --tenant-id
MP_MAX_MESSAGES --max -m 500
MP_MAX_AGE --max-age
MP_MAX_MESSAGE_SIZE --max-message-size - 50
MP_USE_MESSAGE_DATES --use-message-dates - false
MP_IGNORE_DUPLICATE_IDS --ignore-duplicate-ids - false
MP_LOG_FILE --log-file
MP_QUIET --quiet -q false
MP_VERBOSE --verbose -v false
MP_UI_BIND_ADDR --listen -l [::]:8025
MP_WEBROOT --webroot - /
MP_UI_AUTH_FILE --ui-auth-file
MP_UI_AUTH
MP_UI_TLS_CERT --ui-tls-cert
MP_UI_TLS_KEY --ui-tls-key
MP_API_CORS --api-cors
MP_BLOCK_REMOTE_CSS_AND_FONTS --block-remote-css-and-fonts - false
MP_ALLOW_INTERNAL_HTTP_REQUESTS --allow-internal-http-requests - false
MP_DISABLE_LINK_CHECK_RATE_LIMIT --disable-link-check-rate-limit - false
MP_ENABLE_SPAMASSASSIN --enable-spamassassin
MP_ALLOW_UNTRUSTED_TLS --allow-untrusted-tls - false
MP_DISABLE_HTTP_COMPRESSION --disable-http-compression - false
MP_HIDE_DELETE_ALL_BUTTON --hide-delete-all-button - false
MP_SEND_API_AUTH_FILE --send-api-auth-file
MP_SEND_API_AUTH
MP_SEND_API_AUTH_ACCEPT_ANY --send-api-auth-accept-any - false
MP_SMTP_BIND_ADDR --smtp -s [::]:1025
MP_SMTP_AUTH_FILE --smtp-auth-file
MP_SMTP_AUTH
MP_SMTP_AUTH_ACCEPT_ANY --smtp-auth-accept-any - false
MP_SMTP_TLS_CERT --smtp-tls-cert
MP_SMTP_TLS_KEY --smtp-tls-key
MP_SMTP_REQUIRE_STARTTLS --smtp-require-starttls - false
MP_SMTP_REQUIRE_TLS --smtp-require-tls - false
MP_SMTP_AUTH_ALLOW_INSECURE --smtp-auth-allow-insecure - false
MP_SMTP_STRICT_RFC_HEADERS --smtp-strict-rfc-headers - false
MP_SMTP_MAX_RECIPIENTS --smtp-max-recipients - 100
MP_SMTP_ALLOWED_RECIPIENTS --smtp-allowed-recipients
MP_SMTP_IGNORE_REJECTED_RECIPIENTS --smtp-ignore-rejected-recipients - false
MP_SMTP_DISABLE_RDNS --smtp-disable-rdns - false
MP_SMTP_RELAY_CONFIG --smtp-relay-config
MP_SMTP_RELAY_ALL --smtp-relay-all - false
MP_SMTP_RELAY_MATCHING --smtp-relay-matching
MP_SMTP_RELAY_HOST
MP_SMTP_RELAY_PORT - - 25
MP_SMTP_RELAY_STARTTLS - - false
MP_SMTP_RELAY_TLS - - false
MP_SMTP_RELAY_ALLOW_INSECURE - - false
MP_SMTP_RELAY_AUTH
MP_SMTP_RELAY_USERNAME
MP_SMTP_RELAY_PASSWORD
MP_SMTP_RELAY_SECRET
MP_SMTP_RELAY_RETURN_PATH
MP_SMTP_RELAY_OVERRIDE_FROM
MP_SMTP_RELAY_ALLOWED_RECIPIENTS
MP_SMTP_RELAY_BLOCKED_RECIPIENTS
MP_SMTP_RELAY_PRESERVE_MESSAGE_IDS - - false
MP_SMTP_RELAY_FWD_SMTP_ERRORS - - false
MP_SMTP_FORWARD_CONFIG --smtp-forward-config
MP_SMTP_FORWARD_TO
MP_SMTP_FORWARD_HOST
MP_SMTP_FORWARD_PORT - - 25
MP_SMTP_FORWARD_STARTTLS - - false
MP_SMTP_FORWARD_TLS - - false
MP_SMTP_FORWARD_ALLOW_INSECURE - - false
MP_SMTP_FORWARD_AUTH
MP_SMTP_FORWARD_USERNAME
MP_SMTP_FORWARD_PASSWORD
MP_SMTP_FORWARD_SECRET
MP_SMTP_FORWARD_RETURN_PATH
MP_SMTP_FORWARD_OVERRIDE_FROM
MP_SMTP_FORWARD_FWD_SMTP_ERRORS - - false
MP_ENABLE_CHAOS --enable-chaos - false
MP_CHAOS_TRIGGERS --chaos-triggers
MP_POP3_BIND_ADDR --pop3 - [::]:1110
MP_POP3_AUTH_FILE --pop3-auth-file
MP_POP3_AUTH
MP_POP3_TLS_CERT --pop3-tls-cert
MP_POP3_TLS_KEY --pop3-tls-key
MP_TAG --tag -t
MP_TAGS_CONFIG --tags-config
MP_TAGS_TITLE_CASE --tags-title-case - false
MP_TAGS_DISABLE --tags-disable
MP_TAGS_USERNAME --tags-username - false
MP_ENABLE_PROMETHEUS --enable-prometheus
MP_WEBHOOK_URL --webhook-url
MP_WEBHOOK_LIMIT --webhook-limit - 1
MP_WEBHOOK_DELAY --webhook-delay - 0
MP_DEMO_MODE - - false
MP_DISABLE_HTML_CHECK --disable-html-check - false
"""
FORMER = {
    "--db-file": "MP_DATABASE",
    "MP_DATA_FILE": "MP_DATABASE",
    "--ui-ssl-cert": "MP_UI_TLS_CERT",
    "MP_UI_SSL_CERT": "MP_UI_TLS_CERT",
    "--ui-ssl-key": "MP_UI_TLS_KEY",
    "MP_UI_SSL_KEY": "MP_UI_TLS_KEY",
    "--smtp-ssl-cert": "MP_SMTP_TLS_CERT",
    "MP_SMTP_SSL_CERT": "MP_SMTP_TLS_CERT",
    "--smtp-ssl-key": "MP_SMTP_TLS_KEY",
    "MP_SMTP_SSL_KEY": "MP_SMTP_TLS_KEY",
    "--smtp-tls-required": "MP_SMTP_REQUIRE_STARTTLS",
    "MP_SMTP_TLS_REQUIRED": "MP_SMTP_REQUIRE_STARTTLS",
    "MP_STRICT_RFC_HEADERS": "MP_SMTP_STRICT_RFC_HEADERS",
}
# Other defaults, with the words of the documents that say so.
OTHER_DEFAULTS = {
    "MP_UI_BIND_ADDR": "listens on every address",
    "MP_SMTP_BIND_ADDR": "listens on every address",
    "MP_POP3_BIND_ADDR": "needs accounts",
    "MP_SMTP_AUTH_ACCEPT_ANY": "offers no AUTH",
    "MP_SMTP_AUTH_ALLOW_INSECURE": "credentials without TLS",
}


def rows() -> list[list[str]]:
    return [[*line.split(), *["-"] * 2][:3] + line.split()[3:] for line in MAILPITS.strip().splitlines()]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_an_option_of_mailpit_s_has_its_names_and_its_default(row: list[str]) -> None:
    variable, flag, short, *default = row
    ours = OURS[variable]
    expected = default[0] if default else ""
    assert flag in (ours.flag, "-")
    assert short == (ours.short or "-")
    if variable in OTHER_DEFAULTS:
        assert str(ours.default).lower() != expected
        assert re.search(rf"^\| .*{re.escape(OTHER_DEFAULTS[variable])}", DOCUMENT.read_text("utf-8"), re.M)
    else:
        assert str(ours.default).lower() == expected


def test_the_page_on_moving_here_has_every_option_of_mailpit_s() -> None:
    table = (DOCUMENT.parent / "migrating.md").read_text("utf-8").partition("## From Mailpit")[2].partition("\n## ")[0]
    families = tuple(f"MP_{one}_" for one in ("SMTP", "POP3") if f"and all others of {one}" in table)
    missing = [one for one, *_ in rows() if f"`{one}`" not in table and not one.startswith(families)]
    assert missing == []


def test_every_former_name_of_mailpit_s_is_known() -> None:
    ours = {old: one.variable for one in options() for old in (*one.old_flags, *one.old_variables)}
    assert ours == FORMER
