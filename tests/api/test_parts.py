"""What a message's bytes are handed over as: nothing that a sender wrote runs, and every file has a safe name."""

from __future__ import annotations

import base64
from urllib.parse import unquote

import pytest
from werkzeug.test import Client

from mailpit_py.api import schemas
from mailpit_py.api.native.parts import disposition
from tests.api.conftest import API, SIMPLE, Mail

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PART_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def single(content_type: str, content: bytes = b"<script>alert(1)</script>", *fields: str) -> bytes:
    head = "".join(f"{field}\r\n" for field in (f"Content-Type: {content_type}", *fields))
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded


@pytest.mark.parametrize(
    ("content_type", "served", "shown"),
    [
        ("image/png", "image/png", True),
        ("IMAGE/PNG", "image/png", True),
        ("image/jpeg", "image/jpeg", True),
        ("image/jpg", "image/jpeg", True),
        ("image/gif", "image/gif", True),
        ("image/webp", "image/webp", True),
        ("text/plain", "text/plain; charset=utf-8", True),
        ("text/plain; charset=utf-7", "text/plain; charset=utf-8", True),
        ("text/html", "application/octet-stream", False),
        ("text/HTML; charset=utf-8", "application/octet-stream", False),
        ("application/xhtml+xml", "application/octet-stream", False),
        ("image/svg+xml", "application/octet-stream", False),
        ("text/xml", "application/octet-stream", False),
        ("application/xml", "application/octet-stream", False),
        ("application/pdf", "application/octet-stream", False),
        ("application/javascript", "application/octet-stream", False),
        ("text/javascript", "application/octet-stream", False),
        ("text/css", "application/octet-stream", False),
        ("text/calendar", "application/octet-stream", False),
        ("multipart/x-mixed-replace", "application/octet-stream", False),
        ("message/rfc822", "application/octet-stream", False),
        ("application/json", "application/octet-stream", False),
        ("image/png\r\n\tfoo", "image/png", True),
        ("image/x-unknown", "application/octet-stream", False),
        ("nonsense", "text/plain; charset=utf-8", True),
        ("text/html\x00;image/png", "text/plain; charset=utf-8", True),
    ],
)
def test_only_raster_images_and_plain_text_are_shown(
    client: Client, mail: Mail, content_type: str, served: str, shown: bool
) -> None:
    answer = client.get(f"{API}/messages/{mail.receive(single(content_type))}/parts/1")
    if answer.status_code == 404:  # a multipart without parts is not part 1 of anything
        return
    assert answer.headers["Content-Type"] == served
    assert answer.headers["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert answer.headers["Content-Security-Policy"] == PART_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_part_is_decoded_or_as_received(client: Client, mail: Mail) -> None:
    raw = single("application/pdf; name=a.pdf", b"%PDF\x00\xff")
    url = f"{API}/messages/{mail.receive(raw)}/parts/1"
    assert client.get(url).data == b"%PDF\x00\xff"
    source = client.get(f"{url}?source=true")
    assert (source.data, source.headers["Content-Type"]) == (raw, "text/plain; charset=utf-8")


def test_text_is_given_as_utf_8_and_downloaded_exactly(client: Client, mail: Mail) -> None:
    public_id = mail.receive(single("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe"))
    url = f"{API}/messages/{public_id}/parts/1"
    assert client.get(url).data == "Grüße".encode()
    exact = client.get(f"{url}?download=true")
    assert (exact.data, exact.headers["Content-Type"]) == (b"Gr\xfc\xdfe", "application/octet-stream")
    assert exact.headers["Content-Disposition"].startswith("attachment; ")


def test_any_part_can_be_read_as_text(client: Client, mail: Mail) -> None:
    answer = client.get(f"{API}/messages/{mail.receive(single('text/html'))}/parts/1?as=text")
    assert (answer.data, answer.headers["Content-Type"]) == (b"<script>alert(1)</script>", "text/plain; charset=utf-8")


@pytest.mark.parametrize("path", ["0", "2", "1.1", "1.TEXT", "99999", "1.1.1.1.1.1"])
def test_a_part_that_is_not_there_is_not_found(client: Client, mail: Mail, path: str) -> None:
    assert client.get(f"{API}/messages/{mail.receive()}/parts/{path}").status_code == 404


@pytest.mark.parametrize(
    "path", ["x", "1..2", ".1", "1.", "-1", "1/2", "%2e%2e", "../raw", "1.TEXT.1", "1" * 8, "TEXT"]
)
def test_what_is_no_part_number_reaches_no_view(client: Client, mail: Mail, path: str) -> None:
    assert client.get(f"{API}/messages/{mail.receive()}/parts/{path}").status_code == 404


@pytest.mark.parametrize("argument", ["as=html", "as=", "download=maybe", "x=1", "source=2"])
def test_a_wrong_argument_is_refused(client: Client, mail: Mail, argument: str) -> None:
    assert client.get(f"{API}/messages/{mail.receive()}/parts/1?{argument}").status_code == 422


HOSTILE_NAMES = [
    'a"b.txt',
    "a\\b.txt",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "/etc/passwd",
    "C:\\x.exe",
    "CON",
    "nul.txt",
    "a\tb",
    "a;b=c",
    "x\u202egnp.exe",
    "\u2066x\u2069.txt",
    "ünïcode.txt",
    "日本語.pdf",
    "🌱.txt",
    "a" * 400 + ".txt",
    ".",
    "..",
    " ",
    ".htaccess",
    "a%0d%0aX: y",
    "a%22b",
    "<script>.txt",
    "a\x00b.txt",
    "a\x7fb.txt",
    "trailing. ",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_file_names_are_made_safe(client: Client, mail: Mail, name: str) -> None:
    encoded = base64.b64encode(name.encode()).decode()
    chunks = [encoded[at : at + 40] for at in range(0, len(encoded), 40)]
    word = "\r\n ".join(f"=?utf-8?b?{chunk}?=" for chunk in chunks)
    raw = single("application/pdf", b"x", f'Content-Disposition: attachment; filename="{word}"')
    header = client.get(f"{API}/messages/{mail.receive(raw)}/parts/1").headers["Content-Disposition"]
    assert header.isascii()
    assert header.isprintable()
    kind, plain, *full = header.split("; ")
    assert (kind, plain.startswith('filename="'), plain.endswith('"')) == ("attachment", True, True)
    assert not set(plain[10:-1]) & set('"\\/%')
    name_in_full = unquote(full[0].removeprefix("filename*=UTF-8''")) if full else plain[10:-1]
    assert len(name_in_full.encode()) <= 255
    assert not set(name_in_full) & set('/\\\0\r\n"\u202e\u2066\u2069')
    assert name_in_full.strip(". ")
    assert name_in_full.split(".")[0].upper() not in ("CON", "NUL")


@pytest.mark.parametrize(
    "raw_field",
    [
        b'Content-Disposition: attachment; filename="a\r\n\tX-Injected: y"',
        b"Content-Disposition: attachment; filename*=utf-8''a%0D%0AX-Injected%3A%20y",
        b'Content-Disposition: attachment; filename="=?utf-8?q?a=0D=0AX-Injected:_y?="',
        b"Content-Disposition: attachment; filename*0=a; filename*1*=%0d%0aX-Injected:%20y",
    ],
)
def test_a_file_name_injects_no_header(client: Client, mail: Mail, raw_field: bytes) -> None:
    raw = b"Content-Type: application/pdf\r\n" + raw_field + b"\r\n\r\nx"
    answer = client.get(f"{API}/messages/{mail.receive(raw)}/parts/1")
    assert answer.status_code == 200
    assert "X-Injected" not in answer.headers
    assert "\r" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", 'attachment; filename="a.txt"'),
        ("a b.txt", 'attachment; filename="a b.txt"'),
        ("ü.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%BC.txt"),
        ('a"b', "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b"),
        ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ("", "attachment"),
    ],
)
def test_a_disposition_names_the_file_twice_when_it_must(name: str, expected: str) -> None:
    assert disposition("attachment", name) == expected


