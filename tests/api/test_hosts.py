"""The guard against DNS rebinding."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api.hosts import HostList, read_names, split_host
from mailpit_py.errors import ConfigError
from tests.api.conftest import API


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8025",
        "LOCALHOST:8025",
        "localhost.:8025",
        "127.0.0.1",
        "127.0.0.1:8025",
        "127.1.2.3:80",
        "192.168.1.20:8025",
        "[::1]",
        "[::1]:8025",
        "[fe80::1]:8025",
        "mailpit",
        "mailpit:8025",
        "mail_pit:8025",
        "app.localhost:8025",
        "mail.shop.test",
        "mail.internal",
        "box.local:8025",
        "shop.example",
        "mailpit.default.svc:8025",
        "mailpit.default.svc.cluster.local",
        "shop.ddev.site",
        "shop.lndo.site",
    ],
)
def test_names_that_dns_cannot_turn_are_answered(host: str) -> None:
    assert HostList().accepts(host)


FOREIGN = [
    "",
    "evil.com",
    "evil.com:8025",
    "localhost.evil.com",
    "127.0.0.1.evil.com",
    "127.0.0.1.nip.io:8025",
    "evil.com.",
    "xlocalhost.org",
    "a.testx",
    "notinternal.org",
    "localhost,evil.com",
    "localhost evil.com",
    "evil.com#.localhost",
    "evil.com/.localhost",
    "evil.com\\.localhost",
    "user@localhost",
    "localhost:8025:80",
    "localhost:abc",
    "localhost:",
    "[::1",
    "::1",
    "[::ffff:evil]",
    "[localhost]",
    ".localhost",
    "a..localhost",
    "-.localhost",
    "*",
    "é.localhost",
    "256.256.256.256.com",
    "localhost\u3002evil.com",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_other_names_are_refused(host: str) -> None:
    assert not HostList().accepts(host)


@pytest.mark.parametrize(
    ("host", "accepted"),
    [
        ("mail.example.org", True),
        ("MAIL.example.org:443", True),
        ("mail.example.org.", True),
        ("x.mail.example.org", False),
        ("example.org", False),
        ("a.shop.com", True),
        ("a.b.shop.com", True),
        ("shop.com", False),
        ("evilshop.com", False),
    ],
)
def test_allowed_hosts_are_exact_or_everything_below_a_dot(host: str, accepted: bool) -> None:
    assert HostList(["Mail.Example.org", ".shop.com"]).accepts(host) is accepted


def test_allowed_hosts_are_separated_by_commas_or_blanks() -> None:
    assert read_names("Mail.Example.org, .shop.com 192.0.2.1") == ["mail.example.org", ".shop.com", "192.0.2.1"]
    assert read_names("") == []


@pytest.mark.parametrize("text", ["*", "*.shop.com", "https://shop.com", "shop.com:8025", "a,b/c", "..shop.com", "."])
def test_what_no_host_header_can_be_is_no_allowed_host(text: str) -> None:
    with pytest.raises(ConfigError, match="--allowed-hosts takes names without a scheme"):
        read_names(text)


@pytest.mark.parametrize(("host", "accepted"), [("evil.com", True), ("a b", False), ("evil.com,x", False), ("", False)])
def test_with_a_password_every_well_formed_name_is_answered(host: str, accepted: bool) -> None:
    assert HostList(any_name=True).accepts(host) is accepted


def test_a_host_header_is_split_at_its_port() -> None:
    assert split_host("[::1]:8025") == ("[::1]", "8025")
    assert split_host("Mailpit") == ("mailpit", "")


def test_the_refusal_names_the_host_and_the_line_to_set(client: Client) -> None:
    answer = client.get(f"{API}/messages", headers={"Host": "mail.example.org:8025"})
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["type"] == "urn:mailpit-py:problem:host"
    assert "--allowed-hosts=mail.example.org " in answer.json["detail"]
    assert "MP_ALLOWED_HOSTS=mail.example.org." in answer.json["detail"]


def test_the_option_opens_the_name(make_app: Any) -> None:
    client = make_app(allowed_hosts="other.org, mail.example.org").test_client()
    assert client.get(f"{API}/messages", headers={"Host": "mail.example.org:8025"}).status_code == 200


def test_forwarded_names_are_not_believed(client: Client) -> None:
    headers = {"Host": "evil.com", "X-Forwarded-Host": "localhost", "Forwarded": "host=localhost"}
    assert client.get(f"{API}/messages", headers=headers).status_code == 403
