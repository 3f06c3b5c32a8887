"""Which parts Mailpit shows and lists."""

from __future__ import annotations

import pytest

from mailpit_py.mail import read
from mailpit_py.mail.arrangement import arrange, counts, number_of


def entity(kind: str, body: str = "x", *fields: str) -> str:
    return "\r\n".join([f"Content-Type: {kind}", *fields, "", body])


def multipart(kind: str, *entities: str) -> str:
    boundary = f"b{kind}"
    pieces = "".join(f"--{boundary}\r\n{one}\r\n" for one in entities)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n{pieces}--{boundary}--\r\n"


TEXT, HTML = entity("text/plain", "one"), entity("text/html", "<p>")
ATTACHED = "Content-Disposition: attachment"
INLINE = "Content-Disposition: inline"


@pytest.mark.parametrize(
    ("raw", "plain", "markup", "attached", "inline"),
    [
        ("", "", "", [], []),
        (TEXT, "one", "", [], []),
        (entity("text/plain", "a\r\r\nb"), "a\r\nb", "", [], []),
        (entity("text/plain", "a=0D\r\nb\r\r\nc", "Content-Transfer-Encoding: quoted-printable"),
         "a\r\r\nb\r\nc", "", [], []),
        (HTML, "", "<p>", [], []),
        (entity("text/plain", "x", ATTACHED), "", "", ["0"], []),
        (entity("text/html", "x", ATTACHED), "", "", ["0"], []),
        (entity("image/png"), "", "", ["0"], []),
        (entity("image/png", "x", INLINE), "", "", [], ["0"]),
        (entity("text/plain", "one", f"{INLINE}; filename=a.txt"), "one", "", [], []),
        (entity("text/html", "<p>", f"{INLINE}; filename=a.html"), "", "<p>", [], []),
        (entity("application/octet-stream"), "", "", ["0"], []),
        (entity("application/octet-stream", "x", INLINE), "", "", ["0"], []),
        (multipart("mixed", TEXT, TEXT, HTML, HTML), "one\n--\none", "<p>", [], []),
        (multipart("alternative", TEXT, entity("text/plain", "two"), HTML), "one", "<p>", [], []),
        (multipart("alternative", multipart("mixed", entity("text/plain", "deep")), TEXT), "one", "", [], []),
        (multipart("alternative", HTML), "", "<p>", [], []),
        (multipart("mixed", multipart("alternative", TEXT, TEXT)), "one\n--\none", "", [], []),
        (multipart("mixed", TEXT, entity("image/png", "x", INLINE), entity("image/png")), "one", "", [], ["2", "3"]),
        (multipart("mixed", TEXT, entity("text/plain", "two", INLINE)), "one\n--\ntwo", "", [], []),
        (multipart("mixed", TEXT, entity("text/plain; name=a.txt", "two", INLINE)), "one\n--\ntwo", "", [], ["2"]),
        (multipart("mixed", TEXT, entity("text/calendar"), entity("text/calendar; name=a.ics")), "one", "", [], ["3"]),
        (multipart("mixed", entity("image/png", "x", "Content-Disposition: form-data")), "", "", [], []),
        (multipart("mixed", TEXT, entity("message/rfc822", "Content-Type: text/plain\r\n\r\ninside")), "one", "", [],
         ["2"]),
        ("Content-Type: multipart/mixed\r\n\r\nno boundary", "no boundary", "", [], []),
        (multipart("mixed", multipart("related", HTML, entity("a/b", "x", ATTACHED)), entity("a/b", "x", ATTACHED)),
         "", "<p>", ["2", "1.2"], []),
    ],
)  # fmt: skip
def test_parts_are_sorted(raw: str, plain: str, markup: str, attached: list[str], inline: list[str]) -> None:
    root = read(raw.encode()).root
    found = arrange(root)
    assert (found.plain, found.markup) == (plain, markup)
    assert [number_of(part, root) for part in found.attached] == attached
    assert [number_of(part, root) for part in found.inline] == inline
    assert found.listed == (*found.attached, *found.inline)
    assert counts(root) == (len(attached), len(inline))


def test_thousands_of_parts_are_sorted_without_recursion() -> None:
    deep = TEXT
    for number in range(90):
        deep = f"Content-Type: multipart/mixed; boundary=d{number}\r\n\r\n--d{number}\r\n{deep}\r\n--d{number}--\r\n"
    assert arrange(read(deep.encode()).root).plain == "one"
    assert (
        len(arrange(read(multipart("mixed", *[entity("a/b", "x", ATTACHED)] * 1_500).encode()).root).attached) == 1_500
    )
