"""Which addresses may be reached, however they are written."""

from __future__ import annotations

import pytest

from mailpit_py.reach import Reach

USUAL = Reach()
EVERY_WORD = Reach.parse("loopback, private, public")

LOOPBACK = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"]
PRIVATE = ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.65.254", "fd12:3456::1", "::ffff:10.0.0.1"]
PUBLIC = ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"]
# No word means these; a network has to name them.
SPECIAL = [
    "0.0.0.0", "0.1.2.3", "169.254.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1",
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1",
    "fd00:ec2::254", "::ffff:169.254.169.254",
]  # fmt: skip
# An IPv4 address inside an IPv6 one: a gateway would lead to what is not allowed.
CARRIED = [
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "::127.0.0.1", "::a00:1", "2001:0:5ef5:79fb::80ff:fffe", "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", LOOPBACK + PRIVATE)
def test_loopback_and_private_addresses_are_allowed_from_the_start(address):
    assert USUAL.allows(address)


@pytest.mark.parametrize("address", PUBLIC + SPECIAL)
def test_nothing_else_is(address):
    assert not USUAL.allows(address)


@pytest.mark.parametrize("address", SPECIAL)
def test_no_word_means_a_special_address(address):
    assert not EVERY_WORD.allows(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_word_allows_what_is_routed(address):
    assert EVERY_WORD.allows(address)


@pytest.mark.parametrize("address", CARRIED)
def test_an_address_inside_an_address_is_checked_too(address):
    assert not Reach.parse("public").allows(address)


@pytest.mark.parametrize("address", ["64:ff9b::808:808", "2002:808:808::"])
def test_a_way_to_public_ipv4_needs_the_word_public(address):
    assert not USUAL.allows(address)


def test_the_words_are_apart():
    assert [Reach.parse("loopback").allows(each) for each in ("127.0.0.1", "10.0.0.1")] == [True, False]
    assert [Reach.parse("private").allows(each) for each in ("127.0.0.1", "10.0.0.1")] == [False, True]


@pytest.mark.parametrize(
    ("text", "allowed", "denied"),
    [
        ("169.254.169.254/32", "169.254.169.254", "169.254.169.253"),
        ("100.64.0.0/10", "100.64.0.1", "10.0.0.1"),
        ("2001:db8::/32", "2001:db8::1", "2001:db9::1"),
        ("10.1.0.0/16", "10.1.2.3", "10.2.0.1"),
        ("0.0.0.0/0", "8.8.8.8", "::1"),
    ],
)
def test_a_network_allows_what_it_names(text, allowed, denied):
    reach = Reach.parse(text)
    assert (reach.allows(allowed), reach.allows(denied)) == (True, False)


@pytest.mark.parametrize("text", ["", "none", " , "])
def test_nothing_may_be_reached_when_nothing_is_named(text):
    assert not any(Reach.parse(text).allows(each) for each in LOOPBACK + PRIVATE + PUBLIC)


@pytest.mark.parametrize("text", ["lan", "10.0.0.1/8", "10.0.0.0/33", "example.org", "loopback;private"])
def test_a_word_that_nobody_knows_is_an_error(text):
    with pytest.raises(ValueError, match="write loopback, private, public or a network"):
        Reach.parse(text)


@pytest.mark.parametrize("text", ["2130706433", "0x7f.1", "127.1", "localhost", "１２７.0.0.1", "", "127.0.0.1."])
def test_only_an_address_is_an_address(text):
    """Other spellings are names: the system resolves them, and the check is on what it found."""
    assert not USUAL.allows(text)


# Mailpit's own cases (A.11): what a link of a mail may not lead to, and what it may.
MAILPIT_INTERNAL = [
    "127.0.0.1", "::1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.1.1", "fe80::1", "0.0.0.0", "224.0.0.1",
    "100.64.0.1", "100.127.255.255", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::", "::a9fe:a9fe",
    "64:ff9b::7f00:1", "2002:0a00:0001::", "::ffff:169.254.169.254", "::5efe:a9fe:a9fe", "2001:db8::5efe:7f00:1",
    "fec0::1", "2001:db8::1", "2001:db8::5efe:0808:0808",
]  # fmt: skip
MAILPIT_EXTERNAL = [
    "8.8.8.8", "1.1.1.1", "100.128.0.1", "2001:4860:4860::8888", "2002:0808:0808::", "64:ff9b::0808:0808",
]  # fmt: skip


@pytest.mark.parametrize("address", MAILPIT_INTERNAL)
def test_what_mailpit_takes_for_inside_is_inside(address):
    assert not Reach.parse("public").allows(address)


@pytest.mark.parametrize("address", MAILPIT_EXTERNAL)
def test_what_mailpit_takes_for_outside_is_outside(address):
    assert Reach.parse("public").allows(address)
