"""ENVELOPE, as RFC 9051 §7.5.2 has it, for mail as senders write it."""

from __future__ import annotations

import pytest

from mailpit_py.mail.imap import envelope
from tests.mail.answer import parsed

# RFC 9051 §8: the header section of its sample connection, and what the server says of it.
RFC_HEADER = (
    b"Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
    b"From: Terry Gray <gray@cac.washington.edu>\r\n"
    b"Subject: IMAP4rev2 WG mtg summary and minutes\r\n"
    b"To: imap@cac.washington.edu\r\n"
    b"cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
    b"Message-Id: <B27397-0100000@cac.washington.edu>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n"
    b"\r\n"
)
RFC_ENVELOPE = (
    b'("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" '
    b'(("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) '
    b'(("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) '
    b'((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL '
    b'"<B27397-0100000@cac.washington.edu>")'
)
ANN = b'((NIL NIL "ann" "x.test"))'


def test_the_sample_of_the_rfc():
    assert envelope(RFC_HEADER) == RFC_ENVELOPE


def test_nothing_is_nil():
    assert envelope(b"") == b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Subject:\r\n", b'(NIL "" NIL NIL NIL NIL NIL NIL NIL NIL)'),  # empty is not absent
        (b"Subject: a\r\n b\r\n\tc\r\n", b'(NIL "a b c" NIL NIL NIL NIL NIL NIL NIL NIL)'),
        (b"Subject: one\r\nSubject: two\r\n", b'(NIL "one" NIL NIL NIL NIL NIL NIL NIL NIL)'),
        (b'Subject: say "hi" \\o/\r\n', b'(NIL "say \\"hi\\" \\\\o/" NIL NIL NIL NIL NIL NIL NIL NIL)'),
        (b"Subject: a\0b\r\n", b'(NIL "a b" NIL NIL NIL NIL NIL NIL NIL NIL)'),
        (b"Subject: =?utf-8?Q?caf=C3=A9?=\r\n", b'(NIL "=?utf-8?Q?caf=C3=A9?=" NIL NIL NIL NIL NIL NIL NIL NIL)'),
        (b"Subject: " + b"x" * 1001 + b"\r\n", b"(NIL {1001}\r\n" + b"x" * 1001 + b" NIL NIL NIL NIL NIL NIL NIL NIL)"),
        (b"In-Reply-To: <a@b>\r\n <c@d>\r\n", b'(NIL NIL NIL NIL NIL NIL NIL NIL "<a@b> <c@d>" NIL)'),
        (b"Bcc: ann@x.test\r\n", b"(NIL NIL NIL NIL NIL NIL NIL %b NIL NIL)" % ANN),
        (b"From: ann@x.test\r\nSender:\r\n", b"(NIL NIL %b %b %b NIL NIL NIL NIL NIL)" % (ANN, ANN, ANN)),
        (
            b"From: ann@x.test\r\nReply-To: bob@y.test\r\n",
            b'(NIL NIL %b %b ((NIL NIL "bob" "y.test")) NIL NIL NIL NIL NIL)' % (ANN, ANN),
        ),
        (
            b"Sender: bob@y.test\r\nFrom: ann@x.test\r\n",
            b'(NIL NIL %b ((NIL NIL "bob" "y.test")) %b NIL NIL NIL NIL NIL)' % (ANN, ANN),
        ),
    ],
)
def test_a_header_section_as_a_list(header, expected):
    assert envelope(header) == expected


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (b"ann@x.test", ANN),
        (b"Ann <ann@x.test>", b'(("Ann" NIL "ann" "x.test"))'),
        (b'"Example, Ann" <ann@x.test>', b'(("Example, Ann" NIL "ann" "x.test"))'),
        (b"ann@x.test (Ann)", b'(("Ann" NIL "ann" "x.test"))'),
        (b'"a b"@x.test', b'((NIL NIL "a b" "x.test"))'),
        (b'"a\\"b"@x.test', b'((NIL NIL "a\\"b" "x.test"))'),
        (b"<@relay.test:ann@x.test>", ANN),  # RFC 9051 §7.5.2: source routes are obsolete
        (b"root", b'((NIL NIL "root" ""))'),  # NIL as host would begin a group
        (b"Ann Example", b'(("Ann Example" NIL "" ""))'),
        (b"=?utf-8?Q?J=C3=BC?= <a@x.test>", b'(("=?utf-8?Q?J=C3=BC?=" NIL "a" "x.test"))'),
        (b"undisclosed-recipients:;", b'((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL))'),
        (
            b"A Group:Ed <e@x.test>,j@y.test;, ann@x.test",
            b'((NIL NIL "A Group" NIL)("Ed" NIL "e" "x.test")(NIL NIL "j" "y.test")(NIL NIL NIL NIL)'
            b'(NIL NIL "ann" "x.test"))',
        ),
        (b"never ends: a@x.test", b'((NIL NIL "never ends" NIL)(NIL NIL "a" "x.test")(NIL NIL NIL NIL))'),
        (
            b"a:b: c@x.test;",
            b'((NIL NIL "a" NIL)(NIL NIL NIL NIL)(NIL NIL "b" NIL)(NIL NIL "c" "x.test")(NIL NIL NIL NIL))',
        ),
        (b", ,;", b"NIL"),
        (b'"', b'((NIL NIL "\\"" ""))'),
        (b"a\0@x.test", b'((NIL NIL "a " "x.test"))'),
    ],
)
def test_an_address_list(to, expected):
    assert envelope(b"To: " + to + b"\r\n") == b"(NIL NIL NIL NIL NIL %b NIL NIL NIL NIL)" % expected


