"""Mailpit's view of one message: members, bodies, parts and their numbers (Appendix A.4 of its contract)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api.mailpit.shape import moment
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = "JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9GbGF0ZURlY29kZT4+CnN0cmVhbQo="
MEMBERS = [
    "ID", "MessageID", "From", "To", "Cc", "Bcc", "ReplyTo", "ReturnPath", "Subject", "ListUnsubscribe", "Date", "Tags",
    "Username", "Text", "HTML", "Size", "Inline", "Attachments", "Read",
]  # fmt: skip


def entity(kind: str, body: str, *fields: str) -> str:
    return "\r\n".join([f"Content-Type: {kind}", *fields, "", body])


def multipart(kind: str, *entities: str) -> str:
    boundary = f"b-{kind}"
    pieces = "".join(f"--{boundary}\r\n{one}\r\n" for one in entities)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n{pieces}--{boundary}--\r\n"


def encoded(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def image(*fields: str) -> str:
    return entity("image/png", encoded(PNG), "Content-Transfer-Encoding: base64", *fields)


HTML = entity("text/html; charset=utf-8", '<p>Hi <img src="cid:test1@example.com"></p>')
TEXT = entity("text/plain; charset=utf-8", "Message with inline image and attachment:")
PDF_FILE = entity(
    "application/pdf", PDF, "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="Sample PDF.pdf"',
)  # fmt: skip


def shown(client: Client, public_id: str) -> dict[str, Any]:
    answer = client.get(f"{V1}/message/{public_id}")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    value: dict[str, Any] = answer.json
    return value


def test_a_message_with_all_kinds_of_parts(client: Client, mail: Mail) -> None:
    inline = image('Content-Disposition: inline; filename="inline-image.jpg"', "Content-Id: <part1@gmail.com>")
    body = multipart("mixed", multipart("related", multipart("alternative", TEXT, HTML), inline), PDF_FILE)
    header = (
        "From: Sender Smith <sender2@example.com>\r\nTo: Recipient Ross <recipient2@example.com>\r\n"
        "Subject: inline + attachment\r\nMessage-ID: <33af2ac1-c33d-9738-35e3-a6daf90bbd89@gmail.com>\r\n"
        "Date: Tue, 01 Jul 2003 10:52:37 +0200\r\n"
    )
    public_id = mail.receive((header + body).encode(), "sender2@example.com", "recipient2@example.com")
    message = shown(client, public_id)
    assert list(message) == MEMBERS
    assert (message["From"], message["To"]) == (
        {"Name": "Sender Smith", "Address": "sender2@example.com"},
        [{"Name": "Recipient Ross", "Address": "recipient2@example.com"}],
    )
    assert (message["Subject"], message["Date"]) == ("inline + attachment", "2003-07-01T10:52:37+02:00")
    assert (message["Text"], message["HTML"]) == (
        "Message with inline image and attachment:",
        '<p>Hi <img src="cid:test1@example.com"></p>',
    )
    assert [(one["PartID"], one["FileName"], one["ContentID"]) for one in message["Inline"]] == [
        ("1.2", "inline-image.jpg", "part1@gmail.com")
    ]
    (attached,) = message["Attachments"]
    assert attached == {
        "PartID": "2",
        "FileName": "Sample PDF.pdf",
        "ContentType": "application/pdf",
        "ContentID": "",
        "Size": 71,
        "Checksums": {
            "MD5": "b04930eb1ba0c62066adfa87e5d262c4",
            "SHA1": "15605d6a2fca44e966209d1701f16ecf816df880",
            "SHA256": "92c4ccff376003381bd9054d3da7b32a3c5661905b55e3b0728c17aba6d223ec",
        },
    }
    for one in (*message["Inline"], attached):
        part = client.get(f"{V1}/message/{public_id}/part/{one['PartID']}")
        assert (part.status_code, len(part.data), part.content_type) == (200, one["Size"], one["ContentType"])
    (row,) = client.get(f"{V1}/messages").json["messages"]
    assert (row["Snippet"], row["Attachments"]) == ("Message with inline image and attachment:", 1)
    assert row["MessageID"] == message["MessageID"] == "33af2ac1-c33d-9738-35e3-a6daf90bbd89@gmail.com"


@pytest.mark.parametrize(
    ("body", "inline", "attached"),
    [
        (multipart("related", HTML, image("Content-Disposition: inline", "Content-ID: <test1@example.com>")),
         [("2", "test1@example.com", "test1@example.com")], []),
        (multipart("mixed", HTML, PDF_FILE), [], [("2", "Sample PDF.pdf", "")]),
        (multipart("mixed", HTML, image("Content-Disposition: inline; filename=i.png", "Content-ID: <i@e>"), PDF_FILE),
         [("2", "i.png", "i@e")], [("3", "Sample PDF.pdf", "")]),
        (multipart("mixed", TEXT, image("Content-ID: <only@id>")), [("2", "only@id", "only@id")], []),
        (multipart("mixed", TEXT, image()), [("2", "part-2.png", "")], []),
        (multipart("mixed", TEXT, entity("message/rfc822", "Subject: inside\r\n\r\nHi")),
         [("2", "part-2.eml", "")], []),
        (multipart("mixed", TEXT, entity("application/octet-stream", "x")), [], [("2", "part-2", "")]),
        (multipart("mixed", TEXT, entity("text/plain", "more", "Content-Disposition: inline; filename=a.txt")),
         [("2", "a.txt", "")], []),
        (multipart("alternative", TEXT, HTML, entity("text/calendar", "BEGIN:VCALENDAR")), [], []),
        (entity("application/pdf", "x"), [], [("0", "part-1.pdf", "")]),
        (entity("application/pdf", "x", "Content-Disposition: attachment; filename=x.pdf"), [], [("0", "x.pdf", "")]),
        (entity("text/plain", "x", "Content-Disposition: attachment; filename=x.txt"), [], [("0", "x.txt", "")]),
    ],
)  # fmt: skip
def test_parts_are_listed_as_with_mailpit(
    client: Client, mail: Mail, body: str, inline: list[Any], attached: list[Any]
) -> None:
    message = shown(client, mail.receive(body.encode()))
    listed = [
        [(one["PartID"], one["FileName"], one["ContentID"]) for one in message[name]]
        for name in ("Inline", "Attachments")
    ]
    assert listed == [inline, attached]
    assert client.get(f"{V1}/messages").json["messages"][0]["Attachments"] == len(attached)


@pytest.mark.parametrize(
    ("body", "text", "html"),
    [
        ("\r\nNo type at all, k\u00f6rper\r\n", "No type at all, k\u00f6rper\r\n", ""),
        (entity("text/plain", "line\r\nline\r\n"), "line\r\nline\r\n", ""),
        ("To: a@b.test\r\r\n\r\r\nline\r\r\nline\r\r\n", "line\r\nline\r\n", ""),
        (multipart("mixed", TEXT, entity("text/plain", "two")),
         "Message with inline image and attachment:\n--\ntwo", ""),
        (multipart("alternative", entity("text/plain", "first"), entity("text/plain", "second")), "first", ""),
        (multipart("mixed", entity("text/html", "<p>1"), entity("text/html", "<p>2")), "1", "<p>1"),
        (entity("text/html", '<h1>Title</h1><p>Para <b>bold</b> <a href="http://l.com/x">link</a></p>'
                             "<ul><li>one</li><li>two</li></ul>"),
         "*****\nTitle\n*****\n\nPara *bold* link ( http://l.com/x )\n\n* one\n* two", None),
        ("Content-Type: multipart/mixed\r\n\r\nno boundary\r\n", "no boundary\r\n", ""),
        ("Content-Type: ;;;\r\n\r\nbroken type\r\n", "broken type\r\n", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_text_and_html(client: Client, mail: Mail, body: str, text: str, html: str | None) -> None:
    message = shown(client, mail.receive(f"Subject: x\r\n{body}".encode()))
    assert message["Text"] == text
    assert html is None or message["HTML"] == html


def test_texts_of_other_charsets_are_handed_over_in_utf8(client: Client, mail: Mail) -> None:
    latin = entity("text/csv; charset=iso-8859-1", "gr\u00fc\u00dfe", "Content-Disposition: attachment; filename=a.csv")
    raw = multipart("mixed", TEXT, latin).encode("latin-1")
    public_id = mail.receive(raw)
    (one,) = shown(client, public_id)["Attachments"]
    part = client.get(f"{V1}/message/{public_id}/part/2").data
    assert part == "gr\u00fc\u00dfe".encode()
    assert (one["Size"], one["Checksums"]["MD5"]) == (7, hashlib.md5(part).hexdigest())


@pytest.mark.parametrize(
    ("header", "reverse_path", "expected"),
    [
        ("From: a@b.test", "env@b.test", "env@b.test"),
        ("From: a@b.test\r\nReturn-Path: <other@b.test>", "", "other@b.test"),
        ("From: a@b.test", "", "a@b.test"),
        ("Subject: x", "", ""),
    ],
)
def test_the_return_path(client: Client, mail: Mail, header: str, reverse_path: str, expected: str) -> None:
    public_id = mail.receive(f"{header}\r\n\r\n".encode(), reverse_path)
    assert shown(client, public_id)["ReturnPath"] == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Tue, 01 Jul 2003 10:52:37 +0200", "2003-07-01T10:52:37+02:00"),
        ("Tue, 01 Jul 2003 10:52:37 -0530", "2003-07-01T10:52:37-05:30"),
        ("Tue, 01 Jul 2003 10:52:37 GMT", "2003-07-01T10:52:37Z"),
        ("Tue, 01 Jul 2003 10:52:37", "2003-07-01T10:52:37Z"),
    ],
)
def test_the_date_is_by_its_writer_s_clock(client: Client, mail: Mail, date: str, expected: str) -> None:
    assert shown(client, mail.receive(f"Date: {date}\r\n\r\n".encode()))["Date"] == expected


def test_without_a_date_the_arrival_counts(client: Client, mail: Mail) -> None:
    public_id = mail.receive(b"Date: never\r\n\r\n")
    assert shown(client, public_id)["Date"] == client.get(f"{V1}/messages").json["messages"][0]["Created"]


def test_list_unsubscribe_is_judged(client: Client, mail: Mail) -> None:
    public_id = mail.receive(
        b"List-Unsubscribe: <https://a.test/u>, <mailto:u@a.test>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n"
    )
    assert shown(client, public_id)["ListUnsubscribe"] == {
        "Header": "<https://a.test/u>, <mailto:u@a.test>",
        "Links": ["https://a.test/u", "mailto:u@a.test"],
        "Errors": "",
        "HeaderPost": "List-Unsubscribe=One-Click",
    }
    for header in (b"List-Unsubscribe-Post: x\r\n", b"List-Unsubscribe: \r\nList-Unsubscribe-Post: x\r\n"):
        bare = shown(client, mail.receive(header + b"\r\n"))["ListUnsubscribe"]
        assert bare == {"Header": "", "Links": [], "Errors": "", "HeaderPost": ""}


def test_the_header_section(client: Client, mail: Mail) -> None:
    public_id = mail.receive(
        b"x-ip: 1.2.3.4\r\nDKIM-Signature: a;\r\n\tb\r\nSUBJECT: =?utf-8?q?=C3=A4?=\r\nmessage-id: <1@x>\r\n"
        b"X-IP: 5.6.7.8\r\nMIME-VERSION: 1.0\r\n\r\n"
    )
    answer = client.get(f"{V1}/message/{public_id}/headers")
    assert answer.data == (
        b'{"Dkim-Signature":["a; b"],"Message-Id":["\\u003c1@x\\u003e"],"Mime-Version":["1.0"],'
        b'"Subject":["=?utf-8?q?=C3=A4?="],"X-Ip":["1.2.3.4","5.6.7.8"]}\n'
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"X: two  blanks\tand a tab  \r\n", "two  blanks\tand a tab"),
        (b"X:  folded  \r\n\t  twice\r\n \r\n end\r\n", "folded twice  end"),
        (b"X:\r\n first\n second\r\n", "first second"),
        (b"X: a\xc2\xa0b \xc3\xa4\r\n", "a\u00a0b \u00e4"),
    ],
)
def test_a_header_field_is_one_line_with_its_blanks(client: Client, mail: Mail, raw: bytes, expected: str) -> None:
    public_id = mail.receive(raw + b"\r\n")
    assert client.get(f"{V1}/message/{public_id}/headers").json == {"X": [expected]}


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("root", "root", ""),
        ("Ann Example", "Ann Example", ""),
        ("root@localhost", "", "root@localhost"),
        ("Root <root>", "Root", "root"),
    ],
)
def test_a_word_that_is_no_address_is_a_name(client: Client, mail: Mail, field: str, name: str, address: str) -> None:
    public_id = mail.receive(f"From: {field}\r\n\r\n".encode())
    expected = {"Name": name, "Address": address}
    assert shown(client, public_id)["From"] == expected
    assert client.get(f"{V1}/messages").json["messages"][0]["From"] == expected


@pytest.mark.parametrize(
    ("disposition", "listed"),
    [
        ("; filename=a.pdf", ["a.pdf"]),
        ('"attachment"; filename=a.pdf', ["a.pdf"]),
        ("(c) attachment; filename=a.pdf", ["a.pdf"]),
        ("x-other; filename=a.pdf", []),
    ],
)
def test_a_disposition_that_is_no_word_is_none(client: Client, mail: Mail, disposition: str, listed: list[str]) -> None:
    file = entity("application/pdf", "x", f"Content-Disposition: {disposition}")
    message = shown(client, mail.receive(multipart("mixed", TEXT, file).encode()))
    assert [one["FileName"] for one in message["Inline"]] == listed


def test_the_innermost_brackets_hold_an_id(client: Client, mail: Mail) -> None:
    message = shown(client, mail.receive(b"Message-ID: <<1@x>> (twice)\r\n\r\n"))
    assert message["MessageID"] == "1@x"


def test_files_are_listed_the_outermost_first(client: Client, mail: Mail) -> None:
    inner = multipart("related", TEXT, image("Content-Disposition: inline; filename=i.png"), PDF_FILE)
    public_id = mail.receive(multipart("mixed", inner, image("Content-ID: <o@x>"), PDF_FILE).encode())
    message = shown(client, public_id)
    assert [one["PartID"] for one in message["Inline"]] == ["1.2", "2"]
    assert [one["PartID"] for one in message["Attachments"]] == ["3", "1.3"]


def test_the_source_octet_by_octet(client: Client, mail: Mail) -> None:
    raw = b"Subject: \xff\x00\r\n\r\nbare\nlines\r"
    public_id = mail.receive(raw)
    answer = client.get(f"{V1}/message/{public_id}/raw")
    assert (answer.data, answer.content_type) == (raw, "text/plain; charset=utf-8")
    assert "Content-Disposition" not in answer.headers
    file = client.get(f"{V1}/message/{public_id}/raw?dl=1")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{public_id}.eml"'


def test_a_part_runs_nothing_in_our_name(client: Client, mail: Mail) -> None:
    page = entity(
        "text/html", "<script>alert(1)</script>", 'Content-Disposition: attachment; filename="a b\u00e4.html"'
    )
    answer = client.get(f"{V1}/message/{mail.receive(multipart('mixed', TEXT, page).encode())}/part/2")
    assert answer.content_type == "text/html"
    assert answer.headers["Content-Disposition"] == 'inline; filename="a%20b%C3%A4.html"'
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_date_beyond_all_calendars_is_the_first_one() -> None:
    assert moment(1 << 62) == "0001-01-01T00:00:00Z"
    first = -62_135_596_800_000_000
    assert moment(first - 3_600_000_000, minutes_east=90) == "0001-01-01T00:30:00+01:30"
    assert moment(0, minutes_east=-90) == "1969-12-31T22:30:00-01:30"


@pytest.mark.parametrize(
    ("microseconds", "fraction"), [(0, ""), (210_000, ".21"), (500_999, ".5"), (7_000, ".007"), (999, "")]
)
def test_a_moment_has_three_digits_at_most_and_no_zeros_behind(microseconds: int, fraction: str) -> None:
    assert moment(1_795_435_200_000_000 + microseconds) == f"2026-11-23T12:00:00{fraction}Z"


@pytest.mark.parametrize("path", ["", "/headers", "/raw", "/part/0"])
def test_an_unknown_message_is_not_found(client: Client, path: str) -> None:
    for given in ("x" * 22, "nonsense", "%00", "\u00e4"):
        answer = client.get(f"{V1}/message/{given}{path}")
        assert (answer.status_code, answer.data, answer.content_type) == (404, b"404 page not found", "text/plain")


def test_what_mailpit_cannot_read_is_shown_as_far_as_it_goes(client: Client, mail: Mail) -> None:
    public_id = mail.receive(b"Subject: caf\xe9\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8=!\r\n")
    message = shown(client, public_id)
    assert (message["Subject"], message["Text"]) == ("caf\u00e9", "Hello")
    broken = mail.receive(b"no field at all\r\nSubject: x\r\n\r\n")
    answer = client.get(f"{V1}/message/{broken}/headers")
    assert (answer.status_code, answer.json) == (200, {})
    assert client.get(f"{V1}/message/{'0' * 22}/part/1/thumb").status_code == 404


@pytest.mark.parametrize("number", ["1", "9", "1.1", "x", "0"])
def test_bodies_and_unknown_parts_are_not_found(client: Client, mail: Mail, number: str) -> None:
    public_id = mail.receive(multipart("mixed", TEXT, PDF_FILE).encode())
    answer = client.get(f"{V1}/message/{public_id}/part/{number}")
    assert (answer.status_code, answer.data) == (404, b"404 page not found")


@pytest.mark.parametrize("path", ["", "/headers", "/raw", "/part/0", "/part/0/thumb"])
def test_latest_of_nothing(client: Client, mail: Mail, path: str) -> None:
    answer = client.get(f"{V1}/message/latest{path}")
    assert (answer.status_code, answer.data, answer.content_type) == (
        404, b"Message not found", "text/plain; charset=utf-8"
    )  # fmt: skip
    mail.receive()
    assert client.get(f"{V1}/message/latest{path}?query=nothing-has-this").status_code == 404
    assert client.get(f"{V1}/message/latest{path}?query=subject:").status_code == 400


def test_latest_is_the_newest_or_the_newest_of_a_search(client: Client, mail: Mail) -> None:
    wanted = mail.subject("wanted")
    newest = mail.subject("other")
    assert shown(client, "latest")["ID"] == newest
    assert shown(client, "latest?query=subject:wanted")["ID"] == wanted
    assert client.get(f"{V1}/message/latest/raw?query=subject:wanted").data.count(b"Subject: wanted") == 1
