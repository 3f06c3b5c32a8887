"""What the rows of the section Messages say of bodies and parts, seen on both sides."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from mailpit_py import __version__
from tests.beside.letters import HTML, PDF, TEXT, entity, mail, multipart, whole
from tests.beside.programs import Pair, Server
from tests.beside.table import differs
from tests.beside.views import GONE, put_in

INNER = multipart("mixed", TEXT, PDF, boundary="cc")
MIXED = multipart("mixed", TEXT, PDF)
FILE = "Content-Disposition: attachment; filename=x.txt"
PLAIN = "Content-Type: text/plain"


def shown(server: Server, raw: bytes) -> dict[str, Any]:
    """Everything about a message that was just put in."""
    public_id = put_in(server, {"": raw})[""]
    assert public_id != GONE
    return server.get(f"/api/v1/message/{public_id}").json


def row(server: Server, raw: bytes) -> dict[str, Any]:
    """Its row in the list."""
    put_in(server, {"": raw})
    return server.get("/api/v1/messages?limit=1").json["messages"][0]


def names(message: dict[str, Any]) -> list[str]:
    """The files of a message."""
    return [one["FileName"] for one in (*message["Inline"], *message["Attachments"])]


def part(server: Server, raw: bytes, number: str) -> bytes:
    """The octets of one part."""
    return server.get(f"/api/v1/message/{put_in(server, {'': raw})['']}/part/{number}").body


@differs("a multipart without boundary, a broken Content-Type")
@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (mail("Content-Type: multipart/mixed"), "hi\r\n"),
        (mail("Content-Type: text /plain"), "hi\r\n"),
        (mail("Content-Type: text/plain; charset=utf-7", body="gr\xfcn\r\n"), "gr\xfcn\r\n"),
    ],
)
def test_what_mailpit_throws_away(both: Pair, raw: bytes, text: str) -> None:
    assert put_in(both.theirs, {"": raw})[""] == GONE
    assert shown(both.ours, raw)["Text"] == text


@differs("a multipart without boundary, a broken Content-Type")
def test_a_type_of_one_word(both: Pair) -> None:
    unparted = entity("Content-Type: image/png name=a.png", FILE)
    listed = [shown(server, whole(multipart("mixed", TEXT, unparted)))["Attachments"][0] for server in both]
    assert [one["ContentType"] for one in listed] == ["application/octet-stream", "image/png"]
    unparted = entity('Content-Type: application/pdf; name="a.pdf"\r\n x="y"', "Content-Disposition: attachment")
    listed = [shown(server, whole(multipart("mixed", TEXT, unparted)))["Attachments"][0] for server in both]
    assert [one["FileName"] for one in listed] == ['a.pdf" x="y', "a.pdf"]
    raw = mail("Content-Type: text")
    assert [shown(server, raw)["Text"] for server in both] == ["", "hi\r\n"]
    assert [row(server, raw)["Attachments"] for server in both] == [1, 0]


@differs(
    "a multipart whose boundary does not occur",
    "a boundary counts wherever it stands in a line",
    "a part without Content-Type",
    "in the header section of a part, a line without colon",
)
@pytest.mark.parametrize(
    ("content", "theirs", "ours"),
    [
        (entity("Content-Type: multipart/mixed; boundary=zz", body="hi\r\n"), "", "hi\r\n"),
        (entity("Content-Type: multipart/mixed; boundary=zz", body="--zz--\r\n"), "", "--zz--\r\n"),
        (
            MIXED.replace(b"--bb\r\n", b"--bb x\r\n"),
            "t",
            MIXED.partition(b"\r\n\r\n")[2].replace(b"b\r\n", b"b x\r\n").decode(),
        ),
        (multipart("mixed", multipart("mixed", TEXT, TEXT), TEXT), "t\n--\nt", "t\n--\nt\n--\nt"),
        (multipart("mixed", TEXT, b"\r\nno fields"), "t", "t\n--\nno fields"),
        (multipart("mixed", TEXT, entity("Content-ID: <c@x>", body="no type")), "t", "t\n--\nno type"),
        (
            multipart("mixed", TEXT, b"Content-Type: text/plain; x=y\r\nfar\r\n\r\nbody"),
            "t\n--\nbody",
            "t\n--\nfar\r\n\r\nbody",
        ),
    ],
)
def test_texts_of_a_multipart(both: Pair, content: bytes, theirs: str, ours: str) -> None:
    assert [shown(server, whole(content))["Text"] for server in both] == [theirs, ours]


@differs("a boundary counts wherever it stands in a line")
def test_a_doubled_boundary(both: Pair) -> None:
    raw = whole(MIXED.replace(b"--bb\r\n", b"--bb\r\n--bb\r\n"))
    assert [shown(server, raw)["Attachments"][0]["PartID"] for server in both] == ["4", "2"]


@differs("whatever has a boundary is a multipart")
def test_what_is_a_multipart(both: Pair) -> None:
    file = entity("Content-Type: a/b; boundary=cc; name=a", body="file")
    listed = [shown(server, whole(multipart("mixed", TEXT, file)))["Inline"][0] for server in both]
    assert [(one["PartID"], one["Size"]) for one in listed] == [("2.0", 0), ("2", 4)]
    attached = INNER.replace(b"\r\n\r\n", b"\r\n" + FILE.encode() + b"\r\n\r\n", 1)
    found = [names(shown(server, whole(multipart("mixed", TEXT, attached)))) for server in both]
    assert [sorted(some) for some in found] == [["a.pdf", "x.txt"], ["a.pdf"]]


@differs("UTF-8 without a Content-Type", "text without a charset goes through a guess", "a byte order mark stays",
         "what is not of its charset", "control characters of ISO-8859-1 stay")  # fmt: skip
@pytest.mark.parametrize(
    ("fields", "body", "theirs", "ours"),
    [
        ((), "Grüße".encode(), "GrÃ¼ÃŸe", "Grüße"),
        ((f"{PLAIN}; charset=us-ascii",), "Grüße".encode(), "GrÃ¼ÃŸe", "Grüße"),
        ((PLAIN,), b"gr\xfcn", "gr\ufffdn", "grün"),
        ((PLAIN,), b"\xef\xbb\xbfa", "\ufeffa", "a"),
        ((f"{PLAIN}; charset=utf-8",), b"gr\xfcn", "gr\ufffdn", "grün"),
        ((f"{PLAIN}; charset=gbk",), "Grüße €".encode(), "Gr眉脽e 鈧\ufffd", "Grüße €"),
        ((f"{PLAIN}; charset=cp437",), b"gr\x81n", "gr\ufffdn", "grün"),
        ((f"{PLAIN}; charset=iso-8859-1",), b"\x80", "\x80", "€"),
    ],
)
def test_texts_in_odd_charsets(both: Pair, fields: tuple[str, ...], body: bytes, theirs: str, ours: str) -> None:
    assert [shown(server, mail(*fields, body=body))["Text"].strip() for server in both] == [theirs, ours]


@differs("text without a charset goes through a guess")
def test_a_charset_that_html_names(both: Pair) -> None:
    raw = whole(multipart("mixed", entity("Content-Type: text/html", body=b"<meta charset=koi8-r>\xeb")))
    assert [shown(server, raw)["Text"] for server in both] == ["\ufffd", "К"]


@differs("blanks at the end of a quoted-printable line", "broken base64 is no content",
         "a transfer encoding with something behind it")  # fmt: skip
@pytest.mark.parametrize(
    ("encoding", "body", "theirs", "ours"),
    [
        ("quoted-printable", "a  \r\nb", "a\r\nb", "a  \r\nb"),
        ("quoted-printable", "a= \r\nb", "a=\r\nb", "ab"),
        ("quoted-printable", "a=\r\nb=", "ab=", "ab"),
        ("base64", "aGVsb", "", "hel"),
        ("base64", "aGVsbG8=aGVsbG8=", "hello\x1a\x19[\x1b\x1b", "hellohello"),
        ("base64;", "aGVsbG8=", "aGVsbG8=", "hello"),
        ("x-uuencode", "begin 644 a\r\n%:&5L;&\\\r\n`\r\nend", "begin 644 a\r\n%:&5L;&\\\r\n`\r\nend", "hello"),
    ],
)
def test_bodies_in_odd_encodings(both: Pair, encoding: str, body: str, theirs: str, ours: str) -> None:
    part = entity(f"{PLAIN}; charset=utf-8", f"Content-Transfer-Encoding: {encoding}", body=body)
    raw = whole(multipart("mixed", part))
    assert [shown(server, raw)["Text"].strip() for server in both] == [theirs, ours]


@differs("text made from HTML has what is inside")
@pytest.mark.parametrize(
    ("markup", "theirs", "ours"),
    [
        ("a<iframe>b</iframe>", "a b", "a"),
        ("a<noembed>b</noembed>", "a b", "a"),
        ("a<noframes>b</noframes>", "a b", "a"),
        ("a<noscript><i>b</i></noscript>", "a <i>b</i>", "a b"),
        ("<textarea>a  b</textarea>", "a b", "a  b"),
        ("<body>a <title>b</title>", "a b", "a"),
        ("a <pre><tr>\nb</pre>", "a b", "a\nb"),
    ],
)
def test_text_made_from_html(both: Pair, markup: str, theirs: str, ours: str) -> None:
    raw = mail("Content-Type: text/html; charset=utf-8", body=markup)
    assert [shown(server, raw)["Text"] for server in both] == [theirs, ours]


@differs("what is wrong in a table")
def test_what_is_wrong_in_a_table(both: Pair) -> None:
    raw = mail("Content-Type: text/html", body="<table><caption>a<th>b</th>c</caption><tr><td>d</td></tr></table>e")
    assert [shown(server, raw)["Text"] for server in both] == ["abc d\n\ne", "c\n\na b d\n\ne"]


@differs("`Snippet` from the HTML first")
@pytest.mark.parametrize(
    ("content", "theirs", "ours"),
    [
        (multipart("alternative", TEXT, HTML), "h", "t"),
        (multipart("mixed", TEXT, TEXT), "t -- t", "t t"),
        (multipart("mixed", TEXT, entity(f"{PLAIN}; name=n.txt", body="n")), "t -- n", "t"),
        (entity("Content-Type: text/html", body="<p>a<p>b<br/>c <b>link</b>"), "abc", "a b c link"),
        (entity(PLAIN, body="a\x1b\u200bb"), "a\x1b\u200bb", "a b"),
        (entity("Content-Type: text/html", body="<p>a</p><xmp><b>b</b></xmp>"), "a <b>b</b>", "a b"),
        (entity(PLAIN, body="ä" * 101), "ä" * 99 + "...", "ä" * 99 + "..."),
    ],
)
def test_snippets(both: Pair, content: bytes, theirs: str, ours: str) -> None:
    assert [row(server, whole(content))["Snippet"] for server in both] == [theirs, ours]


@differs("attachments and inline parts without a name", "a part without Content-Type",
         "a broken Content-Disposition", "a file name by RFC 2231 in another charset")  # fmt: skip
@pytest.mark.parametrize(
    ("fields", "theirs", "ours"),
    [
        (("Content-Type: application/pdf", "Content-Disposition: attachment"), [], ["part-2.pdf"]),
        (("Content-Type: message/rfc822",), [], ["part-2.eml"]),
        ((FILE,), [], ["x.txt"]),
        (("Content-Type: a/b; name=a", "Content-Disposition: attachment (c); filename=b"), ["a"], ["b"]),
        (("Content-Type: a/b; name=a", "Content-Disposition: attachment, filename=b"), [], ["a"]),
        (("Content-Type: a/b", 'Content-Disposition: attachment; filename="a" b'), ['"a" b'], ["a"]),
        (("Content-Type: a/b", "Content-Disposition: attachment; filename*=iso-8859-1''%E4"), [], ["ä"]),
        (("Content-Type: a/b", "Content-Disposition: attachment; filename*1=a"), [], ["a"]),
        (("Content-Type: a/b", "Content-Disposition: attachment; filename=<a>.b"), [], ["<a>.b"]),
    ],
)
def test_names_of_files(both: Pair, fields: tuple[str, ...], theirs: list[str], ours: list[str]) -> None:
    raw = whole(multipart("mixed", TEXT, entity(*fields)))
    assert [names(shown(server, raw)) for server in both] == [theirs, ours]


@differs("a file whose type is broken")
@pytest.mark.parametrize(("kind", "theirs"), [("bad", "bad"), ("/", "application/octet-stream")])
def test_types_of_files(both: Pair, kind: str, theirs: str) -> None:
    raw = whole(multipart("mixed", TEXT, entity(f"Content-Type: {kind}; name=a", "Content-Disposition: attachment")))
    told = [[one["ContentType"] for one in shown(server, raw)["Attachments"]] for server in both]
    assert told == [[theirs], ["text/plain"]]


@differs("attachments and inline parts without a name")
def test_which_of_the_nameless_are_counted(both: Pair) -> None:
    attached = entity("Content-Type: a/b", "Content-Disposition: attachment")
    raw = whole(multipart("mixed", TEXT, attached, entity("Content-Type: a/b", "Content-Disposition: inline")))
    assert [row(server, raw)["Attachments"] for server in both] == [1, 1]


@differs("parts of type `text/...` always converted to UTF-8")
def test_octets_of_texts_as_parts(both: Pair) -> None:
    kind = "Content-Type: text/csv; charset=us-ascii; name=a.csv"
    raw = whole(multipart("mixed", TEXT, entity(kind, body=b"gr\xfcn")))
    assert [part(server, raw, "2") for server in both] == ["grün".encode(), b"gr\xfcn"]


@differs("a thumbnail of an unknown message is 400")
def test_a_thumbnail_of_an_unknown_message(both: Pair) -> None:
    theirs, ours = (server.get("/api/v1/message/0123456789012345678901/part/1/thumb") for server in both)
    assert (theirs.status, theirs.text) == (400, "sql: no rows in result set")
    assert ours.status == 404


@differs("a thumbnail of an unknown message is 400")
def test_a_thumbnail_of_an_icon(both: Pair) -> None:
    icon = io.BytesIO()
    Image.new("RGB", (64, 64), "black").save(icon, "ICO")
    encoding = "Content-Transfer-Encoding: base64"
    raw = mail("Content-Type: image/x-icon; name=a.ico", encoding, body=base64.encodebytes(icon.getvalue()))
    drawn = [server.get(f"/api/v1/message/{put_in(server, {'': raw})['']}/part/0/thumb").body for server in both]
    middles = [Image.open(io.BytesIO(one)).convert("L").getpixel((90, 60)) for one in drawn]
    assert [round(one / 255) for one in middles] == [1, 0]


@differs("`Version` is Mailpit's")
def test_the_version(both: Pair) -> None:
    theirs, ours = (server.get("/api/v1/info").json for server in both)
    assert theirs["Version"] != f"v{__version__}"
    assert (ours["Version"], ours["LatestVersion"]) == (f"v{__version__}", "disabled")