def test_all_fields_of_a_name_are_one_list():
    found = parsed("ENVELOPE", envelope(b"To: a@x.test\r\nTo: b@y.test, c@z.test\r\n"))
    assert [str(one) for one in found.to] == ["a@x.test", "b@y.test", "c@z.test"]


def test_a_group_that_the_limit_cuts_off_is_ended():
    many = b", ".join(b"a%d@x.test" % number for number in range(1_500))
    found = parsed("ENVELOPE", envelope(b"To: all: " + many + b";\r\n")).to
    assert (found[0].mailbox, len(found), found[-1].mailbox) == (b"all", 1_001, None)


INTERNATIONAL = "From: Jörg <jörg@exämple.test>\r\nSubject: Grüße\r\n".encode()


def test_texts_beyond_ascii_are_quoted_as_utf_8_for_clients_that_take_it():
    assert (
        envelope(INTERNATIONAL, utf8=True)
        == (
            '(NIL "Grüße" (("Jörg" NIL "jörg" "exämple.test")) (("Jörg" NIL "jörg" "exämple.test")) '
            '(("Jörg" NIL "jörg" "exämple.test")) NIL NIL NIL NIL NIL)'
        ).encode()
    )


def test_texts_beyond_ascii_are_down_converted_for_others():
    group = b'((NIL NIL "=?utf-8?B?SsO2cmcgPGrDtnJnQGV4w6RtcGxlLnRlc3Q+?=" NIL)(NIL NIL NIL NIL))'
    assert envelope(INTERNATIONAL) == (
        b'(NIL "=?utf-8?B?R3LDvMOfZQ==?=" %b %b %b NIL NIL NIL NIL NIL)' % (group, group, group)
    )


def test_octets_in_another_charset_are_text_all_the_same():
    raw = b"Subject: Gr\xfc\xdfe\r\n"
    assert envelope(raw, utf8=True) == '(NIL "Grüße" NIL NIL NIL NIL NIL NIL NIL NIL)'.encode()
    assert envelope(raw) == b'(NIL "=?utf-8?B?R3LDvMOfZQ==?=" NIL NIL NIL NIL NIL NIL NIL NIL)'


def test_an_identifier_that_ascii_cannot_write_is_nil():
    assert envelope("Message-ID: <ä@x.test>\r\n".encode()) == b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"
