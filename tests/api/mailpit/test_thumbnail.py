"""Small pictures of images: bounded, and white for what cannot be drawn (Appendix A.3 of Mailpit's contract)."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from werkzeug.test import Client

from mailpit_py.api.thumbnail import Painter
from tests.api.conftest import Mail
from tests.api.mailpit.conftest import V1
from tests.api.mailpit.test_message import TEXT, encoded, entity, multipart

WHITE = (255, 255, 255)


def png(width: int, height: int, colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def claim(width: int, height: int) -> bytes:
    """A PNG of a few octets that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def drawn(octets: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(octets))
    assert (image.format, image.size) == ("JPEG", (180, 120))
    return image


def is_white(image: Image.Image) -> bool:
    return all(low >= 250 for low, _ in image.getextrema())


@pytest.mark.parametrize(
    ("width", "height", "corner_is_white"),
    [(16, 16, True), (400, 20, True), (20, 400, True), (180, 120, False), (900, 900, False), (1_000, 130, False)],
)
def test_large_images_fill_it_and_small_ones_are_fitted(width: int, height: int, corner_is_white: bool) -> None:
    image = drawn(Painter().draw(png(width, height)))
    red, green, blue = image.getpixel((90, 60))
    assert red > 200
    assert max(green, blue) < 80
    assert (min(image.getpixel((1, 1))) > 200) is corner_is_white


def test_greys_of_sixteen_bits_are_no_white() -> None:
    out = io.BytesIO()
    Image.new("I", (200, 150), 0x4000).convert("I;16").save(out, "PNG")
    assert drawn(Painter().draw(out.getvalue())).convert("L").getpixel((90, 60)) == 64


def test_a_picture_in_ppm_is_drawn() -> None:
    assert not is_white(drawn(Painter().draw(b"P6 1 1 255\n\0\0\0")))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"no image",
        png(16, 16)[:40],
        claim(4_500, 4_500),
        claim(60_000, 60_000),
        claim(1 << 30, 1 << 30),
        b"\xff\xd8\xff\xe0 broken",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_cannot_be_drawn_is_white(octets: bytes) -> None:
    assert is_white(drawn(Painter().draw(octets)))


def test_transparency_is_white_and_a_turned_photograph_is_turned_back() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(out, "PNG")
    assert is_white(drawn(Painter().draw(out.getvalue())))
    photograph = Image.new("RGB", (400, 400), "white")
    photograph.paste("blue", (0, 0, 400, 200))  # blue above
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    out = io.BytesIO()
    photograph.save(out, "JPEG", exif=exif)
    image = drawn(Painter().draw(out.getvalue()))
    assert min(image.getpixel((90, 5))) > 200
    assert image.getpixel((90, 115))[2] > 200 > image.getpixel((90, 115))[0]


def test_the_route(client: Client, mail: Mail) -> None:
    picture = entity("image/png", encoded(png(300, 300)), "Content-Transfer-Encoding: base64",
                     'Content-Disposition: attachment; filename="a p.png"')  # fmt: skip
    other = entity("application/pdf", "x", "Content-Disposition: attachment; filename=x.pdf")
    public_id = mail.receive(multipart("mixed", TEXT, picture, other).encode())
    answer = client.get(f"{V1}/message/{public_id}/part/2/thumb")
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Content-Disposition"] == 'filename="a p.png"'
    assert not is_white(drawn(answer.data))
    assert drawn(client.get(f"{V1}/message/latest/part/2/thumb").data).size == (180, 120)
    assert is_white(drawn(client.get(f"{V1}/message/{public_id}/part/3/thumb").data))
    missing = client.get(f"{V1}/message/{public_id}/part/7/thumb")
    assert (missing.status_code, missing.data) == (400, b"attachment not found")
