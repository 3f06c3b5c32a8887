"""Tags by options: filters on the command line and in a file, titles, user names, and sources switched off."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.beside.mailbox import letter
from tests.beside.programs import Pair, Server, pair

LINE = (
    'plain=invoice "two words=a phrase" t1,t2=from:shop "no!t ok=subject:odd" UPPER=SHOUT eq=q1=w2 sized=larger:20k '
    "neg=-subject:invoice subject-only=subject:only reply=reply-to:desk@example.org mid=message-id:17@ file=bill.pdf "
    "attached=has:attachment source=x-mailer everything=is:unread twice=invoice twice=only"
)
FILE = """
filters:
  - match: from yaml
    tags: Yaml, second tag
  - match: "to:yamlbox"
    tags: to-yaml,,  spaced
  - {match: "subject:yaml -invoice", tags: "both!, é"}
"""
MAIL = {
    "nothing": letter("nothing of it"),
    "plain": letter("your Invoice"),
    "phrase": letter("x", "it has a  phrase in it"),
    "phrase over lines": letter("x", "it has a\r\nphrase in it"),
    "from": letter("x", From="Shop <orders@shop.test>"),
    "odd": letter("odd things"),
    "loud": letter("x", "do not shout"),
    "equals": letter("x", "q1=w2"),
    "large": letter("x", "lorem ipsum " * 4_000),
    "only": letter("only in the subject"),
    "only in the text": letter("x", "only here"),
    "reply": letter("x", Reply_To="desk@example.org"),
    "message-id": letter("x", Message_ID="<17@example.org>"),
    "header field": letter("x", X_Mailer="Acme"),
    "from yaml": letter("x", "this is From YAML"),
    "to yaml": letter("x", To="yamlbox@example.com"),
    "subject yaml": letter("some yaml"),
    "subject yaml and invoice": letter("yaml invoice"),
    "a title": letter("x", X_Tags="lower case, UPPER, mIxed one, x-y z_a, 1st"),
    "a plus": letter("x", To="bob+promo+two@example.com"),
    "all at once": letter("invoice yaml odd", "a phrase from yaml", X_Tags="plain, own", To="bob+Own@example.com"),
    "a file": letter(
        "x",
        "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=bill.pdf\r\n\r\nx\r\n--b--",
        Content_Type="multipart/mixed; boundary=b",
    ),
}


def tags(server: Server, raw: bytes) -> list[str]:
    server.send(raw)
    found: list[str] = server.get("/api/v1/messages?limit=1").json["messages"][0]["Tags"]
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("tagging")
    file = folder / "tags.yaml"
    file.write_text(FILE, "utf-8")
    with pair(folder, "--tag", LINE, "--tags-config", str(file), "--tags-title-case", "--tags-username") as servers:
        yield servers


@pytest.mark.parametrize("raw", MAIL.values(), ids=MAIL)
def test_filters_give_the_same_tags(theirs: Server, ours: Server, raw: bytes) -> None:
    assert tags(ours, raw) == tags(theirs, raw)


@pytest.mark.parametrize("name", ["app", "App User", "Invoice", "a!b", "twice"])
def test_the_name_of_a_user_is_a_tag(theirs: Server, ours: Server, name: str) -> None:
    def tagged(server: Server) -> object:
        sent = {"From": {"Email": "a@b.test"}, "To": [{"Email": "c@d.test"}], "Subject": "x", "Tags": ["given tag"]}
        login = base64.b64encode(f"{name}:x".encode()).decode()
        answer = server.ask("POST", "/api/v1/send", sent, Authorization=f"Basic {login}")
        row = server.get("/api/v1/messages?limit=1").json["messages"][0]
        return answer.status, row["Username"], row["Tags"]

    assert tagged(ours) == tagged(theirs)


@pytest.mark.parametrize("disabled", ["x-tags", "Plus-Addresses", "xtags, plus-addressing"])
def test_sources_of_tags_are_switched_off(tmp_path_factory: pytest.TempPathFactory, disabled: str) -> None:
    raw = letter("x", X_Tags="from header", To="bob+plus@example.com", From="ann+sent@example.org")
    with pair(tmp_path_factory.mktemp("disabled"), "--tags-disable", disabled, "--tag", "kept=x") as (theirs, ours):
        assert tags(ours, raw) == tags(theirs, raw)
