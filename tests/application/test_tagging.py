"""Which tags mail gets as it arrives: filters, headers, addresses, names (Appendix A.6 of Mailpit's contract)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailpit_py.application.tag_filter import read_filter_file, read_filters
from mailpit_py.application.tagging import Tagger, read_disabled
from mailpit_py.assembly.wiring import tagger
from mailpit_py.config import Config
from mailpit_py.errors import ConfigError
from mailpit_py.mail import read
from mailpit_py.mail.envelope import Envelope, Recipient, Session, Transaction
from mailpit_py.storage import Arrival
from mailpit_py.storage.compression import Compressor
from mailpit_py.storage.prepare import prepare

RAW = (
    b"From: Ann <ann@example.org>\r\nTo: Bob <bob@example.com>\r\nReply-To: desk@example.org\r\n"
    b"Subject: Your Invoice 17\r\nX-Mailer: Acme 2\r\nMessage-ID: <one@example.org>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nPay \xc3\x84nderung now\r\n"
    b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=bill.pdf\r\n\r\nx\r\n"
    b"--b\r\nContent-Type: image/png\r\nContent-ID: <i@x>\r\n\r\nx\r\n--b--\r\n"
)


def tags(one: Tagger, raw: bytes = RAW, name: str = "") -> tuple[str, ...]:
    session = Session("s", 1, auth_identity=name)
    transaction = Transaction(session, Envelope("a@b.test", (Recipient("bob@example.com"), Recipient("bcc@x.test"))))
    arrival = Arrival(public_id="p", transaction=transaction, raw=raw, received_at=1_800_000_000_000_000, tagger=one)
    return prepare(arrival, Compressor(1)).tags


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("ann+invoice@example.com", ("invoice",)),
        ("bounce+jane@example.com", ("jane",)),
        ("ndr+mailbox_full+5s@example.com", ()),
        ("ooo+1m@example.com, ann+invoice@example.com", ("invoice",)),
    ],
)
def test_an_address_that_asks_for_something_names_no_tags(to: str, expected: tuple[str, ...]) -> None:
    assert tags(Tagger(), b"To: " + to.encode() + b"\r\n\r\nx\r\n") == expected


@pytest.mark.parametrize(
    ("match", "hits"),
    [
        ("invoice", True),
        ("INVOICE 17", True),
        ("acme 2", True),  # it stands in the source
        ("subject:invoice", True),
        ("subject:bob", False),
        ("from:ann@example.org", True),
        ("from:desk@example.org", False),
        ("to:bob", True),
        ("to:bcc@x.test", False),
        ("bcc:bcc@x.test", True),
        ("reply-to:desk", True),
        ("addressed:desk@example.org", True),
        ("message-id:one@example.org", True),
        ("-subject:invoice", False),
        ("!from:bob", True),
        ("pay änderung", True),
        ('"pay änderung now"', True),
        ("bill.pdf", True),
        ("has:attachment", True),
        ("has:inline", True),
        ("has:report", False),
        ("is:unread", True),
        ("is:read", False),
        ("is:tagged", False),
        ("tag:x", False),
        ("larger:1k", False),
        ("smaller:1k", True),
        ("after:2020-01-01", True),
        ("before:2020-01-01", False),
        ("header:X-Mailer=acme", True),
        ("header:X-Other", False),
        ("from:nobody OR to:bob", True),
        ("(from:nobody OR to:nobody) invoice", False),
        ("subject:", True),  # it stands in the source
        ("before:", False),
        ("+++", False),
    ],
)
def test_a_filter_hits_the_source_or_as_a_search(match: str, hits: bool) -> None:
    one = Tagger(filters=read_filters(f'hit="{match}"' if '"' not in match else f"hit={match}"))
    assert tags(one) == (("hit",) if hits else ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a=b", [("b", ("a",))]),
        ('tag1=term "tag 2=a phrase" t3,t4=from:x', 
         [("term", ("tag1",)), ("a phrase", ("tag 2",)), ("from:x", ("t3", "t4"))]),
        ('t="two words" u=x=y', [("two words", ("t",)), ("x=y", ("u",))]),
        ("it's=a# b\\=c", [("a#", ("it s",)), ("c", ("b",))]),
    ],
)  # fmt: skip
def test_filters_are_read_from_a_line(text: str, expected: list[Any]) -> None:
    assert [(one.text, one.tags) for one in read_filters(text)] == expected


@pytest.mark.parametrize("text", ["nothing", "=x", "t=", "!!=x", 'a="open', "good=x bad"])
def test_a_line_that_cannot_be_read_is_a_mistake(text: str) -> None:
    with pytest.raises(ConfigError, match="--tag"):
        read_filters(text)


def test_filters_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "tags.yaml"
    file.write_text(
        'filters:\n  - match: "Your Invoice"\n    tags: "billing, Mail"\n  - {match: "from:nobody", tags: [y, z]}\n',
        "utf-8",
    )
    assert [(one.text, one.tags) for one in read_filter_file(file)] == [
        ("your invoice", ("billing", "Mail")), ("from:nobody", ("y", "z"))
    ]  # fmt: skip
    assert tags(tagger(Config(tags_config=str(file), tag="extra=pay"))) == ("Mail", "billing", "extra")


@pytest.mark.parametrize(
    "text",
    ["", "filters:", "filters: {}", "- a", "filters: [x]", "filters: [{match: x}]", "filters: [{tags: x}]",
     "filters: [{match: x, tags: '!!'}]", "filters: [{match: '', tags: x}]", "a: [", "!!python/object:os.system x",
     "filters: [{match: 5, tags: x}]"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tags.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match="--tags-config"):
        read_filter_file(file)


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no file"):
        Config(tags_config=str(tmp_path / "none.yaml"))
    with pytest.raises(ConfigError, match="cannot read"):
        read_filter_file(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", set()), ("x-tags", {"x-tags"}), ("XTags, plus-addressing", {"x-tags", "plus-addresses"}), (" ", set())],
)
def test_sources_can_be_switched_off(text: str, expected: set[str]) -> None:
    assert read_disabled(text) == expected


@pytest.mark.parametrize(("text", "unknown"), [("x-tags,subject", "subject"), ("x-tags,", "")])
def test_an_unknown_source_is_a_mistake(text: str, unknown: str) -> None:
    with pytest.raises(ConfigError, match=f"not '{unknown}'"):
        read_disabled(text)


def test_a_name_tags_only_if_asked() -> None:
    assert tags(Tagger(), name="app-user") == ()
    assert tags(Tagger(username=True), name="app user!") == ("app user",)
    assert tags(Tagger(username=True)) == ()
    assert tags(tagger(Config(tags_username=True, tags_title_case=True)), b"X-Tags: a b\r\n\r\n", "me") == ("A B", "me")


@pytest.mark.parametrize(
    ("to", "options", "expected"),
    [
        ("expire+5d@example.com", {}, ()),
        ("bounce+mailbox_full+gmail--run17@bounce.example.com", {}, ()),
        ("Bounce+Unknown_User@customer.example", {}, ()),
        ("bounce+no_such_word@bounce.test", {}, ()),  # a slip is answered 501, and names no tag either
        ("ooo+soon@mine.test", {"magic_domains": "mine.test"}, ()),
        ("ooo+soon@mine.test", {}, ("soon",)),
        ("bounce+jane@customer.example", {}, ("jane",)),
        ("ann+invoice@example.com", {}, ("invoice",)),
        ("expire+5d@example.com", {"disable_simulation": True}, ("5d",)),
        ("bounce+5.1.1@bounce.test", {"disable_simulation": True}, ("5.1.1",)),
    ],
)
def test_an_address_that_asks_for_a_failure_gives_no_tag(
    to: str, options: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert tags(tagger(Config(**options)), f"To: {to}\r\n\r\n".encode()) == expected


def test_a_hidden_recipient_names_tags() -> None:
    envelope = Envelope("app+sent@b.test", (Recipient("ann@example.com"), Recipient("bcc+secret@x.test")))
    transaction = Transaction(Session("s", 1), envelope)
    raw = b"To: ann@example.com\r\n\r\n"
    arrival = Arrival(public_id="p", transaction=transaction, raw=raw, received_at=1, tagger=Tagger())
    assert prepare(arrival, Compressor(1)).tags == ("secret",)


def test_large_letters_come_before_small_ones() -> None:
    assert tags(Tagger(), b"X-Tags: b, A, c, B\r\n\r\n") == ("A", "b", "c")


def test_nothing_is_done_for_mail_that_names_no_tags() -> None:
    assert tags(Tagger()) == ()
    assert read(RAW).subject == "Your Invoice 17"
