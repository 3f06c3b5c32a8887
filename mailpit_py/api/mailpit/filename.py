"""The name under which a part is listed and handed over."""

from __future__ import annotations

from mailpit_py.mail import Part, safe_filename


def shown_name(part: Part) -> str:
    """Its file name, else its Content-ID, else one made from its number: no file is without a name."""
    return part.filename or part.content_id or safe_filename(f"part-{part.path}", part.content_type)
