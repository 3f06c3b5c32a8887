"""What both say of parts in parts, and of boundaries as senders write them."""

from __future__ import annotations

from tests.beside.letters import HTML, PDF, TEXT, entity, multipart, whole
from tests.beside.programs import Pair
from tests.beside.views import check

ENCODED = b"Content-Transfer-Encoding: base64"
SIGNS = "'()+_,-./:=?"
QUOTED_SIGNS = b'"\'()+_,-./:=?"'
INLINE = "Content-Disposition: inline; filename=i.png"
IMAGE = entity("Content-Type: image/png", "Content-ID: <i@x>", INLINE, body="png")
EMPTY = entity("Content-Type: a/b; name=a", "Content-Disposition: attachment", body="")
ALTERNATIVE = multipart("alternative", TEXT, HTML, boundary="cc")
INNER = multipart("mixed", TEXT, PDF, boundary="cc")
MIXED = multipart("mixed", TEXT, PDF)
NESTED = {
    "an alternative": multipart("alternative", TEXT, HTML),
    "HTML first": multipart("alternative", HTML, TEXT),
    "several of each": multipart("alternative", TEXT, TEXT, HTML, HTML),
    "a file beside alternatives": multipart("alternative", TEXT, HTML, PDF),
    "a mixed alternative": multipart("alternative", INNER, HTML),
    "a deeper text first": multipart("alternative", multipart("mixed", TEXT, boundary="cc"), TEXT),
    "texts": multipart("mixed", TEXT, TEXT, HTML, HTML),
    "images": multipart("related", HTML, IMAGE),
    "all at once": multipart("mixed", multipart("related", ALTERNATIVE, IMAGE, boundary="dd"), PDF),
    "files at two depths": multipart("mixed", multipart("mixed", TEXT, PDF, IMAGE, boundary="cc"), PDF, IMAGE),
    "an inner one without end": multipart("mixed", ALTERNATIVE[:-8], PDF),
    "an inner boundary that is longer": multipart("mixed", multipart("mixed", TEXT, PDF, boundary="bbb"), HTML),
    "a message": multipart("mixed", TEXT, entity("Content-Type: message/rfc822; name=m.eml", body=INNER)),
    "signed": multipart("signed", TEXT, entity("Content-Type: application/pgp-signature; name=s.asc")),
    "an invitation": multipart("alternative", TEXT, entity("Content-Type: text/calendar; method=REQUEST")),
    "an invitation as a file": multipart("mixed", TEXT, entity("Content-Type: text/calendar; name=invite.ics")),
    "another type": multipart("x-foo", TEXT, PDF),
    "form data": multipart("form-data", TEXT, PDF),
    "no end": MIXED[:-8] + b"\r\n",
    "an epilogue": MIXED + b"epilogue\r\n",
    "a preamble": MIXED.replace(b"\r\n\r\n", b"\r\n\r\npreamble\r\n", 1),
    "blanks behind boundaries": MIXED.replace(b"--bb\r\n", b"--bb \t\r\n"),
    "lines of LF": MIXED.replace(b"\r\n", b"\n"),
    "parts behind the end": MIXED + b"--bb\r\n" + TEXT + b"\r\n--bb--\r\n",
    "a quoted boundary": MIXED.replace(b"boundary=bb", b'boundary="bb"'),
    "a folded boundary": MIXED.replace(b"; boundary", b";\r\n\tBOUNDARY"),
    "a boundary in pieces": MIXED.replace(b"boundary=bb", b"boundary*0=b; boundary*1=b"),
    "a boundary of signs": multipart("mixed", TEXT, PDF, boundary=SIGNS).replace(SIGNS.encode(), QUOTED_SIGNS, 1),
    "a long boundary": multipart("mixed", TEXT, PDF, boundary="x" * 70),
    "a boundary twice": MIXED.replace(b"boundary=bb", b"boundary=bb; boundary=cc"),
    "an encoded multipart": multipart("mixed", TEXT).replace(b"\r\n\r\n", b"\r\n" + ENCODED + b"\r\n\r\n", 1),
    "an empty file": multipart("mixed", TEXT, EMPTY),
    "many parts": multipart("mixed", *[TEXT] * 200),
    "nothing but a file": entity("Content-Type: application/pdf; name=a.pdf", ENCODED.decode(), body="YQ=="),
}


def test_nested_parts_read_the_same(roomy: Pair) -> None:
    check(roomy, {name: whole(content) for name, content in NESTED.items()})
