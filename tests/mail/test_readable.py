"""HTML as readable text."""

import pytest

from mailpit_py.mail.html import anchors, to_text
from mailpit_py.mail.readable import MARKED, MOST_TAGS


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>one</p><p>two   words</p>", "one\n\ntwo words"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("<ul><li>a<li>b<ol><li>c</ol></ul>d", "- a\n- b\n  1. c\n\nd"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<li>alone", "- alone"),
        ("<table><tr><td>a<td>b<tr><th>c<th>d</table>", "a b\nc d"),
        ("<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n>\n> > c\n\nd"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("a<hr>b", "a\n\n--------------------\n\nb"),
        ("wo<b>rd</b> <i>x</i>", "word x"),
        ('<a href="http://a/x">click</a> here', "click <http://a/x> here"),
        ('<a href="http://a/">http://a</a> <a href="mailto:b@c">b@c</a>', "http://a b@c"),
        ('<a href="javascript:x">no</a><a>none</a>', "nonone"),
        ('<img alt="logo"><img>', "logo"),
        ('<div style="display:none">preview</div>shown', "shown"),
        ("<title>t</title><style>p{}</style><script>x</script><!-- c -->x<template>y</template>", "x"),
        ("&lt;b&gt; &amp;", "<b> &"),
        ("<p></p><p> </p>", ""),
        ("", ""),
    ],
)
def test_html_reads_as_text(markup, expected):
    assert to_text(markup) == expected


def test_anchors_are_listed_in_order():
    assert anchors("<a href=http://a/>x  <b>y</b></a><a href=#z>z</a><area href=http://b/>") == [
        ("http://a/", "x y"),
        ("http://b/", ""),
    ]


def test_html_of_many_elements_is_read_as_far_as_is_worth_it():
    words = to_text("<i>x</i> " * (MOST_TAGS // 2) + "<b>y</b> and no more").split(" ")
    assert words == ["x"] * (MOST_TAGS // 2)
    found = anchors("<a href=http://a/>x</a>" * MOST_TAGS)
    assert len(found) == MOST_TAGS // 2
    assert to_text("a < b " * (MOST_TAGS - 1)).count("<") == MOST_TAGS - 1


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<h1>Title</h1>text", "*****\nTitle\n*****\n\ntext"),
        ("a<h2>Two<br>lines here</h2>b", "a\n\n----------\nTwo\nlines here\n----------\n\nb"),
        ("<h3>Third</h3>", "Third\n-----"),
        ("<h1>a<h2>b</h2></h1>", "*\na\n*\n\n-\nb\n-"),
        ("<h1></h1>x", "x"),
        ("a <b>bold</b> c <strong>d</strong>.", "a *bold* c *d*."),
        ('<a href="http://l.com/x">link</a>', "link ( http://l.com/x )"),
        ('<a href="http://l.com/x">http://l.com/x</a>', "http://l.com/x"),
        ("<a href=http://x/>a</a>, b<a href=' http://x '>c</a>d", "a ( http://x/ ) , bc ( http://x ) d"),
        ("<a href=mailto:a@b>m</a> <a href=mailto:a@b?subject=x>a@b</a>", "m ( a@b ) a@b ( a@b?subject=x )"),
        ("<a href=/r>r</a> <a href='#h'>h</a> <a href={{u}}>t</a> <a href>e</a>", "r ( /r ) h ( #h ) t ( {{u}} ) e"),
        (
            "<a href=javascript:x>j</a> <a href=http://i.test/x><img alt=i></a>",
            "j ( javascript:x ) i ( http://i.test/x )",
        ),
        ("<ul><li>one<li>two</ul>", "* one\n* two"),
        ("<blockquote>a</blockquote>", "> a"),
    ],
)
def test_html_reads_as_mailpit_writes_it(markup, expected):
    assert to_text(markup, MARKED) == expected
