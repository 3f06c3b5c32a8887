"""How content is packed in its column."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import local

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RAW, ZSTD = 0, 1
COMPRESS_FROM_BYTES = 128


class Compressor:
    """Packs content. Thread-safe.

    Each thread keeps a context of zstd's, which is as large as a hundred messages: to make it anew
    for each would cost as much as to compress one.
    """

    def __init__(self, level: int) -> None:
        self._level = level
        self._own = local()

    def pack(self, raw: bytes) -> tuple[int, bytes]:
        """Return (encoding, content); what would not become smaller stays as it is."""
        if self._level and len(raw) >= COMPRESS_FROM_BYTES:
            packed = self._context().compress(raw, zstd.ZstdCompressor.FLUSH_FRAME)
            if len(packed) < len(raw):
                return ZSTD, packed
        return RAW, raw

    def _context(self) -> zstd.ZstdCompressor:
        context: zstd.ZstdCompressor | None = getattr(self._own, "context", None)
        if context is None:
            context = self._own.context = zstd.ZstdCompressor(self._level)
        return context


def unpack(encoding: int, content: bytes) -> bytes:
    """The inverse of `pack`."""
    return _DECODERS[encoding](content)


def unpack_head(encoding: int, content: bytes, size: int) -> bytes:
    """At most the first `size` octets of a content; the rest of it costs nothing."""
    return zstd.ZstdDecompressor().decompress(content, size) if encoding == ZSTD else content[:size]


_DECODERS: dict[int, Callable[[bytes], bytes]] = {RAW: bytes, ZSTD: zstd.decompress}
