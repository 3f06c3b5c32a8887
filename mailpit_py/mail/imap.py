"""What IMAP says of a message, in the octets of its answers: everything a server asks of this room."""

from mailpit_py.mail.binary import binary, binary_size
from mailpit_py.mail.body_structure import body_structure
from mailpit_py.mail.downgrade import downgrade
from mailpit_py.mail.fetch_envelope import envelope
from mailpit_py.mail.nstring import atom_or_string, nstring, string
from mailpit_py.mail.preview import preview
from mailpit_py.mail.section import Section, section
from mailpit_py.mail.sort import CRITERIA, sort_key
from mailpit_py.mail.stamp import internal_date
from mailpit_py.mail.subject import base_subject

__all__ = [
    "CRITERIA",
    "Section",
    "atom_or_string",
    "base_subject",
    "binary",
    "binary_size",
    "body_structure",
    "downgrade",
    "envelope",
    "internal_date",
    "nstring",
    "preview",
    "section",
    "sort_key",
    "string",
]
