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
        (f"(before) <{WEB}> (between (nested)), <{MAIL}> (after)", (WEB, MAIL)),
    ],
)
def test_valid(value: str, links: tuple[str, ...]) -> None:
    found = judge(value)
    assert (found.links, found.errors) == (links, "")


@pytest.mark.parametrize(
    ("value", "links", "error"),
    [
        (MAIL, (), f'"{MAIL}" no valid unsubscribe links found'),
        (WEB, (), "no valid unsubscribe links found"),
        ("", (), '"" no valid unsubscribe links found'),
        (f"{MAIL}, <{WEB}>", (WEB,), "should be enclosed in <>"),
        ("<mailto::a@example.com>", (), "should start with either http(s):// or mailto:"),
        ("<MAILTO:a@example.com>", (), "should start with either http(s):// or mailto:"),
        (f"<{MAIL}>, <mailto:b@example.com>", (MAIL, "mailto:b@example.com"), "should only contain one mailto:"),
        (f"<{WEB}>, <https://b.example.com>", (WEB, "https://b.example.com"), "should only contain one HTTP link"),
        (f"<{WEB}>, <https:\\\\b.example.com>", (WEB,), "should start with either"),
        (f"<{WEB}>, <{MAIL}>, <{MAIL}>", (WEB, MAIL, MAIL), "should include a maximum of one email and one HTTP link"),
        (f"<{WEB}>, <example.com>", (WEB,), "should start with either"),
        (f"<{WEB}> <{MAIL}>", (WEB, MAIL), "<> should be split with a comma and optional spaces"),
        ("<mailto: a@example.com>", (), "should not contain spaces"),
        ("<https://example.com/?a=b c>", ("https://example.com/?a=b c",), "should not contain spaces"),
        ("<http:///example.com>", (), "has no host"),
        ("<http://a\\b.example.com>", (), "contains a backslash"),
        ("<http://example.com:port>", (), "is no URL"),
        ("<http://[::1>", (), "is no URL"),
    ],
)
def test_invalid(value: str, links: tuple[str, ...], error: str) -> None:
    found = judge(value)
    assert found.links == links
    assert error in found.errors


@pytest.mark.parametrize("value", ["(" * 50_000, "<" * 50_000, "<>," * 20_000, "(((((((x)))))))" * 1_000])
def test_it_is_linear(value: str) -> None:
    assert judge(value).errors
