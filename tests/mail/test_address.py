"""Mailboxes of address fields (RFC 5322 §3.4 and §4.4)."""

import pytest

from mailpit_py.mail import Address, read
from mailpit_py.mail.address import parse


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"ann@example.org", [("", "ann@example.org")]),
        (b"<ann@example.org>", [("", "ann@example.org")]),
        (b"Ann Example <ann@example.org>", [("Ann Example", "ann@example.org")]),
        (b'"Ann Example" <ann@example.org>', [("Ann Example", "ann@example.org")]),
        (b"a=?utf-8?q?=C3=A4?=@example.org", [("", "a\u00e4@example.org")]),
        (b"Ann <=?utf-8?q?=C3=A4?=@example.org>", [("Ann", "\u00e4@example.org")]),
        (b'"Ann  E." <ann@example.org>', [("Ann  E.", "ann@example.org")]),
        (b'Ann  \t "E.  F"  G <ann@example.org>', [("Ann E.  F G", "ann@example.org")]),
        (
            b'"Example, Ann" <ann@example.org>, bob@example.com',
            [("Example, Ann", "ann@example.org"), ("", "bob@example.com")],
        ),
        ("\xa0Ann\xa0 B\xa0 <ann@example.org>".encode(), [("\xa0Ann\xa0 B\xa0", "ann@example.org")]),
        (b'Ann"B"C "D""E" <ann@example.org>', [("Ann B C D E", "ann@example.org")]),
        (b"a@example.org, B  C <b@example.org>", [("", "a@example.org"), ("B C", "b@example.org")]),
        (b'"a \\"quoted\\" name" <a@example.org>', [('a "quoted" name', "a@example.org")]),
        (b"ann@example.org (Ann Example)", [("Ann Example", "ann@example.org")]),
        (b"<ann@example.org> (Ann Example)", [("Ann Example", "ann@example.org")]),
        (b"Ann (her (own) name) <ann@example.org>", [("Ann", "ann@example.org")]),
        (b"(only) ann@example.org", [("only", "ann@example.org")]),
        (b"(a\\)b) ann@example.org", [("a)b", "ann@example.org")]),
        (b"Friends: ann@example.org, Bob <bob@example.com>;", [("", "ann@example.org"), ("Bob", "bob@example.com")]),
        (b"undisclosed-recipients:;", []),
        (
            b"A: a@example.org;, B: b@example.org;, c@example.org",
            [("", "a@example.org"), ("", "b@example.org"), ("", "c@example.org")],
        ),
        (b"=?utf-8?Q?J=C3=BCrgen?= <j@example.org>", [("Jürgen", "j@example.org")]),
        (b'"=?utf-8?Q?J=C3=BCrgen?=" <j@example.org>', [("Jürgen", "j@example.org")]),
        (b"=?utf-8?Q?Doe,_Jane?= <j@example.org>", [("Doe, Jane", "j@example.org")]),
        (b"=?utf-8?Q?Doe,?= <j@example.org>", [("Doe,", "j@example.org")]),
        (b"=?utf-8?Q?a=40b=2C?= <j@example.org>", [("a@b,", "j@example.org")]),
        (b"J\xc3\xbcrgen <j\xc3\xbc@ex\xc3\xa4mple.org>", [("Jürgen", "jü@exämple.org")]),
        (b"J\xfcrgen <j@example.org>", [("Jürgen", "j@example.org")]),
        (b"a@xn--exmple-cua.org", [("", "a@xn--exmple-cua.org")]),
        (b'"john doe"@example.org', [("", '"john doe"@example.org')]),
        (b'<"a,b"@example.org>', [("", '"a,b"@example.org')]),
        (b"<@relay.example,@other.example:ann@example.org>", [("", "ann@example.org")]),
        (b"ann @ example . org", [("", "ann@example.org")]),
        (b"< ann@ example.org >", [("", "ann@example.org")]),
        (b"ann@[192.0.2.1]", [("", "ann@[192.0.2.1]")]),
        (b"ann@[IPv6:2001:db8::1]", [("", "ann@[IPv6:2001:db8::1]")]),
        (b"<ann@[IPv6:2001:db8::1]>", [("", "ann@[IPv6:2001:db8::1]")]),
        (b"A <a@example.org> B <b@example.org>", [("A", "a@example.org"), ("B", "b@example.org")]),
        (b"a@example.org b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        (b"Ann ann@example.org", [("Ann", "ann@example.org")]),
        (b"a@example.org; b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        (b"A <a@example.org> junk, b@example.org", [("A", "a@example.org"), ("", "b@example.org")]),
        (b"A <a@example.org> junk@example.org", [("A", "a@example.org"), ("", "junk@example.org")]),
        (b"a@example.org:25", [("", "a@example.org:25")]),
        (b"<a@example.org", [("", "a@example.org")]),
        (b"A <a@example.org, b@example.org", [("A", "a@example.org"), ("", "b@example.org")]),
        (b"A <a@example.org>>", [("A", "a@example.org")]),
        (b'"A <a@example.org>', [('"A', "a@example.org")]),
        (b"A ( <a@example.org>", [("A", "a@example.org")]),
        (b"A ) <a@example.org>", [("A", "a@example.org")]),
        (b"J. R. Smith <j@example.org>", [("J. R. Smith", "j@example.org")]),
        (b"root", [("", "root")]),
        (b"No Address", [("No Address", "")]),
        (b'"No Address"', [("No Address", "")]),
        (b"a\\b <a@example.org>", [("a\\b", "a@example.org")]),
        (b"<>", []),
        (b"Bounce <>", [("Bounce", "")]),
        (b"<", []),
        (b'"', [("", '"')]),
        (b",,,", []),
        (b"@", [("", "@")]),
        (b"", []),
        (b"   ", []),
    ],
)
def test_mailboxes_are_read_as_senders_mean_them(raw, expected):
    assert [(address.name, address.address) for address in parse(raw)] == expected


def test_addresses_are_capped_over_all_fields_of_a_name():
    assert len(parse(b"a@example.org," * 5_000)) == 1_000
    assert len(parse(b"(c) a@example.org," * 5_000, limit=7)) == 7
    message = read(b"To: " + b"a@example.org," * 900 + b"b@example.org\nTo: " + b"c@example.org," * 900 + b"\n\n")
    assert len(message.to) == 1_000


def test_every_field_of_a_name_counts():
    message = read(b"To: a@example.org\nCc: c@example.org\nTo: b@example.org\n\n")
    assert [str(address) for address in message.to] == ["a@example.org", "b@example.org"]
    assert message.to is message.to


def test_an_address_is_shown_with_its_name():
    assert str(Address("Ann", "a@example.org")) == "Ann <a@example.org>"
