"""Mailpit's lists, field by field; its own cases of counting, reading and deleting (Appendix A.1 of its contract)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.api import create_app
from mailpit_py.config import Config
from mailpit_py.storage import Limits, Store, StoreOptions
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1, make_sandbox, numbered, recipients, transaction

LIST = f"{V1}/messages"
SUMMARY = ["total", "unread", "count", "messages_count", "messages_unread", "start", "tags", "messages"]
ROW = [
    "ID", "MessageID", "Read", "From", "To", "Cc", "Bcc", "ReplyTo", "Subject", "Created", "Username", "Tags", "Size",
    "Attachments", "Snippet",
]  # fmt: skip


def listed(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{LIST}{query}")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    value: dict[str, Any] = answer.json
    return value


def put_in(mail: Mail, number: int) -> list[str]:
    return [mail.receive(numbered(one), f"from-{one}@example.com", *recipients(one)) for one in range(1, number + 1)]


def totals(client: Client) -> tuple[int, int]:
    found = listed(client, "?limit=1")
    return found["total"], found["unread"]


def test_an_empty_mailbox(client: Client) -> None:
    assert client.get(LIST).data == (
        b'{"total":0,"unread":0,"count":0,"messages_count":0,"messages_unread":0,"start":0,"tags":[],"messages":[]}\n'
    )


def test_what_is_looked_at_is_read_and_an_empty_object_deletes_everything(client: Client, mail: Mail) -> None:
    put_in(mail, 20)
    assert totals(client) == (20, 20)
    for row in listed(client, "?limit=10")["messages"]:
        for path in ("raw", "headers", ""):
            assert client.get(f"{V1}/message/{row['ID']}/{path}".rstrip("/")).status_code == 200
    assert totals(client) == (20, 10)
    answer = client.delete(LIST, data=b"{}")
    assert (answer.status_code, answer.data, answer.content_type) == (200, b"ok", "text/plain")
    assert totals(client) == (0, 0)


def test_reading_raw_headers_and_parts_marks_nothing(client: Client, mail: Mail) -> None:
    public_id = mail.receive()
    for path in ("raw", "headers", "part/0"):
        client.get(f"{V1}/message/{public_id}/{path}")
    client.head(f"{V1}/message/{public_id}")
    assert totals(client) == (1, 1)


def test_messages_are_marked_by_id_and_all_at_once(client: Client, mail: Mail) -> None:
    ids = put_in(mail, 12)
    assert client.put(LIST, json={"Read": True, "IDs": ids[:10]}).data == b"ok"
    assert totals(client) == (12, 2)
    client.put(LIST, json={"read": False, "iDs": ids[:10]})
    assert totals(client) == (12, 12)
    client.put(LIST, json={"Read": True, "IDs": []})
    assert totals(client) == (12, 0)
    client.put(LIST, data=b"{}")
    assert totals(client) == (12, 12)


def test_messages_are_marked_by_a_search(client: Client, mail: Mail) -> None:
    put_in(mail, 3)
    assert client.put(LIST, json={"Read": True, "Search": "from:from-2@example.com"}).status_code == 200
    assert totals(client) == (3, 2)
    assert [row["Read"] for row in listed(client)["messages"]] == [False, True, False]


def test_ids_and_a_search_exclude_each_other(client: Client) -> None:
    for search in ("y", " "):
        answer = client.put(LIST, json={"IDs": ["x"], "Search": search})
        assert (answer.status_code, answer.data) == (400, b"You may specify either IDs or a search query, not both")


def test_of_a_list_that_is_given_twice_the_last_counts_also_if_it_is_null(client: Client, mail: Mail) -> None:
    first, second, _ = mail.receive(), mail.receive(), mail.receive()
    assert client.put(LIST, data=f'{{"Read":true,"IDs":["{first}"],"ids":["{second}"]}}').data == b"ok"
    assert client.get(f"{V1}/search?query=is:read").json["messages"][0]["ID"] == second
    assert client.put(LIST, data=f'{{"Read":true,"IDs":["{first}"],"ids":null,"read":null}}').data == b"ok"
    assert totals(client) == (3, 0)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "EOF"),
        (b'{"IDs":"x"}', "json: cannot unmarshal string into Go struct field .IDs of type []string"),
        (b'{"IDs":[1]}', "json: cannot unmarshal number into Go struct field .IDs of type string"),
        (b'{"Read":"yes"}', "json: cannot unmarshal string into Go struct field .Read of type bool"),
        (b'{"IDs":{}}', "json: cannot unmarshal object into Go struct field .IDs of type []string"),
        (b'{"Search":["a"]}', "json: cannot unmarshal array into Go struct field .Search of type string"),
        (b"[]", "json: cannot unmarshal array into Go value of type "
         "struct { Read bool; IDs []string; Search string }"),
        (b"nope", "invalid character 'o' in literal null (expecting 'u')"),
        (b'{"Read":trUe}', "invalid character 'U' in literal true (expecting 'u')"),
        (b'{"Read":fal', "unexpected EOF"),
        (b"'x'", r"invalid character '\'' looking for beginning of value"),
        (b'{"IDs":[-]}', "invalid character ']' in numeric literal"),
        (b'{"IDs":[-', "unexpected EOF"),
        (b'{"IDs":[1.]}', "invalid character ']' after decimal point in numeric literal"),
        (b'{"IDs":[1e+x]}', "invalid character 'x' in exponent of numeric literal"),
        (b'{"IDs":[{"]":1},01]}', "invalid character '1' after array element"),
        (b'{"IDs":[[1]],"Read":1 2}', "invalid character '2' after object key:value pair"),
        (b"\xef\xbb\xbf{}", "invalid character '\xef' looking for beginning of value"),
        (b"null and", "You"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_told_in_go_s_words(client: Client, mail: Mail, body: bytes, said: str) -> None:
    mail.receive()
    answer = client.put(LIST, data=body)
    if said == "You":  # null is an empty object, and what follows a value is not looked at
        assert (answer.status_code, totals(client)) == (200, (1, 1))
    else:
        assert (answer.status_code, answer.data.decode(), answer.content_type) == (400, said, "text/plain")


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}", b'{"IDs":[]}', b"null", b'{"other":1}', b'{"ids":null} x'])
def test_deleting_without_ids_deletes_everything(client: Client, mail: Mail, body: bytes) -> None:
    mail.receive()
    assert client.delete(LIST, data=body).data == b"ok"
    assert totals(client) == (0, 0)


@pytest.mark.parametrize("body", [b"x", b"{", b'{"IDs":"all"}', b"[]", b"\xff", b'{"IDs":[5]}', b"[" * 100_000])
def test_a_body_that_cannot_be_read_deletes_nothing(client: Client, mail: Mail, body: bytes) -> None:
    mail.receive()
    assert client.delete(LIST, data=body).status_code == 400
    assert totals(client) == (1, 1)


def test_a_body_that_is_too_large_deletes_nothing(client: Client, mail: Mail) -> None:
    mail.receive()
    answer = client.delete(LIST, data=b'{"IDs":["' + b"x" * (5 << 20) + b'"]}')
    assert (answer.status_code, answer.data) == (400, b"http: request body too large")
    assert totals(client) == (1, 1)


def test_unknown_and_repeated_ids_are_passed_over(client: Client, mail: Mail) -> None:
    ids = put_in(mail, 3)
    assert client.delete(LIST, json={"IDs": ["unknown", ids[0], ids[0], "x" * 22]}).data == b"ok"
    assert {row["ID"] for row in listed(client)["messages"]} == set(ids[1:])
    assert client.delete(LIST, json={"IDs": ["unknown"]}).data == b"ok"
    assert totals(client)[0] == 2


def test_a_form_with_ids_means_these_ids(client: Client, mail: Mail) -> None:
    ids = put_in(mail, 3)
    form = {"ids": ids[:2]}
    assert client.put(LIST, data={**form, "Read": "true"}).data == b"ok"
    assert totals(client) == (3, 1)
    assert client.delete(LIST, data=form).data == b"ok"
    assert [row["ID"] for row in listed(client)["messages"]] == ids[2:]
    assert client.delete(LIST, data={"ids": []}).data == b"ok"
    assert totals(client) == (0, 0)


# What curl and urllib say of a body unless they are told otherwise.
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_json_is_json_whatever_it_is_called(client: Client, mail: Mail) -> None:
    ids = put_in(mail, 3)
    assert client.put(LIST, data=json.dumps({"Read": True, "IDs": ids[:1]}), headers=FORM).data == b"ok"
    assert totals(client) == (3, 2)
    assert client.delete(LIST, data=json.dumps({"IDs": ids[:1]}), headers=FORM).data == b"ok"
    assert [row["ID"] for row in listed(client)["messages"]] == ids[:0:-1]


def test_nothing_is_marked_by_a_body_with_nothing_in_it_whatever_it_is_called(client: Client, mail: Mail) -> None:
    mail.receive()
    answer = client.put(LIST, data=b"", headers=FORM)  # as Python's urllib calls it
    assert (answer.status_code, answer.data) == (400, b"EOF")


@pytest.mark.parametrize("body", [b'{"IDs":["x"]', b'["x"]', b"hello", b"id=x", b"&", b"=", b"%7B"])
def test_a_form_that_names_nothing_deletes_nothing(client: Client, mail: Mail, body: bytes) -> None:
    mail.receive()
    assert client.delete(LIST, data=body, headers=FORM).status_code == 400
    assert totals(client) == (1, 1)


@pytest.mark.parametrize(
    ("query", "subjects", "start"),
    [
        ("", [5, 4, 3, 2, 1], 0),
        ("?limit=2", [5, 4], 0),
        ("?start=1&limit=2", [4, 3], 1),
        ("?start=4", [1], 4),
        ("?start=9", [], 9),
        ("?limit=0&start=3", [5, 4, 3, 2, 1], 3),
        ("?start=9223372036854775807", [], 9223372036854775807),
        ("?limit=9223372036854775807&start=4", [1], 4),
        ("?start=9223372036854775808&limit=" + "9" * 39, [5, 4, 3, 2, 1], 0),
        ("?limit=-1&start=-1", [5, 4, 3, 2, 1], 0),
        ("?limit=x&start=y", [5, 4, 3, 2, 1], 0),
        ("?limit=1000000&before=nonsense", [5, 4, 3, 2, 1], 0),
        ("?before=2001-01-01", [], 0),
        ("?before=1969-01-01", [5, 4, 3, 2, 1], 0),
        ("?before=2100-01-01&limit=1", [5], 0),
    ],
)
def test_pages(client: Client, mail: Mail, query: str, subjects: list[int], start: int) -> None:
    put_in(mail, 5)
    found = listed(client, query)
    assert [int(row["Subject"].split()[2]) for row in found["messages"]] == subjects
    assert (found["start"], found["count"], found["total"], found["messages_count"]) == (start, len(subjects), 5, 5)


def test_all_of_many_are_listed() -> None:
    with Store.open(None, StoreOptions(limits=Limits(max_messages=None))) as store:
        mail = Mail(make_sandbox(store))
        app = create_app(mail.sandbox, Config())
        for number in range(510):
            mail.sandbox.receive(transaction(), numbered(number))
        mail.receive()  # the writer works in order
        found = listed(app.test_client(), "?limit=0")
        app.close()
    assert (found["count"], len({row["ID"] for row in found["messages"]})) == (511, 511)


def test_every_member_in_its_order(client: Client, mail: Mail) -> None:
    mail.receive()
    found = listed(client)
    assert list(found) == SUMMARY
    assert list(found["messages"][0]) == ROW
    assert listed(client, "?limit=1")["messages"] == found["messages"]


def test_a_row_in_full(client: Client, mail: Mail) -> None:
    raw = (
        b"From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\r\n"
        b"To: Ann <ann@example.com>, Bob <bob@example.com>\r\nTo: another@example.com\r\nCc: <cc@example.com>\r\n"
        b"Reply-To: Desk <desk@example.org>\r\nSubject: Caf\xc3\xa9 & <b>\r\n"
        b"Message-ID: <one@example.org>\r\n\r\nHi\r\n"
    )
    public_id = mail.receive(raw, "bounces@example.org", "ann@example.com", "hidden@example.com", "CC@example.com")
    (row,) = listed(client)["messages"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,2}[1-9]|\.[1-9])?Z", row.pop("Created"))
    assert row == {
        "ID": public_id,
        "MessageID": "one@example.org",
        "Read": False,
        "From": {"Name": "Jörg", "Address": "joerg@example.org"},
        "To": [
            {"Name": "Ann", "Address": "ann@example.com"},
            {"Name": "Bob", "Address": "bob@example.com"},
            {"Name": "", "Address": "another@example.com"},
        ],
        "Cc": [{"Name": "", "Address": "cc@example.com"}],
        "Bcc": [{"Name": "", "Address": "hidden@example.com"}],
        "ReplyTo": [{"Name": "Desk", "Address": "desk@example.org"}],
        "Subject": "Café & <b>",
        "Username": "",
        "Tags": [],
        "Size": len(raw),
        "Attachments": 0,
        "Snippet": "Hi",
    }
    assert b"Caf\xc3\xa9 \\u0026 \\u003cb\\u003e" in client.get(LIST).data


def test_what_is_missing_is_null_or_empty_as_with_mailpit(client: Client, mail: Mail) -> None:
    mail.receive(b"Subject: bare\r\n\r\n", "", "ann@example.com")
    (row,) = listed(client)["messages"]
    assert row["From"] == {"Name": "", "Address": ""}
    assert (row["To"], row["Cc"], row["Bcc"]) == (None, None, [{"Name": "", "Address": "ann@example.com"}])
    assert (row["ReplyTo"], row["Tags"], row["MessageID"], row["Snippet"]) == ([], [], "", "")
    (found,) = client.get(f"{V1}/search?query=bare").json["messages"]
    assert (found["To"], found["Cc"], found["ReplyTo"], found["Tags"]) == (None, None, None, [])


def test_all_of_many_recipients_are_there(client: Client, mail: Mail) -> None:
    addresses = [f"r{number}@example.com" for number in range(12)]
    mail.receive(b"To: " + ", ".join(addresses).encode() + b"\r\n\r\n", "a@b.test", *addresses)
    (row,) = listed(client)["messages"]
    assert [one["Address"] for one in row["To"]] == addresses
    assert row["Bcc"] is None


@pytest.mark.parametrize(
    ("text", "snippet"),
    [
        ("short", "short"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "..."),
        ("ä" * 150, "ä" * 99 + "..."),
        ("x" * 199 + "ä", "x" * 199 + "..."),
        ("x" * 197 + "€€", "x" * 197 + "..."),
        ("x" * 196 + "€y€", "x" * 196 + "€y..."),
        ("y" * 3_000, "y" * 200 + "..."),
    ],
)
def test_a_snippet_has_two_hundred_octets(client: Client, mail: Mail, text: str, snippet: str) -> None:
    mail.receive(b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode())
    assert listed(client)["messages"][0]["Snippet"] == snippet


def test_refused_mail_is_not_listed(client: Client, mail: Mail) -> None:
    mail.refuse()
    assert listed(client)["messages"] == []


def test_options_are_answered_as_with_mailpit(client: Client) -> None:
    for path in (LIST, f"{V1}/send", f"{V1}/nowhere/at/all"):
        answer = client.options(path)
        assert (answer.status_code, answer.data, answer.content_type) == (200, b"", "text/plain")
        assert "Allow" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", f"{V1}/send", 404, None),
        ("GET", f"{V1}/tags/x", 404, None),
        ("PUT", f"{V1}/send", 405, "GET, HEAD, OPTIONS, POST"),
        ("POST", f"{V1}/nowhere", 405, "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/view/latest.html", 405, "GET, HEAD"),
        ("OPTIONS", "/", 405, "GET, HEAD"),
        ("POST", "/nowhere", 405, "GET, HEAD"),
        ("OPTIONS", "/api/events", 405, "GET, HEAD"),
    ],
)
def test_what_is_not_there_can_be_read(client: Client, method: str, path: str, status: int, allowed: str) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.headers.get("Allow")) == (status, allowed)


def test_a_wrong_method_and_an_unknown_path_are_told_as_text(client: Client) -> None:
    answer = client.patch(LIST)
    assert (answer.status_code, answer.data) == (405, b"Method Not Allowed\n")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"
    for path in ("messages/", "nowhere"):
        answer = client.get(f"{V1}/{path}")
        assert (answer.status_code, answer.data) == (404, b"File not found\n")
