"""From bytes to text, whatever charset a sender names, forgets or gets wrong."""

from __future__ import annotations

import re
from encodings.aliases import aliases as _python_aliases

# Only codecs from text to text: rot13, zlib, hex, idna, punycode, unicode_escape and the like
# would let a sender choose what the decoder does.
_CODECS_NAMES = """
ascii big5 big5hkscs cp037 cp273 cp424 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856 cp857
cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp875 cp932 cp949 cp950 cp1006 cp1026
cp1125 cp1140 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 euc_jp euc_jis_2004
euc_jisx0213 euc_kr gb18030 gb2312 gbk hp_roman8 hz iso2022_jp iso2022_jp_1 iso2022_jp_2
iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr iso8859_10 iso8859_11 iso8859_13 iso8859_14
iso8859_15 iso8859_16 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8
iso8859_9 johab koi8_r koi8_t koi8_u kz1048 latin_1 mac_cyrillic mac_greek mac_iceland mac_latin2
mac_roman mac_turkish ptcp154 shift_jis shift_jis_2004 shift_jisx0213 tis_620 utf_16 utf_16_be
utf_16_le utf_32 utf_32_be utf_32_le utf_7 utf_8 utf_8_sig
"""
_CODECS = frozenset(_CODECS_NAMES.split())

# Names that senders use and Python does not know, by their letters and digits alone.
_SENDERS_NAMES = {
    "ansi": "cp1252",
    "ansix341968": "ascii",
    "big5eten": "cp950",
    "cp8859": "cp1252",
    "cskoi8r": "koi8_r",
    "iso88596e": "iso8859_6",
    "iso88596i": "iso8859_6",
    "iso88598e": "iso8859_8",
    "iso88598i": "iso8859_8",
    "koi": "koi8_r",
    "koi8": "koi8_r",
    "koi8ru": "koi8_u",
    "ksc5601": "cp949",
    "ksc56011987": "cp949",
    "macce": "mac_latin2",
    "mskanji": "cp932",
    "sjis": "cp932",
    "ucs2": "utf_16",
    "unicode11utf8": "utf_8",
    "unicode20utf8": "utf_8",
    "utf8mb4": "utf_8",
    "win": "cp1252",
    "xgbk": "gb18030",
    "xmacce": "mac_latin2",
    "xmaccyrillic": "mac_cyrillic",
    "xmacgreek": "mac_greek",
    "xmacroman": "mac_roman",
    "xmacturkish": "mac_turkish",
    "xsjis": "cp932",
    "xuserdefined": "cp1252",
    "xunknown": "",
    "unknown8bit": "",
    "unknown": "",
    "default": "",
    "none": "",
    "null": "",
    "binary": "",
}

# What mail readers decode these as (WHATWG Encoding §4.2): the superset that senders really use.
_SUPERSETS = {
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859_11": "cp874",
    "iso8859_9": "cp1254",
    "latin_1": "cp1252",
    "shift_jis": "cp932",
    "tis_620": "cp874",
    "utf_8_sig": "utf_8",
}

_SQUASH = re.compile(r"[^a-z0-9]+")
_WINDOWS = re.compile(r"(?:x?(?:windows|win|cp|msdos|dos|ibm|ms)|codepage)0*(\d{3,4})l?")
_BOMS = ((b"\xef\xbb\xbf", "utf_8"), (b"\xff\xfe\0\0", "utf_32"), (b"\0\0\xfe\xff", "utf_32"))
_BOMS_16 = ((b"\xff\xfe", "utf_16"), (b"\xfe\xff", "utf_16"))
_SINGLE_BYTE = re.compile(r"cp1\d{3}|cp[4-8]\d\d|iso8859_\d+|koi8_.|mac_.*")
_LIKE_ASCII = frozenset(["ascii", "utf_8", "cp1252"])
_META = re.compile(rb"<meta[^>]{1,200}?charset\s*+=[\"'\s]*+([\w.:-]{1,60})", re.I | re.A)
_MAX_HEAD = 4_096  # of HTML is where it may name its charset
_MAX_NAME = 60


