"""HTML as readable text."""

import pytest

from mailpit_py.mail.html import anchors, to_text
from mailpit_py.mail.readable import MOST_TAGS


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
