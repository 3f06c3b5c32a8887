"""What a reader shows of a message: bodies, files, snippet, search text."""

import pytest

from mailpit_py.mail import read
from mailpit_py.mail.text import snippet, strip_html


def part(content_type: str, body: str = "", *lines: str) -> str:
    return "\n".join([f"Content-Type: {content_type}", *lines, "", body])


def multipart(kind: str, *parts: str, boundary: str = "x", extra: str = "") -> str:
    opened = "".join(f"\n--{boundary}\n{one}" for one in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}{extra}\n{opened}\n--{boundary}--\n"


SHOWN = "<p>html words</p>"
LOGO = part("image/png", "x", "Content-Location: logo.png")
ROOT = part("text/html", "<p>html words</p>", "Content-ID: <root>")
NOTES = part("text/plain; name=notes.txt", "notes")
NAMED_TEXT = part("text/plain", "shown", "Content-Disposition: inline; filename=n.txt")
TEXT = part("text/plain", "plain words")
HTML = part("text/html", "<p>html words</p>")
PNG = part("image/png", "aGVsbG8=", "Content-ID: <logo@example>", "Content-Transfer-Encoding: base64")
PDF = part("application/pdf", "pdf", "Content-Disposition: attachment; filename=a.pdf")
INLINE_PNG = part("image/png", "png", "Content-Disposition: inline; filename=i.png")


@pytest.mark.parametrize(
    ("source", "text", "html", "files", "inline"),
    [
        (TEXT, "plain words", "", [], []),
        (HTML, "", SHOWN, [], []),
        (part("application/xhtml+xml", "<p>x</p>"), "", "<p>x</p>", [], []),
        (PDF, "", "", ["1"], []),
        (part("text/plain", "x", "Content-Disposition: attachment"), "", "", ["1"], []),
        (part("text/plain; name=body.txt", "x"), "x", "", [], []),
        (multipart("alternative", TEXT, HTML), "plain words", SHOWN, [], []),
        (multipart("alternative", HTML, TEXT), "plain words", SHOWN, [], []),
        (multipart("alternative", HTML, part("text/html", "<p>better")), "", "<p>better", [], []),
        (multipart("alternative", part("text/plain", "worse"), TEXT), "plain words", "", [], []),
        (
            multipart("alternative", TEXT, part("text/x-amp-html", "amp"), part("text/calendar", "BEGIN")),
            "plain words",
            "",
            [],
            [],
        ),
        (multipart("alternative", TEXT, PDF), "plain words", "", ["2"], []),
        (
            multipart("alternative", TEXT, multipart("related", HTML, PNG, boundary="y")),
            "plain words",
            SHOWN,
            [],
            ["2.2"],
        ),
        (multipart("related", HTML, PNG, PDF), "", SHOWN, ["3"], ["2"]),
        (multipart("related", PNG, ROOT, extra='; start="<root>"'), "", SHOWN, [], ["1"]),
        (multipart("related", HTML, LOGO), "", SHOWN, [], ["2"]),
        (multipart("related", HTML, part("image/png", "x")), "", SHOWN, ["2"], []),
        (multipart("related", HTML, multipart("mixed", PNG, PDF, boundary="y")), "", SHOWN, ["2.1", "2.2"], []),
        (multipart("mixed", TEXT, PDF, part("text/plain", "footer")), "plain words\nfooter", "", ["2"], []),
        (multipart("mixed", TEXT, INLINE_PNG, PNG), "plain words", "", ["2", "3"], []),
        (multipart("mixed", TEXT, NOTES), "plain words", "", ["2"], []),
        (multipart("mixed", TEXT, NAMED_TEXT), "plain words\nshown", "", [], []),
        (
            multipart("mixed", multipart("alternative", TEXT, HTML, boundary="y"), part("text/plain", "<footer>")),
            "plain words\n<footer>",
            '<p>html words</p>\n<div style="white-space: pre-wrap">&lt;footer&gt;</div>',
            [],
            [],
        ),
        (
            multipart("mixed", TEXT, HTML),
            "plain words\nhtml words",
            '<div style="white-space: pre-wrap">plain words</div>\n<p>html words</p>',
            [],
            [],
        ),
        (multipart("mixed", TEXT, part("message/rfc822", TEXT)), "plain words", "", ["2"], []),
        (multipart("signed", TEXT, part("application/pgp-signature", "sig")), "plain words", "", ["2"], []),
        ("Content-Type: multipart/mixed\n\nshown as it is", "shown as it is", "", [], []),
    ],
)
def test_bodies_and_files_are_chosen_as_a_reader_does(source, text, html, files, inline):
    message = read(source.encode())
    assert message.text == text
    assert message.html == html
    assert [one.path for one in message.attachments] == files
    assert [one.path for one in message.inline] == inline
    assert (message.has_text, message.has_html) == (bool(text), bool(html))


def test_header_values():
    message = read(
        b"From: Ann <ann@example.org>\nSender: s@example.org\nReply-To: r@example.org\nTo: t@example.org\n"
        b"Cc: c@example.org\nBcc: b@example.org\nSubject: =?utf-8?Q?=C3=BC?=\nMessage-ID: <1@example.org> (x)\n\n"
    )
    assert message.subject == "ü"
    assert message.message_id == "1@example.org"
    fields = (message.from_, message.sender, message.reply_to, message.to, message.cc, message.bcc)
    assert [str(*field) for field in fields] == [
        "Ann <ann@example.org>",
        "s@example.org",
        "r@example.org",
        "t@example.org",
        "c@example.org",
        "b@example.org",
    ]


