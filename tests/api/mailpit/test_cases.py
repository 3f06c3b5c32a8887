"""What is left of Mailpit's own test cases: readable text of HTML, ids, pictures at the limit, search text."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from werkzeug.test import Client

from mailpit_py.identity import new_public_id
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1

HTML = "Content-Type: text/html; charset=utf-8\r\nSubject: x\r\nTo: ann@example.com\r\n\r\n{}\r\n"


# A.12 and the snippets of A.11.
@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Paragraph 1</p><p>Paragraph 2</p>", "Paragraph 1 Paragraph 2"),
        ("<p>Paragraph 1</p>\r\n\t<p>Paragraph 2</p>", "Paragraph 1 Paragraph 2"),
        ("<span>Alpha</span>bet <strong>chars</strong>", "Alphabet chars"),
        ("<span><b>A</b>lpha</span>bet  chars.", "Alphabet chars."),
        ("<table><tr><td>First</td><td>Second</td></table>", "First Second"),
        ("<h1>This is a test.</h1> ", "This is a test."),
        ("<h1>Heading</h1><p>Paragraph</p>", "Heading Paragraph"),
        ("<h1>Heading</h1>\r\n\t\t<p>Paragraph</p>", "Heading Paragraph"),
        ('<a href="https://github.com">linked text</a>', "linked text"),
        ("<h1>Broken</h2> <p>closing</h1> tags", "Broken closing tags"),
    ],
)
def test_html_is_read_as_its_reader_does(client: Client, mail: Mail, html: str, text: str) -> None:
    mail.receive(HTML.format(html).encode())
    assert client.get(f"{V1}/messages").json["messages"][0]["Snippet"] == text


@pytest.mark.parametrize(
    "html", ['<a href="https://github.com">linked text</a>', '<a href="https://github.com">linked text']
)
def test_where_a_link_leads_is_found(client: Client, mail: Mail, html: str) -> None:
    mail.receive(HTML.format(html).encode())
    for query in ("https://github.com", "github.com", '"linked text"'):
        assert client.get(f"{V1}/search", query_string={"query": query}).json["messages_count"] == 1


def test_ids_are_of_22_letters_and_digits_and_never_twice() -> None:
    ids = {new_public_id() for _ in range(100_000)}
    assert len(ids) == 100_000
    assert all(re.fullmatch("[0-9A-Za-z]{22}", one) for one in ids)


@pytest.mark.parametrize(("side", "is_drawn"), [(16, True), (4_472, True), (4_473, False), (4_500, False)])
def test_a_picture_of_more_than_twenty_million_points_is_not_drawn(
    client: Client, mail: Mail, side: int, is_drawn: bool
) -> None:
    picture = io.BytesIO()
    Image.new("1", (side, side), 0).save(picture, "PNG")
    raw = b'Content-Type: image/png; name="a.png"\r\nContent-Disposition: attachment\r\n\r\n' + picture.getvalue()
    mail.receive(raw)
    [part] = client.get(f"{V1}/message/latest").json["Attachments"]
    answer = client.get(f"{V1}/message/latest/part/{part['PartID']}/thumb")
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    with Image.open(io.BytesIO(answer.data)) as thumb:
        middle = thumb.convert("L").getpixel((90, 60))
    assert isinstance(middle, int)
    assert (middle < 128) is is_drawn
