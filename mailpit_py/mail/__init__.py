"""Reading mail: pure functions from bytes to values, which never raise for bad mail.

HTML is rendered by `mailpit_py.mail.html`, which is not imported from here: it loads a parser.
"""

from mailpit_py.mail.address import Address
from mailpit_py.mail.filename import safe_filename
from mailpit_py.mail.header import Field, glimpse
from mailpit_py.mail.limits import DEFAULT, Limits
from mailpit_py.mail.links import Link, Span, linkify, links
from mailpit_py.mail.message import Message, SearchText, read, read_values
from mailpit_py.mail.part import Defect, Part
from mailpit_py.mail.received import Hop, hops

__all__ = [
    "DEFAULT",
    "Address",
    "Defect",
    "Field",
    "Hop",
    "Limits",
    "Link",
    "Message",
    "Part",
    "SearchText",
    "Span",
    "glimpse",
    "hops",
    "linkify",
    "links",
    "read",
    "read_values",
    "safe_filename",
]
