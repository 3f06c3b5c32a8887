"""HTML as the text that Mailpit gives; what is expected here is what a real one said."""

import time

import pytest

from mailpit_py.mail.rendition import to_text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>one</p><p>two   words</p>", "one\n\ntwo words"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div><div>a</div>text</div>b", "a\ntext b"),
        ("<div>a<div>b</div></div>c", "a\nb\nc"),
        ("<h1>Title</h1>text", "*****\nTitle\n*****\n\ntext"),
        ("<h1>a</h1><h2>b<br>c</h2><h3>d</h3><h4>e</h4>", "*\na\n*\n\n-\nb\nc\n-\n\nd\n-\n\ne"),
        ("<h1></h1>x", "x"),
        ("<h2>a <b>b</b></h2>", "-----\na *b*\n-----"),
        ("<ul><li>a<li>b<ol><li>c</ol></ul>d", "* a\n* b * c\n\nd"),
        ("<table><tr><td>a<td>b<tr><th>c<th>d</table>", "a b c d"),
        ("<pre>a\n  b\n\nc</pre>", "a\n b\n\nc"),
        ("wo<b>rd</b> <i>x</i>", "wo *rd* x"),
        ("<i>h</i>x", "h x"),
        ("<b></b>", "**"),
        ("a<b>b</b>.", "a *b*."),
        ("<a href=http://l/x>link</a>", "link ( http://l/x )"),
        ("<a href=' http://x '>http://x</a>", "http://x"),
        ("<a href=http://x><b>http://x</b></a>", "*http://x* ( http://x )"),
        ("<a href=http://x></a>", "( http://x )"),
        ("<a href=mailto:a@b>a@b</a> <a href=mailto:a@b>mail</a>", "a@b mail ( a@b )"),
        ("<a href=#>h</a><a href=''>e</a><a href=javascript:x>j</a>", "h ( # ) e j ( javascript:x )"),
        ("<a href=http://i/><img alt=logo></a><img alt=unsaid>", "logo ( http://i/ )"),
        ("<a href=http://i/> <img alt=l></a>", "( http://i/ )"),
        ("<head><style>p{}</style><title>t</title></head><script>x</script>y", "y"),
        ("a<!-- c -->b<script>x</script>c", "a b c"),
        ("<a href=http://x>http://x<!-- c --></a>", "http://x ( http://x )"),
        ("<div><div>a</div><!-- c --></div>b", "a\nb"),
        ("<table><!-- c --><tr><!-- d --><td>a<!-- e -->b</table>", "a b"),
        ("a&nbsp;<b>b</b>", "a *b*"),
        ("\ufeff<p>a</p>", "a"),
        ("<p>a & b < c</p>", "a & b < c"),
        (
            '<p>Hello <b>Ann</b>,</p><p>Your code is <code>123456</code>. <a href="https://x.test/v">Verify</a>.</p>',
            "Hello *Ann* ,\n\nYour code is 123456. Verify ( https://x.test/v ).",
        ),
        ("x<!doctype html>y", "xy"),
        ("<p>a<table><tr><td>b</table>", "a\n\nb"),
        ("<!doctype html><p>a<table><tr><td>b</table>c", "a\n\nb\n\nc"),
        ("<!doctype html><p>a <table>b", "a\n\nb"),
        ("<p>a <table>b", "a b"),
        ("x <textarea>\na</textarea><textarea>\r\nb</textarea><textarea>c\n</textarea> y", "x a b c\ny"),
        ("x <listing>\na</listing> y", "x a y"),
        ("", ""),
    ],
)  # fmt: skip
def test_pieces_are_parted_by_blanks(markup: str, expected: str) -> None:
    assert to_text(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<blockquote>a</blockquote>", "> \n> a"),
        (
            "<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d",
            "> \n> a\n> b\n>> c\n> \n> \n\nd",
        ),
        (
            "<blockquote>" + "word " * 20 + "</blockquote>x",
            "> \n> " + "word " * 14 + "word\n> word word word word word\n\nx",
        ),
        ("<blockquote>" + "x" * 90 + " y</blockquote>", "> \n> " + "x" * 90 + "\n> y"),
    ],
)
def test_quotations_are_marked_and_broken(markup: str, expected: str) -> None:
    assert to_text(markup) == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<blockquote>" + "x" * 2_000_000,
        "<blockquote>" * 400 + "<pre>" + "a\n" * 500_000,
        "<b>" * 400 + "x" * 2_000_000,
        "<h1><div>" * 200 + "x " * 500_000,
        "<i>x</i>" * 200_000,
    ],
)
def test_it_is_linear(markup: str) -> None:
    began = time.process_time()
    assert len(to_text(markup)) < 25 * len(markup)
    assert time.process_time() - began < 10
