"""Links of plain text and of messages."""

import pytest

from mailpit_py.mail import Link, Span, linkify, links, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("nothing", [("nothing", "")]),
        (
            "see https://example.org/a?b=c#d.",
            [("see ", ""), ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"), (".", "")],
        ),
        ("HTTP://EXAMPLE.ORG", [("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG")]),
        ("<http://a/>", [("<", ""), ("http://a/", "http://a/"), (">", "")]),
        ("(http://a/b_(c))", [("(", ""), ("http://a/b_(c)", "http://a/b_(c)"), (")", "")]),
        ("[http://a/]!", [("[", ""), ("http://a/", "http://a/"), ("]!", "")]),
        ('http://a/"onmouseover="x', [("http://a/", "http://a/"), ('"onmouseover="x', "")]),
        ("mailto:a@example.org, x", [("mailto:a@example.org", "mailto:a@example.org"), (", x", "")]),
        ("javascript:alert(1) data:text/html,x", [("javascript:alert(1) data:text/html,x", "")]),
        ("xhttp://a", [("xhttp://a", "")]),
        ("http:// mailto:", [("http:// mailto:", "")]),
        ("http://)))", [("http://)))", "")]),
    ],
)
def test_text_is_cut_into_spans(text, expected):
    spans = linkify(text)
    assert [(span.text, span.url) for span in spans] == expected
    assert "".join(span.text for span in spans) == text


def test_bidi_controls_become_marks():
    assert linkify("a\u202eb http://x/\u2066y") == (
        Span("a"),
        Span("\u202e", mark="RLO"),
        Span("b "),
        Span("http://x/", "http://x/"),
        Span("\u2066", mark="LRI"),
        Span("y"),
    )


def test_the_links_of_a_message_are_those_of_both_bodies():
    raw = (
        b"Content-Type: multipart/alternative; boundary=x\n\n--x\n\ntext http://a/ http://a/ and mailto:b@c\n"
        b"--x\nContent-Type: text/html\n\n<a href='http://h/'>The <b>page</b></a><a href='javascript:x'>no</a>"
        b"<map><area href=' https://i/ ' alt=map></map><a name=x>no</a>\n--x--\n"
    )
    assert links(read(raw)) == (
        Link("http://h/", "The page", "html"),
        Link("https://i/", "map", "html"),
        Link("http://a/", "http://a/", "text"),
        Link("mailto:b@c", "mailto:b@c", "text"),
    )
    assert links(read(b"")) == ()
