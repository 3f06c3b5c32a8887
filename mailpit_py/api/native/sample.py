"""A test mail: what a shop might send, with text, HTML, a picture in it and a file."""

from __future__ import annotations

import base64
import struct
import zlib
from datetime import UTC, datetime, timedelta

REVERSE_PATH = "bounces@garden-shop.test"
RECIPIENT = "ann@example.test"
PICTURE_ID = "Content-ID: <meadow@garden-shop.test>"

TEXT = """\
Hello Ann,

your order 1042 is packed and leaves us today.

    2 x watering can, blue          24.00 EUR
    1 x seed mix "Bees' Choice"      3.50 EUR

Follow it: https://garden-shop.test/orders/1042

This is a test mail that the sandbox sent to itself. It has a plain text, an
HTML version, a picture inside the HTML and a file, so every tab has something
to show.

Regards -- The Garden Shop, Café Street 7 ☕
"""

HTML = """\
<!doctype html>
<html>
<head>
<meta charset="utf-8">
<style>
  .card { max-width: 480px; margin: 24px auto; font-family: system-ui, sans-serif; color: #1d2b24 }
  .card img { display: block; width: 100%; height: auto; border-radius: 8px }
  td { padding: 4px 0 } .sum { text-align: right; white-space: nowrap }
  .button { display: inline-block; padding: 10px 18px; background: #1f7a4d; color: #fff; border-radius: 6px }
</style>
</head>
<body style="background: #f2f6f3">
<div class="card">
  <img src="cid:meadow@garden-shop.test" alt="A meadow under a morning sky" width="480" height="160">
  <h1>Your order is on its way</h1>
  <p>Hello Ann, your order <b>1042</b> is packed and leaves us today.</p>
  <table width="100%">
    <tr><td>2 &times; watering can, blue</td><td class="sum">24.00&nbsp;&euro;</td></tr>
    <tr><td>1 &times; seed mix &ldquo;Bees&rsquo; Choice&rdquo;</td><td class="sum">3.50&nbsp;&euro;</td></tr>
  </table>
  <p><a class="button" href="https://garden-shop.test/orders/1042">Follow your order</a></p>
  <p><small>This is a test mail that the sandbox sent to itself. The picture below would come from
  the network, so it is blocked until you ask for it.</small></p>
  <img src="https://garden-shop.test/newsletter/footer.png" alt="A remote picture" width="480" height="40">
</div>
</body>
</html>
"""

FILE = "article,quantity,price\r\nwatering can (blue),2,12.00\r\nseed mix,1,3.50\r\n"


def build(now: int, token: str) -> bytes:
    """Return the mail, dated `now` (UTC microseconds); `token` makes its Message-ID and boundaries its own."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now)
    related, alternative = f"related-{token}", f"alternative-{token}"
    bodies = _multipart(alternative, _part("text/plain; charset=utf-8", TEXT), _part("text/html; charset=utf-8", HTML))
    inner = _multipart(
        related,
        _head(f'multipart/alternative; boundary="{alternative}"') + "\r\n" + bodies,
        _part("image/png; name=meadow.png", meadow(), PICTURE_ID, "Content-Disposition: inline"),
    )
    body = _multipart(
        f"mixed-{token}",
        _head(f'multipart/related; type="multipart/alternative"; boundary="{related}"') + "\r\n" + inner,
        _part("text/csv; charset=utf-8", FILE, 'Content-Disposition: attachment; filename="packing list.csv"'),
    )
    return (_header(at, token) + "\r\n" + body).encode("ascii")


def _header(at: datetime, token: str) -> str:
    fields = (
        f"Received: from app.garden-shop.test (app.garden-shop.test [192.0.2.25]) by mail.garden-shop.test"
        f"\r\n with ESMTPS id {token[:10]} for <{RECIPIENT}>; {_date(at - timedelta(seconds=1))}",
        f"Received: from worker-2 (localhost [127.0.0.1]) by app.garden-shop.test"
        f"\r\n with ESMTP id {token[10:18]}; {_date(at - timedelta(seconds=4))}",
        f"Date: {_date(at - timedelta(seconds=5))}",
        f"From: The Garden Shop <{REVERSE_PATH.replace('bounces', 'hello')}>",
        f"To: Ann Example <{RECIPIENT}>",
        "Reply-To: service@garden-shop.test",
        "Subject: =?utf-8?q?Your_order_1042_is_on_its_way_=F0=9F=8C=B1?=",
        f"Message-ID: <{token}@garden-shop.test>",
        "List-Unsubscribe: <https://garden-shop.test/unsubscribe/1042>",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="mixed-{token}"',
    )
    return "".join(f"{field}\r\n" for field in fields)


def _date(at: datetime) -> str:
    days, months = "Mon Tue Wed Thu Fri Sat Sun", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    return f"{days.split()[at.weekday()]}, {at.day} {months.split()[at.month - 1]} {at:%Y %H:%M:%S} +0000"


def _multipart(boundary: str, *parts: str) -> str:
    return "".join(f"--{boundary}\r\n{part}" for part in parts) + f"--{boundary}--\r\n"


def _head(content_type: str, *fields: str) -> str:
    return "".join(f"{field}\r\n" for field in (f"Content-Type: {content_type}", *fields))


def _part(content_type: str, content: str | bytes, *fields: str) -> str:
    octets = content.replace("\r\n", "\n").replace("\n", "\r\n").encode() if isinstance(content, str) else content
    body = base64.encodebytes(octets).decode("ascii").replace("\n", "\r\n")
    return _head(content_type, "Content-Transfer-Encoding: base64", *fields) + "\r\n" + body


def meadow(width: int = 480, height: int = 160) -> bytes:
    """A picture in PNG: a sky that brightens downwards, a sun, two hills."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # no filter (PNG §9.2)
        for x in range(width):
            rows.extend(_colour(x / width, y / height))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _colour(x: float, y: float) -> tuple[int, int, int]:
    near, far = 0.72 + 0.10 * (2 * x - 1) ** 2, 0.62 + 0.55 * (x - 0.7) ** 2
    if y > near:
        return 47, 140, 88
    if y > far:
        return 96, 176, 120
    if ((x - 0.25) * 3) ** 2 + (y - 0.38) ** 2 < 0.026:
        return 255, 224, 138
    return 150 + int(90 * y), 205 + int(40 * y), 240


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))
