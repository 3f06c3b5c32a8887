"""Which links of a message are checked, and what their answers mean."""

from __future__ import annotations

import pytest

from mailpit_py.checks import links
from mailpit_py.checks.links import LinkResult
from mailpit_py.checks.outside import Probe

# Mailpit's own cases (A.10).
HTML = """
<html><head><link rel=stylesheet href="http://remote-host/style.css">
<script async src="https://www.googletagmanager.com/gtag/js?id=ignored"></script></head><body>
<p><a href="http://example.com">HTTP link</a></p>
<p><a href="https://example.com">HTTPS link</a></p>
<p><a href="HTTPS://EXAMPLE.COM">HTTPS link</a></p>
<p><a href="http://localhost">localhost link</a> (should be caught)</p>
<p><a href="https://localhost">localhost link</a></p>
<p><a href='https://127.0.0.1'>Single quotes link</a></p>
<p><img src=https://example.com/image.jpg></p>
<p href="http://invalid-link.com">This should be ignored</p>
<p><a href="http://link with spaces">Link with spaces</a></p>
<p><a href="http://example.com/?blaah=yes&amp;test=true">URL-encoded characters</a></p>
<p><a href="mailto:ann@example.com">Mail</a> <a href="#top">Up</a> <a href="http://example.com">again</a></p>
</body></html>"""
TEXT = """This is a line with http://example.com https://example.com
HTTPS://EXAMPLE.COM
[http://localhost]
www.google.com < ignored
|||http://example.com/?some=query-string|||
<https://example.com/ link with spaces>
<https://example.com/over
  lines>
"""


def test_links_of_html_are_found_in_their_order():
    assert links.find(HTML, "") == [
        "http://example.com",
        "https://example.com",
        "HTTPS://EXAMPLE.COM",
        "http://localhost",
        "https://localhost",
        "https://127.0.0.1",
        "http://link with spaces",
        "http://example.com/?blaah=yes&test=true",
        "http://remote-host/style.css",
        "https://example.com/image.jpg",
    ]


def test_links_of_text_are_found_in_their_order():
    assert links.find("", TEXT) == [
        "http://example.com",
        "https://example.com",
        "HTTPS://EXAMPLE.COM",
        "http://localhost",
        "http://example.com/?some=query-string",
        "https://example.com/ link with spaces",
        "https://example.com/overlines",
    ]


def test_the_first_hundred_are_checked():
    html = "".join(f'<a href="https://example.com/{number}">x</a>' for number in range(150))
    text = "\n".join(f"https://example.com/text/{number}" for number in range(100))
    assert links.find(html, text) == [f"https://example.com/{number}" for number in range(100)]


@pytest.mark.parametrize(
    ("probe", "result"),
    [
        (Probe("http://a.test/", 200), LinkResult("http://a.test/", 200, "OK")),
        (Probe("http://b.test/", 204), LinkResult("http://a.test/", 204, "No Content", "http://b.test/")),
        (Probe("http://a.test/", 799), LinkResult("http://a.test/", 799, "")),
        (Probe("http://a.test/", error="no such host"), LinkResult("http://a.test/", 0, "no such host")),
        (
            Probe("http://a.test/", is_denied=True),
            LinkResult("http://a.test/", 451, "Blocked private/reserved address"),
        ),
    ],
)
def test_an_answer_becomes_a_status_and_words(probe, result):
    assert links.check(["http://a.test/"], lambda urls, follow: [probe]) == [result]


@pytest.mark.parametrize(("status", "is_broken"), [(0, True), (200, False), (399, False), (400, True), (451, True)])
def test_what_leads_nowhere_is_broken(status, is_broken):
    assert LinkResult("http://a.test/", status, "").is_broken is is_broken


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("-http://x.test/a +http://x.test/b", ["http://x.test/a", "http://x.test/b"]),
        ("http://x.test/a|http://x.test/b", ["http://x.test/a", "http://x.test/b"]),
        ("xhttp://x.test/ http:// http://[::1]/", []),
    ],
)
def test_links_of_text_begin_behind_any_sign(text, found):
    assert links.find("", text) == found


def test_links_of_drawings_are_found():
    assert links.find('<svg><a xlink:href="http://x.test/">x</a></svg>', "") == ["http://x.test/"]
