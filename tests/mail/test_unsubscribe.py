"""List-Unsubscribe, judged as Mailpit does (Appendix A.11 of its contract)."""

from __future__ import annotations

import pytest

from mailpit_py.mail.unsubscribe import judge

MAIL, WEB = "mailto:unsubscribe@example.com", "https://example.com/u"


@pytest.mark.parametrize(
    ("value", "links"),
    [
        (f"<{MAIL}>", (MAIL,)),
        (f"<{WEB}>", (WEB,)),
        ("<HTTPS://EXAMPLE.COM>", ("HTTPS://EXAMPLE.COM",)),
        (f"<{MAIL}>, <http://example.com>", (MAIL, "http://example.com")),
        (f"<{WEB}>,<{MAIL}>", (WEB, MAIL)),
        (f"<{WEB}>  \r\n\t,\r\n  <{MAIL}>", (WEB, MAIL)),
        (f"<{MAIL}?subject=unsubscribe%20me>", (f"{MAIL}?subject=unsubscribe%20me",)),
        (f"(before) <{WEB}> (between), <{MAIL}> (after)", (WEB, MAIL)),
    ],
)
def test_valid(value: str, links: tuple[str, ...]) -> None:
    found = judge(value)
    assert (found.links, found.errors) == (links, "")


@pytest.mark.parametrize(
    ("value", "links", "error"),
    [
        (MAIL, (), f'"{MAIL}" no valid unsubscribe links found'),
        ("", (), '"" no valid unsubscribe links found'),
        (f"{MAIL}, <{WEB}>", (), f'"{MAIL}, <{WEB}>" should be enclosed in <>'),
        (f"(a (b) c) <{WEB}>", (), f'"c) <{WEB}>" should be enclosed in <>'),
        ("<mailto::a@example.com>", (), '"mailto::a@example.com" should start with either http(s):// or mailto:'),
        ("<MAILTO:a@example.com>", (), '"MAILTO:a@example.com" should start with either http(s):// or mailto:'),
        ("<http:///example.com>", (), '"http:///example.com" should start with either http(s):// or mailto:'),
        ("<http://[::1]/>", (), '"http://[::1]/" should start with either http(s):// or mailto:'),
        (f"<{WEB}>, <example.com>", (WEB,), '"example.com" should start with either http(s):// or mailto:'),
        (f"<{MAIL}>, <mailto:b@example.com>", (MAIL,), '"mailto:b@example.com" should only contain one mailto:'),
        (f"<{WEB}>, <http://b.example.com>", (WEB,), '"http://b.example.com" should only contain one HTTP link'),
        (
            f"<{WEB}>, <{MAIL}>, <{MAIL}>",
            (),
            f'"<{WEB}>, <{MAIL}>, <{MAIL}>" should include a maximum of one email and one HTTP link',
        ),
        (f"<{WEB}> <{MAIL}>", (), f'"<{WEB}> <{MAIL}>" <> should be split with a comma and optional spaces'),
        ("<mailto: a@example.com>", (), '"mailto: a@example.com" should not contain spaces'),
        (f"<{MAIL}>, <https://example.com/?a=b c>", (MAIL,), '"https://example.com/?a=b c" should not contain spaces'),
        (
            "<http://a\\b.example.com>",
            (),
            r'parse "http://a\\b.example.com": invalid character "\\" in host name',
        ),
        ("<http://example.com:port>", (), 'parse "http://example.com:port": invalid port ":port" after host'),
        ("<http://example.com/%zz>", (), 'parse "http://example.com/%zz": invalid URL escape "%zz"'),
        ("<http://a%41.test/>", (), 'parse "http://a%41.test/": invalid URL escape "%41"'),
        ("<http://a.test/%%TO%%>", (), 'parse "http://a.test/%%TO%%": invalid URL escape "%%T"'),
        ("<http://a.test/%\u00e4b>", (), 'parse "http://a.test/%\u00e4b": invalid URL escape "%\u00e4"'),
        ("<http://u:%z@a.test/>", (), 'parse "http://u:%z@a.test/": invalid URL escape "%z"'),
        ("<http://a[.test/>", (), 'parse "http://a[.test/": invalid IP-literal'),
        ("<http://a.test/\x01>", (), r'parse "http://a.test/\x01": net/url: invalid control character in URL'),
    ],
)
def test_invalid(value: str, links: tuple[str, ...], error: str) -> None:
    found = judge(value)
    assert (found.links, found.errors) == (links, error)


@pytest.mark.parametrize("value", ["(" * 50_000, "<" * 50_000, "<>," * 20_000, "(((((((x)))))))" * 1_000])
def test_it_is_linear(value: str) -> None:
    assert judge(value).errors
