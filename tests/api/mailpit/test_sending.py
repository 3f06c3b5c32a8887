"""Mailpit's send API: what is built, what is refused, who may (Appendix A.1.5 to A.1.7 of its contract)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from werkzeug.test import Client

from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1
from tests.api.mailpit.test_message import PNG, encoded

SEND = f"{V1}/send"
TEXT = "Mailpit is awesome!\n\n\twith a tab, trailing blanks  \nand = signs\r\n.\r\n" + "long " * 300 + "end"
HTML = '<div style="text-align:center">\n<p>Mailpit is <b>awesome</b>!</p>\r\n<img src="cid:inline-cid"></div>\n\n'
FULL = {
    "From": {"Email": "john@example.com", "Name": "John Doe"},
    "To": [{"Email": "jane@example.com", "Name": "Jane Doe"}],
    "Cc": [{"Email": "manager1@example.com", "Name": "Manager 1"}, {"Email": "manager2@example.com"}],
    "Bcc": ["jack@example.com"],
    "Headers": {"X-IP": "1.2.3.4"},
    "Subject": "Mailpit message via the HTTP API",
    "Text": TEXT,
    "HTML": HTML,
    "Attachments": [
        {"Content": encoded(b"This is a plain text attachment"), "Filename": "Attached File.txt"},
        {"Content": encoded(PNG), "Filename": "logo.png", "ContentID": "inline-cid", "ContentType": "overridden/type"},
    ],
    "ReplyTo": [{"Email": "secretary@example.com", "Name": "Secretary"}],
    "Tags": ["Tag 1", "Tag 2"],
}
SMALL = {"From": {"Email": "a@b.test"}, "To": [{"Email": "c@d.test"}]}


def sent(client: Client, value: Any, **more: Any) -> str:
    answer = client.post(SEND, json=value, **more)
    assert (answer.status_code, answer.content_type) == (200, "application/json"), answer.data
    assert list(answer.json) == ["ID"]
    public_id: str = answer.json["ID"]
    return public_id


def test_everything_that_can_be_sent_arrives(client: Client, mail: Mail, tagging: Callable[..., None]) -> None:
    tagging()
    public_id = sent(client, FULL)
    message = client.get(f"{V1}/message/{public_id}").json
    assert (message["Subject"], message["Text"], message["HTML"]) == (FULL["Subject"], TEXT, HTML)
    assert message["From"] == {"Name": "John Doe", "Address": "john@example.com"}
    assert message["To"] == [{"Name": "Jane Doe", "Address": "jane@example.com"}]
    assert message["Cc"] == [
        {"Name": "Manager 1", "Address": "manager1@example.com"}, {"Name": "", "Address": "manager2@example.com"}
    ]  # fmt: skip
    assert message["Bcc"] == [{"Name": "", "Address": "jack@example.com"}]
    assert message["ReplyTo"] == [{"Name": "Secretary", "Address": "secretary@example.com"}]
    assert (message["Tags"], message["ReturnPath"]) == (["Tag 1", "Tag 2"], "john@example.com")
    (attached,), (inline,) = message["Attachments"], message["Inline"]
    assert (attached["FileName"], attached["ContentType"]) == ("Attached File.txt", "text/plain")
    assert (inline["FileName"], inline["ContentType"], inline["ContentID"]) == (
        "logo.png", "overridden/type", "inline-cid"
    )  # fmt: skip
    part = client.get(f"{V1}/message/{public_id}/part/{attached['PartID']}")
    assert part.data == b"This is a plain text attachment"
    assert client.get(f"{V1}/message/{public_id}/part/{inline['PartID']}").data == PNG
    assert client.get(f"{V1}/message/{public_id}/headers").json["X-Ip"] == ["1.2.3.4"]


def test_the_message_is_one_that_the_standard_library_reads_too(client: Client, mail: Mail) -> None:
    value = {
        **FULL,
        "Subject": "Gr\u00fc\u00dfe \u2603 " * 30,
        "From": {"Email": "j@example.com", "Name": 'J\u00f6rg "X", Y'},
        "To": [{"Email": f"r{number}@example.com", "Name": "Name, with comma"} for number in range(60)],
        "Attachments": [{"Content": "data:text/plain;base64,SGk=", "Filename": "\u00e4.txt"}],
    }
    raw = client.get(f"{V1}/message/{sent(client, value)}/raw").data
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    read = message_from_bytes(raw, policy=default)
    assert str(read["Subject"]) == value["Subject"]
    assert str(read["From"].addresses[0].display_name) == 'J\u00f6rg "X", Y'
    assert len(read["To"].addresses) == 60
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/plain"
    ]  # fmt: skip
    (file,) = read.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("\u00e4.txt", "Hi")
    names = [name.lower() for name in read.keys()]  # noqa: SIM118
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"From": {"Email": ""}}, "error building message: from not set"),
        ({"From": None}, "error building message: from not set"),
        ({"To": []}, "error building message: no recipients (to, cc, bcc) set"),
        ({"To": [{"Email": "x"}]}, "invalid To address: x"),
        ({"Cc": [{"Email": "a@b@c, d"}]}, "invalid Cc address: a@b@c, d"),
        ({"Bcc": [""]}, "invalid Bcc address: "),
        ({"ReplyTo": [{"Email": "@"}]}, "invalid Reply-To address: @"),
        ({"Headers": {"subject": "x"}}, 'cannot overwrite header: "subject"'),
        ({"Headers": {"Mime-Version": "x"}}, 'cannot overwrite header: "Mime-Version"'),
        ({"Headers": {"X-Tags": "x"}, "Tags": ["y"]}, 'cannot overwrite header: "X-Tags"'),
        ({"Headers": {"a:b": "x"}}, "error building message: invalid header name: 'a:b'"),
        ({"Headers": {"": "x"}}, "error building message: invalid header name: ''"),
        ({"To": [{"Email": "a@b@c"}]}, "invalid To address: a@b@c"),
        ({"To": [{"Email": "a.@b"}]}, "invalid To address: a.@b"),
        ({"To": [{"Email": "a b@c"}]}, "invalid To address: a b@c"),
        ({"To": [{"Email": "a@b\nX: y"}]}, "invalid To address: a@b\nX: y"),
        ({"From": {"Email": "a@b\r\nX: y"}},
         "error building message: a header field cannot have control characters"),
        ({"Attachments": [{"Content": "!", "Filename": "f"}]},
         'error decoding base64 attachment "f": illegal base64 data at input byte 0'),
        ({"Attachments": [{"Content": "QUJ", "Filename": "f"}]},
         'error decoding base64 attachment "f": illegal base64 data at input byte 0'),
        ({"Attachments": [{"Content": "QUI C", "Filename": "f"}]},
         'error decoding base64 attachment "f": illegal base64 data at input byte 3'),
        ({"Attachments": [{"Content": "QQ==", "Filename": "f", "ContentType": "a/b\r\n"}]},
         "error building message: a header field cannot have control characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_told_as_json(client: Client, mail: Mail, change: dict[str, Any], said: str) -> None:
    answer = client.post(SEND, json={**SMALL, **change})
    assert (answer.status_code, answer.content_type) == (400, "application/json")
    assert answer.json == {"Error": said}
    assert mail.sandbox.store.counts().total == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"", "EOF"), (b"{", "unexpected EOF"), (b'{"To":5}', "json: cannot unmarshal number into"), (b"[]", "json:"),
     (b'{"Headers":{"X":5},"From":{"Email":"a@b"},"Bcc":["a@b.c"]}', "json: cannot unmarshal")],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_told_as_json(client: Client, body: bytes, said: str) -> None:
    answer = client.post(SEND, data=body)
    assert (answer.status_code, answer.content_type) == (400, "application/json")
    assert answer.json["Error"].startswith(said)


@pytest.mark.parametrize(
    "value",
    [
        {"from": {"email": "a@b.test"}, "bcc": ["c@d.test"]},
        {"FROM": {"EMAIL": "not an address"}, "To": [{"Email": "Name <c@d.test>"}]},
        {**SMALL, "Headers": {"Message-ID": "<own@x>"}, "Tags": [], "Attachments": None, "Unknown": 1},
        {**SMALL, "Cc": [], "Bcc": [], "ReplyTo": [], "Headers": {}, "Attachments": [], "HTML": "", "Text": ""},
        {**SMALL, "Attachments": [{"Content": "QQ==", "FileName": "as Cypress writes it.txt"}]},
    ],
)
def test_names_in_any_case_and_empty_lists(client: Client, mail: Mail, value: dict[str, Any]) -> None:
    message = client.get(f"{V1}/message/{sent(client, value)}").json
    assert message["To"] == ([{"Name": "", "Address": "c@d.test"}] if len(value) > 2 or "To" in value else [])
    assert message["MessageID"] == ("own@x" if "Message-ID" in value.get("Headers", {}) else "")


@pytest.mark.parametrize("options", [{}, {"send_api_auth_accept_any": True, "ui_auth": "ann:secret"}])
def test_the_name_of_the_sender_is_kept_also_where_none_is_asked_for(
    make_app: Any, mail: Mail, options: dict[str, Any]
) -> None:
    client = make_app(**options).test_client()
    public_id = sent(client, SMALL, auth=("who", "ever"))
    asked = {"auth": ("ann", "secret")} if options else {}
    assert client.get(f"{V1}/message/{public_id}", **asked).json["Username"] == "who"
    assert client.get(f"{V1}/messages", **asked).json["messages"][0]["Username"] == "who"
    assert client.get(f"{V1}/search?query=is:read", **asked).json["messages"][0]["Username"] == "who"


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"%PDF-1.4", b"PK\x03\x04", b"<!DOCTYPE html>", b"RIFF1234WEBPVP8 "]
)
def test_the_type_of_a_file_is_told_by_its_octets(client: Client, mail: Mail, content: bytes) -> None:
    kinds = {0x00: "application/octet-stream", 0x25: "application/pdf", 0x50: "application/zip", 0x3C: "text/html",
             0x52: "image/webp"}  # fmt: skip
    value = {**SMALL, "Attachments": [{"Content": base64.b64encode(content).decode(), "Filename": "f"}]}
    (one,) = client.get(f"{V1}/message/{sent(client, value)}").json["Attachments"]
    assert one["ContentType"] == (kinds[content[0]] if content else "text/plain")
    assert one["Size"] == len(content)


@pytest.mark.parametrize(("limit", "status"), [(1, 413), (0, 200)])
def test_the_size_of_a_message_is_limited_by_its_own_option(make_app: Any, mail: Mail, limit: int, status: int) -> None:
    client = make_app(max_message_size=limit).test_client()
    answer = client.post(SEND, json={**SMALL, "Text": "x" * (6 << 20)})
    assert answer.status_code == status
    if status == 413:
        assert (answer.content_type, answer.json) == ("application/json", {"Error": "http: request body too large"})
    assert client.post(SEND, json={**SMALL, "Text": "small"}).status_code == 200


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("options", "headers", "status"),
    [
        ({"send_api_auth_accept_any": True, "ui_auth": "ui:secret"}, {}, 200),
        ({"send_api_auth_accept_any": True, "ui_auth": "ui:secret"}, basic("x", "y"), 200),
        ({"send_api_auth": "send:secret", "ui_auth": "ui:secret"}, basic("send", "secret"), 200),
        ({"send_api_auth": "send:secret", "ui_auth": "ui:secret"}, basic("send", "wrong"), 401),
        ({"send_api_auth": "send:secret", "ui_auth": "ui:secret"}, basic("ui", "secret"), 401),
        ({"send_api_auth": "send:secret"}, {}, 401),
        ({"ui_auth": "ui:secret"}, basic("ui", "secret"), 200),
        ({"ui_auth": "ui:secret"}, {}, 401),
        ({}, {}, 200),
        ({}, basic("anybody", "x"), 200),
    ],
)
def test_who_may_send(make_app: Any, mail: Mail, options: dict[str, Any], headers: dict[str, str], status: int) -> None:
    client = make_app(**options).test_client()
    answer = client.post(SEND, json=SMALL, headers=headers)
    assert answer.status_code == status
    if status == 200:
        name = base64.b64decode(headers["Authorization"][6:]).decode().split(":")[0] if headers else ""
        stored = mail.sandbox.store.message("default", answer.json["ID"])
        assert stored is not None
        assert stored.session is not None
        assert stored.session.session.auth_identity == name
    else:
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("options", [{"send_api_auth_accept_any": True}, {"send_api_auth": "send:secret"}])
def test_sending_opens_no_other_route(make_app: Any, options: dict[str, Any]) -> None:
    client = make_app(ui_auth="ui:secret", **options).test_client()
    for headers, status in (({}, 401), (basic("send", "secret"), 401), (basic("ui", "secret"), 200)):
        assert client.get(f"{V1}/messages", headers=headers).status_code == status
    assert client.get(SEND).status_code == 401


def test_a_hashed_password_may_send(make_app: Any, tmp_path: Any) -> None:
    import bcrypt

    file = tmp_path / "users"
    file.write_text(f"send:{bcrypt.hashpw(b'secret', bcrypt.gensalt(4)).decode()}\n")
    client = make_app(send_api_auth_file=str(file)).test_client()
    assert client.post(SEND, json=SMALL, headers=basic("send", "secret")).status_code == 200
    assert client.post(SEND, json=SMALL, headers=basic("send", "other")).status_code == 401


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("Subject", "plain", "plain"),
        ("Subject", "", ""),
        ("Subject", "a b\nBcc: y@z", "=?utf-8?q?a_b=0ABcc:_y@z?="),
        ("Subject", "Gr\u00fc\u00dfe", "=?utf-8?b?R3LDvMOfZQ==?="),
        ("Subject", "Sch\u00f6ne Feier in der alten Stadt", "=?utf-8?q?Sch=C3=B6ne_Feier_in_der_alten_Stadt?="),
        ("Subject", "=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?="),
        ("X-A", "a\r\nX-B: yes", "=?utf-8?b?YQ0KWC1COiB5ZXM=?="),
        ("X-A", "", ""),
    ],
)
def test_a_text_stands_in_its_field_whatever_is_in_it(client: Client, name: str, value: str, written: str) -> None:
    change = {"Subject": value} if name == "Subject" else {"Headers": {name: value}}
    public_id = sent(client, {**SMALL, **change})
    assert client.get(f"{V1}/message/{public_id}/headers").json[name] == [written]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ann", '"Ann" <a@example.org>'),
        ('Ann "B"', '"Ann \\"B\\"" <a@example.org>'),
        ("\u00dcwe", "=?utf-8?q?=C3=9Cwe?= <a@example.org>"),
        ("\u00dcwe, x", "=?utf-8?b?w5x3ZSwgeA==?= <a@example.org>"),
        ("x\r\ny", "=?utf-8?q?x=0D=0Ay?= <a@example.org>"),
        ("", "<a@example.org>"),
    ],
)
def test_a_name_is_quoted_or_encoded(client: Client, name: str, written: str) -> None:
    public_id = sent(client, {**SMALL, "To": [{"Email": "a@example.org", "Name": name}]})
    assert client.get(f"{V1}/message/{public_id}/headers").json["To"] == [written]


@pytest.mark.parametrize("given", ["Ann <a@example.org>", "<a@example.org>", " a@example.org (Ann)"])
def test_an_address_may_have_a_name_beside_it(client: Client, given: str) -> None:
    public_id = sent(client, {**SMALL, "From": {"Email": given}, "To": [{"Email": given}]})
    message = client.get(f"{V1}/message/{public_id}").json
    assert (message["From"]["Address"], message["To"][0]["Address"]) == ("a@example.org", "a@example.org")
