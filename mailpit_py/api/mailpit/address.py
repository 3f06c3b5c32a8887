"""An address in a request, read as strictly as Go's net/mail reads one."""

from __future__ import annotations

import re

# Every repetition is possessive: a hostile text is read once.
_ATOM = r"[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]++"
_DOTTED = rf"{_ATOM}(?:\.{_ATOM})*+"
_QUOTED = r'"(?:[^"\\\r\n]|\\[^\r\n])*+"'
_COMMENT = r"[ \t]*+(?:\([^()\r\n]*+\)[ \t]*+)?"
_SPEC = rf"(?P<local{{0}}>{_DOTTED}|{_QUOTED})@(?P<domain{{0}}>{_DOTTED}|\[[^\[\]\\\s]*\])"
_NAME = rf"(?:{_QUOTED}|[^\x00-\x1f\x7f()<>\[\]:;@\\,\"]++)*+"
_ADDRESS = re.compile(rf"[ \t]*+(?:{_SPEC.format(1)}|{_NAME}<{_SPEC.format(2)}>){_COMMENT}")


def address_in(text: str) -> str:
    """Return the address of a text, which may have a name and a comment beside it; nothing if it is none."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return ""
    local, domain = match["local1"] or match["local2"], match["domain1"] or match["domain2"]
    return f"{local}@{domain}"