def _squash(name: str) -> str:
    return _SQUASH.sub("", name.lower())


def _known_names() -> dict[str, str]:
    names = {_squash(codec): codec for codec in sorted(_CODECS)}
    names |= {_squash(alias): codec for alias, codec in _python_aliases.items() if codec in _CODECS}
    names |= {codec.replace("_", "-"): codec for codec in _CODECS}  # as senders write it: found without squashing
    names |= {alias.replace("_", "-"): codec for alias, codec in _python_aliases.items() if codec in _CODECS}
    return {name: _SUPERSETS.get(codec, codec) for name, codec in (names | _SENDERS_NAMES).items()}


_NAMES = _known_names()


def codec_of(charset: str) -> str:
    """The codec that a reader uses for a charset's name, or `''` for a name that means nothing."""
    if len(charset) > _MAX_NAME:
        return ""
    if (known := _NAMES.get(charset.lower())) is not None:
        return known
    name = _squash(charset)
    if name in _NAMES:
        return _NAMES[name]
    if match := _WINDOWS.fullmatch(name):
        return _NAMES.get("cp" + match[1], "")
    return ""


def _mark(data: bytes) -> str:
    """The codec that a byte order mark names, or `''`."""
    for mark, codec in _BOMS + _BOMS_16:
        if data.startswith(mark):
            return codec
    return ""


def _scrub(text: str) -> str:
    """Replace lone surrogates, which UTF-7 can spell and no store can keep."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _strict(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except (UnicodeError, ValueError):
        return None
    return _scrub(text) if codec == "utf_7" else text


def _without_mark(text: str) -> str:
    return text[1:] if text[:1] == "\ufeff" else text


def decode(data: bytes, charset: str = "") -> str:
    """Return `data` as text: as declared, else UTF-8, else as much of the declared as there is.

    Never raises. A byte order mark is removed, and decides when nothing usable is declared.
    """
    return decode_with_reason(data, charset)[0]


def decode_with_reason(data: bytes, charset: str) -> tuple[str, str]:
    """Like `decode`, with what was wrong: `''`, or a code of a `Defect`."""
    codec = codec_of(charset) if charset else "ascii"
    if codec in _LIKE_ASCII and data.isascii():
        return data.decode("ascii"), ""
    reason = "" if codec else "unknown-charset"
    if codec in ("", "ascii"):
        codec = _mark(data) or codec
    if codec and (text := _strict(data, codec)) is not None:
        return _without_mark(text), reason or _doubt(data, codec)
    if codec and codec != "ascii":
        reason = "wrong-charset"
    if (text := _strict(data, "utf_8")) is not None:
        return _without_mark(text), reason or "undeclared-8bit"
    return _without_mark(_with_losses(data, codec)), reason or "undeclared-8bit"


def named_in_html(data: bytes) -> str:
    """The charset that HTML names in itself, or `''`, as for UTF-8, which needs no name."""
    match = _META.search(data, 0, _MAX_HEAD)
    return "" if match is None or _strict(data, "utf_8") is not None else match[1].decode("ascii")


def _with_losses(data: bytes, codec: str) -> str:
    """Text that no codec takes whole. UTF-8 it still is if other characters beyond ASCII come out."""
    if codec in ("", "ascii", "utf_8"):
        text = data.decode("utf_8", "replace")
        codec = "utf_8" if not text.replace("\ufffd", "").isascii() else "cp1252"
    return _scrub(data.decode(codec, "replace"))


def _doubt(data: bytes, codec: str) -> str:
    """A reader obeys the declaration; but UTF-8 under a single-byte name is a sender's mistake."""
    if data.isascii() or not _SINGLE_BYTE.fullmatch(codec):
        return ""
    return "" if _strict(data, "utf_8") is None else "utf8-mislabelled"