def test_the_raw_message_is_exact(client: Client, mail: Mail) -> None:
    raw = SIMPLE + bytes(range(256)) + b"\n.\n\r\n.\r\n"
    url = f"{API}/messages/{mail.receive(raw)}/raw"
    shown, kept = client.get(url), client.get(f"{url}?download=true")
    assert shown.data == kept.data == raw
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert kept.headers["Content-Type"] == "message/rfc822"
    assert kept.headers["Content-Disposition"].endswith('.eml"')


def test_the_tree_shows_every_part(client: Client, mail: Mail) -> None:
    inner = b"Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\none\r\n--i\r\n\r\ntwo\r\n--i--\r\n"
    raw = (
        b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nzero\r\n--o\r\n"
        b"Content-Type: message/rfc822\r\n\r\n" + inner + b"--o--\r\n"
    )
    public_id = mail.receive(raw)
    tree = client.get(f"{API}/messages/{public_id}/parts").json
    schemas.PartTree.model_validate(tree)
    paths: list[str] = []

    def walk(part: dict[str, object]) -> None:
        paths.append(str(part["path"]))
        for child in part["children"]:  # type: ignore[attr-defined]
            walk(child)

    walk(tree or {})
    assert paths == ["", "1", "2", "2.TEXT", "2.1", "2.2"]
    assert client.get(f"{API}/messages/{public_id}/parts/2.2").data == b"two"
    assert client.get(f"{API}/messages/{public_id}/parts/2.TEXT?source=true").status_code == 200


def test_an_image_is_given_exactly(client: Client, mail: Mail) -> None:
    url = f"{API}/messages/{mail.receive(single('image/png; name=a.png', PNG))}/parts/1"
    assert client.get(url).data == PNG
