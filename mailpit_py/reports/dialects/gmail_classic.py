"""Gmail as it was until 2016: one text, the original below a dashed line."""

from __future__ import annotations

from mailpit_py.mail.field import field
from mailpit_py.reports import mime
from mailpit_py.reports.dialects import gmail
from mailpit_py.reports.dialects.dialect import Dialect
from mailpit_py.reports.draft import Draft
from mailpit_py.reports.report import Action, RecipientStatus

_FAILED = "Delivery to the following recipient failed permanently:\n\n     {address}\n"
_DELAYED = (
    "This is an automatically generated Delivery Status Notification\n\n"
    "THIS IS A WARNING MESSAGE ONLY.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\n"
    "Delivery to the following recipient has been delayed:\n\n     {address}\n\n"
    "Message will be retried for {remaining}\n"
)
_DETAILS = "Technical details of {kind} failure:\n"
_REFUSED = "The server of the recipient's domain {domain}, {server}, did not take the message.\n"
_SAID = "The error that the other server returned was:\n{reply}\n"


def compose(draft: Draft) -> bytes:
    """Return the report as Gmail used to."""
    recipient = draft.first
    address = recipient.final_recipient
    opening = _FAILED if draft.action is Action.FAILED else _DELAYED
    kind = "permanent" if draft.action is Action.FAILED else "temporary"
    text = "\n".join(
        [
            opening.format(address=address, remaining=draft.remaining),
            _DETAILS.format(kind=kind) + _cause(recipient),
            "----- Original message -----\n\n",
        ]
    )
    body = mime.text(text) + draft.copy(draft.return_path())
    charset = "ISO-8859-1" if body.isascii() else "UTF-8"
    fields = [
        *gmail.opening_fields(draft),
        field("MIME-Version", "1.0"),
        field("Content-Type", f"text/plain; charset={charset}"),
        *mime.eight_bit(body),
    ]
    return mime.entity(fields, body)


def _cause(recipient: RecipientStatus) -> str:
    if not recipient.code:
        return f"{recipient.one_line}\n"
    domain = recipient.final_recipient.rpartition("@")[2]
    server = f"{recipient.remote_mta or domain}. [{recipient.remote_address or '127.0.0.1'}]"
    return f"{_REFUSED.format(domain=domain, server=server)}\n{_SAID.format(reply=recipient.one_line)}"


DIALECT = Dialect("gmail_classic", "Gmail until 2016", compose, shares=False, is_standard=False)
