"""Reading mail: pure functions from bytes to values, which never raise for bad mail."""

from mailpit_py.mail.address import Address
from mailpit_py.mail.header import Field
from mailpit_py.mail.limits import DEFAULT, Limits
from mailpit_py.mail.message import Message, SearchText, read
from mailpit_py.mail.part import Defect, Part

__all__ = ["DEFAULT", "Address", "Defect", "Field", "Limits", "Message", "Part", "SearchText", "read"]