def test_a_message_without_fields_has_empty_values():
    message = read(b"")
    assert (message.subject, message.from_, message.date, message.message_id) == ("", (), None, "")
    assert (message.text, message.html, message.snippet, message.attachments) == ("", "", "", ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"<a@b>", "a@b"), (b"a@b", "a@b"), (b"<[abc]>", "[abc]"), (b"<", ""), (b"> <", "> <".strip("<> "))],
)
def test_message_ids_lose_their_brackets(raw, expected):
    assert read(b"Message-ID: " + raw + b"\n\n").message_id == expected


def test_a_part_knows_its_fields():
    message = read(multipart("mixed", PNG, PDF).encode())
    png = message.part("1")
    assert (png.content_id, png.encoding, png.disposition, png.filename) == ("logo@example", "base64", "", "")
    assert message.decoded(png) == b"hello"
    assert message.part("2").filename == "a.pdf"
    assert message.part("2").content_location == ""
    assert [field.name for field in png.fields] == ["Content-Type", "Content-ID", "Content-Transfer-Encoding"]


@pytest.mark.parametrize(
    ("value", "charset"),
    [("text/plain; charset=UTF-8", "utf-8"), ('text/plain; charset=" x y"', "x"), ("text/plain; charset=", "")],
)
def test_a_part_knows_its_charset(value, charset):
    assert read(f"Content-Type: {value}\n\n".encode()).root.charset == charset


def test_line_ends_of_text_are_unified():
    assert read(b"A: b\r\n\r\none\r\ntwo\rthree\n").text == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (TEXT, "plain words"),
        (HTML, "html words"),
        (part("text/plain", "  a \n\n b\tc "), "a b c"),
        (part("text/plain", "zero\u200bwidth\u202e \u00a0x\x07y"), "zero width x y"),
        (part("text/plain", "x" * 300), "x" * 249 + "…"),
        (part("text/plain", "word " * 100), "word " * 49 + "word…"),
        (part("text/html", "<style>p{}</style><script>x</script><!-- c --><p>a<b>b</b></p><td>c&amp;d"), "ab c&d"),
    ],
)
def test_the_snippet_is_one_readable_line(source, expected):
    message = read(
        ("Content-Transfer-Encoding: 8bit\nX: y\n" + source.replace("text/plain", "text/plain; charset=utf-8")).encode()
    )
    assert message.snippet == expected
    assert len(message.snippet) <= 250


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("a<br>b<BR/>c", "a\nb\nc"),
        ("<DIV>a</DIV>\n\n  b", "a\nb"),
        ("wo<b>rd</b> x<img src=y>z", "word x z"),
        ('<a title="a>b">x</a>', "x"),
        ("a < b &lt; c", "a < b < c"),
        ("<title>t</title>x", "x"),
        ("<STYLE>a{}</Style>x", "x"),
        ("<!-- a --> b <!-- never ends", "b"),
        ("x<style>never ends", "x"),
        ("Hi <!-- -->Ann<!-- -->, w<!-->o<!--->rd", "Hi Ann, word"),
        ("x<script>if (a</b) {}</script >y", "xy"),
        ("x<p title='never ends", "x"),
        ("<!doctype html><?php x ?>y</>", "y"),
        ("soft\u00adhyphen&nbsp;x", "softhyphen x"),
        ("", ""),
    ],
)
def test_html_is_stripped_for_search(markup, expected):
    assert strip_html(markup) == expected


def test_a_short_text_is_its_own_snippet():
    assert snippet("abc", 3) == "abc"


def test_search_text_has_each_column():
    both = part("text/html", "<p>plain words</p><p>only in html</p>")
    message = read(
        b"From: Ann <ann@example.org>\nTo: t@example.org\nCc: Cee <c@example.org>\nSubject: hello\n"
        + multipart("mixed", multipart("alternative", TEXT, both, boundary="y"), PDF).encode()
    )
    found = message.search_text
    assert found.subject == "hello"
    assert found.sender == "Ann <ann@example.org>"
    assert found.text == "plain words\nonly in html"
    assert found.files == "a.pdf"
    assert read(HTML.encode()).search_text.text == "html words"
    assert read(TEXT.encode()).search_text.text == "plain words"


def test_what_a_report_tells_programs_is_searched_and_not_shown():
    status = part(
        "message/delivery-status", "Reporting-MTA: dns; mx.test\n\nStatus: 5.1.1\nFinal-Recipient: rfc822; a@b"
    )
    message = read(multipart("report", TEXT, status).encode())
    assert message.search_text.text.startswith("plain words\nReporting-MTA: dns; mx.test\n\nStatus: 5.1.1\n")
    assert message.words == "plain words"
    assert "5.1.1" not in message.snippet


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://a.test/x?a=1&amp;b=2">Confirm</a>', "Confirm\nhttps://a.test/x?a=1&b=2"),
        ("<a class=b HREF = 'http://a.test/'>x</a> <a href='http://a.test/'>y</a>", "x y\nhttp://a.test/"),
        ('<a href="https://a.test/">https://a.test/</a>', "https://a.test/"),
        ('<a href="mailto:ann@a.test">x</a><a href="#top">y</a>', "xy"),
    ],
)
def test_the_index_has_where_links_lead_and_the_reader_has_not(html, text):
    message = read(b"Content-Type: text/html\r\n\r\n" + html.encode())
    assert message.search_text.text == text
    assert message.words == text.partition("\n")[0]
