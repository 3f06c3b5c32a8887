"""File names for downloads (checks B2 and B3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpit_py.mail import safe_filename


@pytest.mark.parametrize(
    ("name", "content_type", "expected"),
    [
        ("report.pdf", "application/pdf", "report.pdf"),
        ("Übersicht 2024.pdf", "", "Übersicht 2024.pdf"),
        ("../../etc/passwd", "", "passwd"),
        ("C:\\Users\\x\\evil.exe", "", "evil.exe"),
        ("a\r\nX: y", "", "a_X_ y"),
        ('a"b.txt', "", "a_b.txt"),
        ("nul\0byte.txt", "", "nul_byte.txt"),
        ("exe.\u202etxt.exe", "", "exe._txt.exe"),
        ("CON", "", "_CON"),
        ("con.txt", "", "_con.txt"),
        ("LPT1 .txt", "", "_LPT1 .txt"),
        ("console.txt", "", "console.txt"),
        ("...", "", "attachment"),
        ("..", "text/html", "attachment.html"),
        ("", "image/png", "attachment.png"),
        ("dir/", "message/rfc822", "attachment.eml"),
        ("noextension", "Text/Plain", "noextension.txt"),
        ("noextension", "x/y", "noextension"),
        (" .hidden. ", "", "hidden"),
        ("<>:|?*", "", "attachment"),
        ("x" * 300 + ".pdf", "", "x" * 251 + ".pdf"),
        ("ü" * 300, "", "ü" * 127),
        ("x." + "y" * 300, "", "x." + "y" * 253),
        ("\ud800.txt", "", "_.txt"),
    ],
)
def test_names_are_made_safe(name, content_type, expected):
    assert safe_filename(name, content_type) == expected


@given(st.text(st.characters(codec=None)), st.sampled_from(["", "text/plain", "image/png"]))
def test_any_name_is_made_safe(name, content_type):
    safe = safe_filename(name, content_type)
    assert 0 < len(safe.encode()) <= 255
    assert not set(safe) & set('/\\"\r\n\0:<>|?*\u202e')
    assert safe not in (".", "..")
    assert safe_filename(safe, content_type) == safe
