"""Small pictures of attached images, within bounds that a hostile image cannot leave."""

from __future__ import annotations

import io
import logging
import threading
import warnings
from typing import Any

logger = logging.getLogger(__name__)

WIDTH, HEIGHT = 180, 120
QUALITY = 70
MOST_PIXELS = 20_000_000
MOST_OCTETS = 50 << 20
# What Pillow reads without another program; it knows formats that start one.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO", "PPM", "AVIF")
AT_ONCE = 2  # decoding an image takes up to 80 MB


class Painter:
    """Draws, for a few requests at once; others wait."""

    def __init__(self) -> None:
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def draw(self, octets: bytes) -> bytes:
        """A JPEG of 180 x 120 pixels. What cannot be read, or is too large to be, is a white one."""
        with self._room:
            return _draw(octets)


def _draw(octets: bytes) -> bytes:
    from PIL import Image  # loaded when the first one is asked for

    canvas = Image.new("RGB", (WIDTH, HEIGHT), "white")
    image = _open(octets) if 0 < len(octets) <= MOST_OCTETS else None
    if image is not None:
        _paste(canvas, image)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _open(octets: bytes) -> Any:
    """The first frame, the right way up; None for what cannot be drawn. The size is read before the pixels."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about damage that was mended
            image = Image.open(io.BytesIO(octets), formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                return None
            image.draft("RGB", (2 * WIDTH, 2 * HEIGHT))
            return _shaded(ImageOps.exif_transpose(image)).convert("RGBA")
    except Exception as error:  # a decoder meets whatever a sender sent
        logger.info("an image cannot be drawn: %s", error)
        return None


def _shaded(image: Any) -> Any:
    """Greys of sixteen bits as those of eight, which would be cut off at white."""
    return image.convert("I").point(lambda grey: grey / 256).convert("L") if image.mode.startswith("I") else image


def _paste(canvas: Any, image: Any) -> None:
    """Fill the canvas from the middle of a large image; a small one is fitted into it."""
    from PIL import ImageOps

    if image.width < WIDTH or image.height < HEIGHT:
        image.thumbnail((WIDTH, HEIGHT))
    else:
        image = ImageOps.fit(image, (WIDTH, HEIGHT))
    place = ((WIDTH - image.width) // 2, (HEIGHT - image.height) // 2)
    canvas.paste(image, place, image)
