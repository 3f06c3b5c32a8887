"""The walk: parts, their spans and paths, and the defects that it works around."""

import pytest

from mailpit_py.mail import Limits, Message, read

NESTED = (
    b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\npreamble\r\n"
    b"--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>html\r\n--b--\r\nepilogue of b\r\n"
    b"--a\r\nContent-Type: message/rfc822\r\n\r\nSubject: inside\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    b"--c\r\n\r\none\r\n--c--\r\n"
    b"--a\r\nContent-Type: message/global\r\n\r\nSubject: single\r\n\r\nalone\r\n"
    b"--a--\r\nepilogue\r\n"
)


def shape(message: Message) -> list[tuple[str, str]]:
    return [(part.path, part.content_type) for part in message.parts()]


def codes(message: Message) -> set[str]:
    return {defect.code for part in message.parts() for defect in part.defects}


def test_parts_are_numbered_as_imap_does():
    assert shape(read(NESTED)) == [
        ("", "multipart/mixed"),
        ("1", "multipart/alternative"),
        ("1.1", "text/plain"),
        ("1.2", "text/html"),
        ("2", "message/rfc822"),
        ("2.TEXT", "multipart/mixed"),
        ("2.1", "text/plain"),
        ("3", "message/global"),
        ("3.1", "text/plain"),
    ]


def test_spans_point_into_the_raw_message():
    message = read(NESTED)
    bodies = {part.path: part.body for part in message.parts()}
    assert bodies["1.1"] == b"plain"
    assert bodies["1.2"] == b"<p>html"
    assert bodies["2.1"] == b"one"
    assert bodies["3.1"] == b"alone"
    assert message.part_source(message.part("3")) == (
        b"Content-Type: message/global\r\n\r\nSubject: single\r\n\r\nalone"
    )
    assert message.root.body_end == len(NESTED)


def test_a_well_formed_message_has_no_defect_of_structure():
    assert codes(read(NESTED)) == set()


def test_a_root_message_and_a_root_text_are_part_one():
    inside = b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: x\n\nbody"
    assert shape(read(inside)) == [("1", "message/rfc822"), ("1.1", "message/rfc822"), ("1.1.1", "text/plain")]
    assert shape(read(b"Subject: x\n\nbody")) == [("1", "text/plain")]


def test_a_part_is_found_by_its_path():
    message = read(NESTED)
    assert message.part("2.1").body == b"one"
    assert message.part("9") is None
    assert message.part("2").is_message
    assert message.part("").is_multipart
    assert repr(message.part("1.1")).startswith("<Part '1.1' text/plain ")


MULTIPART = b"Content-Type: multipart/mixed; boundary=x\n\n"


@pytest.mark.parametrize(
    ("raw", "paths", "expected"),
    [
        (b"", ["1"], set()),
        (b"\r\n", ["1"], set()),
        (b"no header here\r\nat all", ["1"], {"no-header"}),
        (b"Subject: x\r\nnot a field\r\n\r\nbody", ["1"], {"header-ended-by-text"}),
        (b"From someone Mon Jan  1 00:00:00 2024\nSubject: x\n\nbody", ["1"], {"mbox-line"}),
        (b">From x\nSubject: x\n\nbody", ["1"], {"mbox-line"}),
        (b"Subject: x\nFrom y\nTo: z\n\nbody", ["1"], {"mbox-line"}),
        (b": nameless\n: again\nSubject: x\n\nbody", ["1"], {"missing-field-name"}),
        (b" folded\nSubject: x\n\nbody", ["1"], {"misplaced-fold"}),
        (b" indented text\nwithout header", ["1"], {"no-header"}),
        (b"Content-Type: multipart/mixed\n\n--x\n\none\n--x--\n", [""], {"missing-boundary"}),
        (b'Content-Type: multipart/mixed; boundary=""\n\n--\n\none\n----\n', [""], {"missing-boundary"}),
        (MULTIPART + b"nothing", [""], {"boundary-not-found"}),
        (MULTIPART + b"--x\n\none", ["", "1"], {"unterminated-multipart"}),
        (MULTIPART + b"--x\n", ["", "1"], {"unterminated-multipart"}),
        (MULTIPART + b"--x", ["", "1"], {"unterminated-multipart"}),
        (MULTIPART + b"--x\n\n--x--", ["", "1"], set()),
        (MULTIPART + b"--x\n--x\n\none\n--x\n--x--", ["", "1"], set()),
        (MULTIPART + b"--x \t\n\none\n--x-- \t\nrest", ["", "1"], set()),
        (MULTIPART + b"--x\nfield: without blank line\n--x--", ["", "1"], set()),
        (MULTIPART + b"--x\ntext without header\n--x--", ["", "1"], {"no-header"}),
        (MULTIPART + b"--y\n\none\n--x1\n\n--xx--\n", [""], {"boundary-not-found"}),
        (b"Content-Type: nonsense\n\nbody", ["1"], {"bad-content-type"}),
        (b"Content-Type: image/; x=y\n\nbody", ["1"], {"bad-content-type"}),
        (b"Content-Type: text/plain/x y\n\nbody", ["1"], {"bad-content-type"}),
        (
            b"Content-Transfer-Encoding: base64\n" + MULTIPART + b"--x\n\none\n--x--",
            ["", "1"],
            {"encoded-multipart"},
        ),
        (
            b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA==",
            ["1"],
            {"encoded-message"},
        ),
    ],
)
def test_broken_structure_is_read_and_reported(raw, paths, expected):
    message = read(raw)
    assert [part.path for part in message.parts()] == paths
    assert codes(message) == expected


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
def test_every_kind_of_line_end_is_understood(end):
    message = read(NESTED.replace(b"\r\n", end))
    assert shape(message) == shape(read(NESTED))
    assert message.part("1.1").body == b"plain"
    assert message.part("2").children[0].section.field("subject").value == "inside"


