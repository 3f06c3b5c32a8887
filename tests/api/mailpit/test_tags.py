"""Mailpit's tags: given, cleaned, renamed, dropped (Appendix A.6 of its contract)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from mailpit_py.storage import Selection
from tests.api.conftest import SIMPLE, Mail
from tests.api.mailpit.conftest import V1

TAGS = f"{V1}/tags"


def names(client: Client) -> list[str]:
    answer = client.get(TAGS)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found: list[str] = answer.json
    return found


def give(client: Client, public_id: str, *tags: str) -> None:
    answer = client.put(TAGS, json={"IDs": [public_id], "Tags": list(tags)})
    assert (answer.status_code, answer.data, answer.content_type) == (200, b"ok", "text/plain")


def tags_of(client: Client, public_id: str) -> list[str]:
    found: list[str] = client.get(f"{V1}/message/{public_id}").json["Tags"]
    return found


def test_each_message_has_the_tags_it_was_given(client: Client, mail: Mail) -> None:
    ids = [mail.receive() for _ in range(10)]
    for number, public_id in enumerate(ids):
        give(client, public_id, f"Tag-{number}")
    for number, public_id in enumerate(ids):
        assert tags_of(client, public_id) == [f"Tag-{number}"]
    assert client.get(f"{V1}/messages").json["tags"] == names(client) == [f"Tag-{number}" for number in range(10)]


def test_tags_are_replaced_and_listed_in_the_order_of_the_alphabet(client: Client, mail: Mail) -> None:
    public_id = mail.receive()
    many = [f"AnotherTag {number:02d}" for number in range(20)]
    give(client, public_id, *reversed(many))
    assert tags_of(client, public_id) == many
    give(client, public_id, *many[1:])
    assert tags_of(client, public_id) == many[1:]
    give(client, public_id)
    assert (tags_of(client, public_id), names(client)) == ([], [])
    give(client, public_id, "b", "A", "C", "a")
    assert tags_of(client, public_id) == ["A", "b", "C"]


def test_a_tag_of_several_messages_lives_until_the_last_has_lost_it(client: Client, mail: Mail) -> None:
    first, second = mail.receive(), mail.receive()
    client.put(TAGS, json={"ids": [first, second, first], "tags": ["Shared"]})
    assert client.get(f"{V1}/info").json["Tags"] == {"Shared": 2}
    give(client, first)
    assert names(client) == ["Shared"]
    client.delete(f"{V1}/messages", json={"IDs": [second]})
    assert (names(client), client.get(f"{V1}/info").json["Tags"]) == ([], {})


def test_deleting_everything_drops_all_tags(client: Client, mail: Mail) -> None:
    give(client, mail.receive(), "one", "two")
    client.delete(f"{V1}/messages")
    assert names(client) == []
    give(client, mail.receive(), "ONE")
    assert names(client) == ["ONE"]  # the old spelling has gone with the old message


def test_the_first_spelling_of_a_tag_wins_while_it_lives(client: Client, mail: Mail) -> None:
    first, second = mail.receive(), mail.receive()
    give(client, first, "Invoice")
    give(client, second, "INVOICE")
    assert (tags_of(client, second), names(client)) == (["Invoice"], ["Invoice"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["same", "same", "SAME"], ["same"]),
        (['Dirty! "Tag"'], ["Dirty Tag"]),
        (["A!tag", "émoji", ""], ["A tag", "moji"]),
        (["x" * 120], ["x" * 100]),
        ([" thiS 99     IS a Test :-)"], ["thiS 99 IS a Test -"]),
        (["this_is-a&^%%(*)@ test"], ["this_is-a @ test"]),
        (["!!!", "\0", "\r\nX: y"], ["X y"]),
        (None, []),
    ],
)
def test_names_are_cleaned(client: Client, mail: Mail, given: Any, kept: list[str]) -> None:
    public_id = mail.receive()
    client.put(TAGS, json={"IDs": [public_id], "Tags": given})
    assert tags_of(client, public_id) == kept


def test_unknown_messages_leave_no_ghost(client: Client) -> None:
    assert client.put(TAGS, json={"IDs": ["unknown"], "Tags": ["ghost"]}).data == b"ok"
    assert client.put(TAGS, json={"Tags": ["ghost"]}).data == b"ok"
    assert names(client) == []


def test_a_tag_is_renamed_for_all_its_messages(client: Client, mail: Mail) -> None:
    public_id = mail.receive()
    give(client, public_id, "Old name", "Other")
    assert client.put(f"{TAGS}/OLD%20NAME", json={"name": "New! name"}).data == b"ok"
    assert tags_of(client, public_id) == ["New name", "Other"]
    assert client.put(f"{TAGS}/new name", json={"Name": "NEW NAME"}).data == b"ok"
    assert names(client) == ["NEW NAME", "Other"]
    for unchanged in ("other", "Nothing"):
        assert client.put(f"{TAGS}/{unchanged}", json={"Name": unchanged}).data == b"ok"
        assert names(client) == ["NEW NAME", "Other"]


@pytest.mark.parametrize(
    ("method", "tag", "body", "said"),
    [
        ("PUT", "One", b'{"Name":"!!"}', "invalid tag name: "),
        ("PUT", "One", b"{}", "invalid tag name: "),
        ("PUT", "Nope", b'{"Name":"x"}', "tag not found: Nope"),
        ("PUT", "One", b'{"Name":"TWO"}', "tag already exists: TWO"),
        ("PUT", "One", b"", "EOF"),
        ("DELETE", "Nope", b"", "tag not found: Nope"),
        ("DELETE", "%E2%82%AC", b"", "tag not found: \u20ac"),
    ],
)
def test_what_cannot_be_is_told(client: Client, mail: Mail, method: str, tag: str, body: bytes, said: str) -> None:
    give(client, mail.receive(), "One", "Two")
    answer = client.open(f"{TAGS}/{tag}", method=method, data=body)
    assert (answer.status_code, answer.data.decode(), answer.content_type) == (400, said, "text/plain")
    assert names(client) == ["One", "Two"]


def test_a_deleted_tag_leaves_its_messages(client: Client, mail: Mail) -> None:
    public_id = mail.receive()
    give(client, public_id, "Gone", "Stays")
    assert client.delete(f"{TAGS}/GONE").data == b"ok"
    assert (tags_of(client, public_id), names(client)) == (["Stays"], ["Stays"])


PLUS = (
    b"From: <sender+FromFag@example.com>\r\nTo: <recipient+ToTag@example.com>\r\nCc: <cc+CcTag@example.com>\r\n"
    b"Bcc: <bcc+BccTag@example.com>\r\nX-Tags: X-tag1, X-tag2\r\n\r\nHi"
)


@pytest.mark.parametrize(
    ("raw", "more", "expected"),
    [
        (PLUS, {}, ["BccTag", "CcTag", "FromFag", "ToTag", "X-tag1", "X-tag2"]),
        (PLUS, {"disabled": frozenset({"x-tags"})}, ["BccTag", "CcTag", "FromFag", "ToTag"]),
        (PLUS, {"disabled": frozenset({"plus-addresses"})}, ["X-tag1", "X-tag2"]),
        (b"To: a+plus+two@b.test\r\n\r\n", {}, ["plus", "two"]),
        (b"X-Tags: lower case, UPPER\r\n\r\n", {"title_case": True}, ["Lower Case", "UPPER"]),
        (b"X-Tags: same, SAME, , !\r\n\r\n", {}, ["same"]),
        (SIMPLE, {}, []),
    ],
)
def test_a_message_brings_its_tags(
    client: Client, mail: Mail, tagging: Callable[..., None], raw: bytes, more: dict[str, Any], expected: list[str]
) -> None:
    tagging(**more)
    assert tags_of(client, mail.receive(raw)) == expected


def test_a_message_that_cannot_be_kept_leaves_no_tags(client: Client, mail: Mail, tagging: Callable[..., None]) -> None:
    tagging()
    mail.receive(PLUS)
    mail.sandbox.store.delete("default", Selection.everything()).result(10)
    assert names(client) == []
