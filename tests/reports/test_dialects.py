"""Each dialect against its golden file, and against what holds for all of them."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest

from mailpit_py.errors import NotFound
from mailpit_py.mail import read
from mailpit_py.reports import DIALECTS, Action, Nasty, build_dsn, check, split, understand
from mailpit_py.reports.dialects import find
from tests.reports.scenarios import FAILURES, ORIGINAL, delayed, failed, report, told

GOLDEN = Path(__file__).parent / "golden"
WRITTEN = [(name, action) for name, dialect in DIALECTS.items() for action in sorted(dialect.actions)]
BY_NAME = {failure.name: failure for failure in FAILURES}

# What a checklist may find in a dialect, for the real system does the same.
QUIRKS = {
    "rfc": set(),
    "postfix": {"no-reference"},
    "exim": {"status-and-diagnostic"},
    "exim_classic": {"no-mime-version", "not-a-report"},
    "sendmail": {"no-reference"},
    "qmail": {"no-mime-version", "no-auto-submitted", "no-reference", "not-a-report"},
    "opensmtpd": {
        "no-auto-submitted",
        "no-reference",
        "not-multipart-report",
        "body-in-headers",
        "status-and-diagnostic",
    },
    "gmail": set(),
    "gmail_classic": {"not-a-report"},
    "m365": set(),
    "outlook": {"no-auto-submitted", "no-reference", "no-remote-mta"},
    "yahoo": {"no-mime-version", "no-auto-submitted", "no-reference", "not-a-report"},
    "ses": {"no-reference", "mta-syntax", "no-remote-mta"},
    "barracuda": {"no-auto-submitted", "no-reference", "no-remote-mta"},
}


@pytest.mark.parametrize(("dialect", "action"), WRITTEN)
def test_every_octet_is_as_reviewed(dialect, action):
    golden = GOLDEN / f"{dialect}.{action.value}.eml"
    assert build_dsn(report(told(action)), dialect) == golden.read_bytes()


def test_every_golden_file_belongs_to_a_dialect():
    assert {path.stem for path in GOLDEN.glob("*.eml")} == {f"{name}.{action.value}" for name, action in WRITTEN}


@pytest.mark.parametrize(("dialect", "action"), WRITTEN)
def test_the_checklist_finds_what_is_known_of_the_system_and_no_more(dialect, action):
    message = read(build_dsn(report(told(action)), dialect))
    understood = understand(message)
    assert understood is not None
    assert {finding.code for finding in check(message, understood)} <= QUIRKS[dialect]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_another_seed_gives_other_ids_and_the_same_seed_the_same(dialect):
    first, again, other = (build_dsn(report(seed=seed), dialect) for seed in ("a", "a", "b"))
    assert first == again
    assert read(first).message_id != read(other).message_id


@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_recipients_share_a_report_as_the_system_does(dialect):
    pair = report(failed(FAILURES[0], "ann@dest.example"), failed(FAILURES[1], "bob@dest.example"))
    reports = split(pair, dialect)
    found = [understand(read(build_dsn(each, dialect))).recipients for each in reports]
    together = [("ann@dest.example", "bob@dest.example")]
    assert found == (together if DIALECTS[dialect].shares else [("ann@dest.example",), ("bob@dest.example",)])
    assert len({read(build_dsn(each, dialect)).message_id for each in reports}) == len(reports)


@pytest.mark.parametrize("dialect", [name for name, each in DIALECTS.items() if each.is_standard])
def test_the_standard_library_sees_three_parts(dialect):
    message = email.message_from_bytes(build_dsn(report(), dialect), policy=email.policy.default)
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert message.get_content_type() == "multipart/report"
    assert kinds[1] == "message/delivery-status"
    assert kinds[2] in ("message/rfc822", "text/rfc822-headers")
    assert not message.defects
    blocks = message.get_payload()[1].get_payload()
    assert [block["Action"] for block in blocks if block["Action"]] == ["failed"]


def test_an_action_that_a_system_never_reports_is_refused():
    with pytest.raises(ValueError, match="qmail sends no report of a recipient delayed"):
        build_dsn(report(delayed()), "qmail")


def test_an_unknown_dialect_is_named():
    with pytest.raises(NotFound, match="no dialect 'lotus'; there are rfc, postfix"):
        find("lotus")


def test_a_dialect_is_found_however_it_is_spelled():
    assert find(" Gmail-Classic").name == "gmail_classic"


@pytest.mark.parametrize(
    ("ret", "size", "expected"),
    [
        ("", 50_000, "message/rfc822"),
        ("FULL", 50_000, "message/rfc822"),
        ("HDRS", 50_000, "text/rfc822-headers"),
        ("FULL", len(ORIGINAL) - 1, "text/rfc822-headers"),
    ],
)
@pytest.mark.parametrize("dialect", ["rfc", "postfix", "exim", "sendmail", "gmail", "m365", "outlook", "ses"])
def test_ret_and_the_cap_decide_what_is_returned(dialect, ret, size, expected):
    raw = build_dsn(report(ret=ret, original_bytes=size), dialect)
    last = read(raw).root.children[-1]
    assert (last.content_type, b"Please pay" in raw) == (expected, expected == "message/rfc822")


@pytest.mark.parametrize(("ret", "whole"), [("FULL", True), ("HDRS", False)])
@pytest.mark.parametrize("dialect", ["exim_classic", "qmail", "opensmtpd", "gmail_classic", "yahoo"])
def test_a_system_without_a_third_part_pastes_the_original(dialect, ret, whole):
    assert (b"Please pay" in build_dsn(report(ret=ret), dialect)) is whole


@pytest.mark.parametrize(
    ("dialect", "line"),
    [
        ("rfc", b"Original-Envelope-Id: Env+42"),
        ("postfix", b"Original-Envelope-Id: Env+42"),
        ("exim", b"Original-Envelope-ID: Env+2B42"),
        ("sendmail", b"Original-Envelope-Id: Env+42"),
        ("m365", b"Original-Envelope-Id: Env+42"),
    ],
)
def test_envid_is_decoded_but_not_by_exim(dialect, line):
    assert line + b"\r\n" in build_dsn(report(envid="Env+2B42"), dialect)


@pytest.mark.parametrize(
    ("dialect", "given", "absent"),
    [
        ("rfc", b"Original-Recipient: rfc822;Good+addr@orig.example", b""),
        ("postfix", b"Original-Recipient: rfc822;Good+addr@orig.example", b"rfc822;nobody@dest.example"),
        ("exim", b"Original-Recipient: rfc822;Good+2Baddr@orig.example", b""),
        ("sendmail", b"Original-Recipient: rfc822;Good+addr@orig.example", b""),
        ("m365", b"Original-Recipient: rfc822;Good+addr@orig.example", b""),
    ],
)
def test_orcpt_is_told_and_only_postfix_invents_one(dialect, given, absent):
    told_it = build_dsn(report(failed(FAILURES[0], orcpt="rfc822;Good+2Baddr@orig.example")), dialect)
    without = build_dsn(report(), dialect)
    assert given + b"\r\n" in told_it
    assert (b"Original-Recipient: " + absent in without) is bool(absent)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("command", ["MAIL FROM", "RCPT TO", "DATA", "end of DATA"])
@pytest.mark.parametrize("scenario", ["unknown_user", "expired", "host_unknown"])
def test_every_stage_is_worded(dialect, command, scenario):
    recipient = failed(BY_NAME[scenario], command=command)
    assert understand(read(build_dsn(report(recipient), dialect))).recipients == ("nobody@dest.example",)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("diagnostic", ["", "550 5.1.1 nobody"])
def test_what_is_unknown_is_left_out(dialect, diagnostic):
    bare = failed(FAILURES[0], remote_mta="", remote_address="", diagnostic=diagnostic, last_attempt=None)
    original = b"Subject: no id\r\n\r\nbody\r\n"
    raw = build_dsn(report(bare, original=original, queue_id="3ABCDEF"), dialect)
    assert understand(read(raw)).recipients == ("nobody@dest.example",)
    assert b"None" not in raw


@pytest.mark.parametrize(
    ("nasty", "code"),
    [(Nasty.BASE64_STATUS, "encoded-status"), (Nasty.TRUNCATED, "unterminated"), (Nasty.ENCODED_SUBJECT, "")],
)
def test_a_nasty_report_is_still_understood_and_named(nasty, code):
    message = read(build_dsn(report(nasty=frozenset({nasty}))))
    understood = understand(message)
    assert understood.recipients == ("nobody@dest.example",)
    assert [finding.code for finding in check(message, understood)] == ([code] if code else [])


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("nasty", Nasty)
def test_nothing_nasty_hides_the_recipient(dialect, nasty):
    raw = build_dsn(report(nasty=frozenset({nasty})), dialect)
    expected = "nobody@mailstore.dest.example" if nasty is Nasty.REWRITTEN_RECIPIENT else "nobody@dest.example"
    message = read(raw)
    inner = understand(message) or understand(read(message.root.children[-1].decoded))
    assert inner.recipients == (expected,)


def test_a_rewritten_recipient_without_a_domain_gets_one():
    raw = build_dsn(report(failed(FAILURES[0], "root"), nasty=frozenset({Nasty.REWRITTEN_RECIPIENT})))
    assert understand(read(raw)).recipients == ("root@mailstore.invalid",)


def test_an_encoded_subject_is_encoded_words_alone():
    raw = build_dsn(report(nasty=frozenset({Nasty.ENCODED_SUBJECT})), "postfix")
    assert b"Subject: =?utf-8?B?VW5kZWxpdmVyZWQgTWFpbCBSZXR1cm5lZCB0byBTZW5kZXI=?=\r\n" in raw


def test_a_nested_report_is_inside_a_forwarded_message():
    message = read(build_dsn(report(nasty=frozenset({Nasty.NESTED}))))
    assert [part.content_type for part in message.root.children] == ["text/plain", "message/rfc822"]
    assert understand(message).path == "2.2"


ORIGINAL_UTF8 = (
    "Subject: Счёт\r\nMessage-ID: <eai@app.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nтекст\r\n"
).encode()


@pytest.mark.parametrize("dialect", [name for name, each in DIALECTS.items() if each.is_standard])
def test_an_internationalised_report_has_its_own_types(dialect):
    recipient = failed(FAILURES[0], "нет@почта.example")
    raw = build_dsn(report(recipient, reverse_path="я@почта.example", smtputf8=True, original=ORIGINAL_UTF8), dialect)
    message = read(raw)
    kinds = [part.content_type for part in message.root.children[1:]]
    whole = "message/global-headers" if dialect == "barracuda" else "message/global"
    assert kinds == ["message/global-delivery-status", whole]
    assert "Final-Recipient: utf-8; нет@почта.example\r\n".encode() in raw
    assert understand(message).recipients == ("нет@почта.example",)
    assert message.defects == ()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_without_smtputf8_every_field_is_ascii(dialect):
    recipient = failed(FAILURES[0], "нет@почта.example", orcpt="utf-8;\\x{43D}\\x{435}\\x{442}@\\x{43F}.example")
    made = report(recipient, reverse_path="я@почта.example", original=b"Subject: plain\r\n\r\nx\r\n")
    raw = build_dsn(made, dialect)
    message = read(raw)
    assert raw[: message.root.header_end].isascii()
    status = [part for part in message.parts() if part.content_type == "message/delivery-status"]
    assert all(part.decoded.isascii() for part in status)
    assert understand(message).recipients in (("нет@почта.example",), ("нет@п.example",), ())


def test_a_message_that_is_ascii_gets_an_ordinary_report_whatever_smtputf8_says():
    assert b"message/delivery-status" in build_dsn(report(smtputf8=True))


@pytest.mark.parametrize(
    ("dialect", "words"),
    [
        ("exim", b"    451 4.7.1 Greylisted, please try again later: retry timeout exceeded\r\n"),
        ("exim", b"Diagnostic-Code: smtp; 451 4.7.1 Greylisted, please try again later: retry timeout exceeded\r\n"),
        ("exim_classic", b"    451 4.7.1 Greylisted, please try again later: retry timeout exceeded\r\n"),
        ("sendmail", b"Message could not be delivered for 1 hour\r\nMessage will be deleted from queue\r\n"),
        ("sendmail", b"Status: 4.4.7\r\n"),
        ("opensmtpd", b"nobody@dest.example: Envelope expired\r\n"),
        ("opensmtpd", b"Status: 4.4.7\r\n"),
        ("m365", b"Diagnostic-Code: smtp;550 5.4.300 Message expired -> 451 4.7.1 Greylisted"),
        ("m365", b"Status: 5.4.300\r\n"),
    ],
)
def test_what_is_given_up_is_told_as_that_system_tells_it(dialect, words):
    expired = next(one for one in FAILURES if one.name == "expired")
    assert words in build_dsn(report(failed(expired)), dialect)


def test_exim_has_not_given_up_what_it_warns_of():
    said = "mx.dest.example [192.0.2.25]: Connection timed out: retry timeout exceeded"
    warning = replace(told(Action.DELAYED), diagnostic=said, remote_mta="")
    assert b"retry timeout" not in build_dsn(report(warning), "exim")