def test_lines_to_which_a_cr_was_added_are_read_as_they_were_meant():
    raw = (
        b"Subject: a\n b\nTo: Ann <a@x.test>,\n\tb@x.test\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        b"Content-Transfer-Encoding: quoted-printable\n\none=\n two\nthree\n--b\n"
        b"Content-Type: application/pdf; name=x.pdf\nContent-Transfer-Encoding: base64\n\nJVBE\nRi0=\n--b--\n"
    )
    message = read(raw.replace(b"\n", b"\r\r\n"))
    assert (message.subject, [one.address for one in message.to]) == ("a b", ["a@x.test", "b@x.test"])
    assert message.text == "one two\nthree"
    assert message.part("2").decoded == b"%PDF-"


def test_a_cr_at_the_end_of_what_a_part_has_stays_where_lines_end_in_crlf():
    message = read(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\x00\r\r\n--b--\r\n")
    assert message.part("1").body == b"\x00\r"


def test_the_outer_boundary_ends_an_unterminated_inner_multipart():
    raw = MULTIPART + (b"--x\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\ninner\n--x\n\nouter\n--x--\n")
    message = read(raw)
    assert [(part.path, part.body) for part in message.parts() if not part.children] == [
        ("1.1", b"inner"),
        ("2", b"outer"),
    ]
    assert codes(message) == {"unterminated-multipart"}


def test_a_boundary_used_twice_belongs_to_the_inner_multipart_first():
    raw = MULTIPART + b"--x\n" + MULTIPART + b"--x\n\ninner\n--x--\n\n--x\n\nouter\n--x--\n"
    assert [(part.path, part.body) for part in read(raw).parts() if not part.children] == [
        ("1.1", b"inner"),
        ("2", b"outer"),
    ]


def test_a_boundary_line_that_looks_like_a_field_ends_the_header_section():
    raw = b'Content-Type: multipart/mixed; boundary="=_a:b"\n\n--=_a:b\nSubject: one\n--=_a:b\n\ntwo\n--=_a:b--\n'
    message = read(raw)
    assert [part.path for part in message.parts()] == ["", "1", "2"]
    assert message.part("1").section.field("Subject").value == "one"
    assert read(b"Subject: x\n--not-a-boundary: y\n\nbody").field("--not-a-boundary").value == "y"


def test_the_parts_of_a_digest_are_messages_by_default():
    raw = (
        MULTIPART.replace(b"mixed", b"digest")
        + b"--x\n\nSubject: one\n\nbody\n--x\nContent-Type: text/plain\n\ntwo\n--x--"
    )
    assert shape(read(raw))[1:] == [("1", "message/rfc822"), ("1.1", "text/plain"), ("2", "text/plain")]


def test_names_may_be_followed_by_white_space():
    assert read(b"Subject \t: old\n\n").subject == "old"


def test_depth_is_capped():
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(10))
    message = read(raw, Limits(depth=3))
    assert len(list(message.parts())) == 4
    assert "too-deep" in codes(message)
    messages = read(b"Content-Type: message/rfc822\n\n" * 10, Limits(depth=3))
    assert len(list(messages.parts())) == 4
    assert "too-deep" in codes(messages)


def test_parts_are_capped_and_the_rest_stays_in_the_raw_message():
    raw = MULTIPART + b"--x\n\none\n" * 10 + b"--x--\n"
    message = read(raw, Limits(parts=4))
    assert [part.path for part in message.parts()] == ["", "1", "2", "3"]
    assert codes(message) == {"too-many-parts"}
    assert message.root.body_end == len(raw)


def test_messages_inside_count_as_parts():
    message = read(b"Content-Type: message/rfc822\n\n" * 10, Limits(parts=3))
    assert len(list(message.parts())) == 3


@pytest.mark.parametrize(
    ("limits", "kept", "code"),
    [
        (Limits(fields=3), 3, "too-many-fields"),
        (Limits(all_fields=2), 2, "too-many-fields"),
        (Limits(header_bytes=13), 3, "header-too-large"),
    ],
)
def test_fields_are_capped_and_the_body_is_still_found(limits, kept, code):
    raw = b"A: 1\nB: 2\nC: 3\nD: 4\n--odd: 5\nE: 6\n\nbody"
    message = read(raw, limits)
    assert len(message.fields) == kept
    assert codes(message) == {code}
    assert message.text == "body"


def test_one_field_larger_than_the_header_limit_is_cut():
    message = read(b"Subject: " + b"x" * 100 + b"\n\nbody", Limits(header_bytes=50))
    assert message.subject == "x" * 41
    assert message.text == "body"


def test_parts_are_capped_inside_of_messages_too():
    inside = b"Content-Type: message/rfc822\n\n" + MULTIPART.replace(b"=x", b"=y") + b"--y\n\none\n" * 9
    message = read(MULTIPART + b"--x\n" + inside + b"--x--\n", Limits(parts=5))
    assert [part.path for part in message.parts()] == ["", "1", "1.TEXT", "1.1", "1.2"]
    assert codes(message) == {"too-many-parts"}
