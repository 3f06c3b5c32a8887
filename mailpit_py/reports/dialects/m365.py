"""Microsoft 365: HTML beside text, GUID boundaries, no space after `dns;`, Exchange's own diagnostics."""

from __future__ import annotations

from html import escape

from mailpit_py.mail import stamp
from mailpit_py.mail.field import field, mailbox
from mailpit_py.reports import mime, status
from mailpit_py.reports.dialects.dialect import ALL, Dialect
from mailpit_py.reports.draft import Draft, Row
from mailpit_py.reports.report import Action, RecipientStatus
from mailpit_py.reports.token import DIGITS

_SUBJECTS = {
    Action.FAILED: "Undeliverable",
    Action.DELAYED: "Delivery delayed",
    Action.DELIVERED: "Delivered",
    Action.RELAYED: "Relayed",
    Action.EXPANDED: "Expanded",
}
_OPENING = {
    Action.FAILED: "Delivery has failed to these recipients or groups:",
    Action.DELAYED: "Delivery is delayed to these recipients or groups:",
    Action.DELIVERED: "Your message has been delivered to the following recipients:",
    Action.RELAYED: "Delivery to these recipients or groups is complete, but no delivery notification will follow:",
    Action.EXPANDED: "Delivery to the following recipients is complete; the lists behind them were expanded:",
}
_EXPIRED = "5.4.300"
_ADVICE = (
    "Check the address and send the message again. If it comes back again, ask the administrator of the other side."
)
_PATIENCE = "Nothing needs to be done: the attempts go on."


def server(draft: Draft) -> str:
    """Return the name of the Exchange server that reports."""
    cell = draft.token("cell", 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    machine = f"{cell}{draft.token('server', 1, DIGITS)}PR{cell[::-1]}MB{draft.token('number', 4, DIGITS)}"
    return f"{machine}.eurprd08.prod.outlook.com"


def compose(draft: Draft) -> bytes:
    """Return the report as Exchange Online would."""
    parts = [_notice(draft), _status(draft), _returned(draft)]
    mark = mime.boundary(parts, lambda number: draft.guid(f"boundary {number}"))
    kind = f'multipart/report; report-type={draft.report_type}; boundary="{mark}"'
    content = [field("Content-Type", kind), *mime.eight_bit(*parts)]
    return mime.entity([*_opening(draft), *content, *_closing(draft)], mime.multipart(parts, mark))


def _opening(draft: Draft) -> list[bytes]:
    when = stamp.rfc5322(draft.report.at)
    domain = draft.first.final_recipient.rpartition("@")[2] or draft.host
    return [
        field("Received", f"from {server(draft)} by {draft.host} with Microsoft SMTP Server; {when}"),
        field("MIME-Version", "1.0"),
        field("From", mailbox("Microsoft Outlook", f"postmaster@{draft.address(domain)}"), utf8=draft.utf8),
        draft.to(brackets=True),
        field("Date", when),
    ]


def _closing(draft: Draft) -> list[bytes]:
    topic = draft.message.subject
    arrival = f"{stamp.unnamed(draft.report.at, '').rstrip()}.0000 (UTC)"
    return [
        field("X-MS-Exchange-Message-Is-Ndr", ""),
        field("Content-Language", "en-US"),
        field("Message-ID", f"<{draft.guid('message-id')}@{server(draft)}>"),
        *draft.references("In-Reply-To", "References"),
        field("Thread-Topic", topic, utf8=draft.utf8),
        draft.subject(f"{_SUBJECTS[draft.action]}: {topic}"),
        field("Auto-Submitted", "auto-replied"),
        field("X-MS-Exchange-CrossTenant-OriginalArrivalTime", arrival),
        field("X-MS-Exchange-CrossTenant-FromEntityHeader", "Hosted"),
        field("X-MS-Exchange-Transport-CrossTenantHeadersStamped", server(draft).partition(".")[0]),
    ]


def _blocks(draft: Draft) -> list[tuple[str, list[str]]]:
    """The human text as blocks: `h` a heading, `a` an address with lines below it, `p` a paragraph."""
    advice = {Action.FAILED: _ADVICE, Action.DELAYED: _PATIENCE}.get(draft.action)
    blocks = [("h", [_OPENING[draft.action]])]
    for each in draft.recipients:
        known = status.describe(_code(each), each.one_line)
        blocks.append(("a", [each.final_recipient, *([known.sentence] if known else [])]))
    blocks += [("p", [advice])] if advice else []
    if draft.is_success:
        return blocks
    blocks += [("h", ["Diagnostic information for administrators:"]), ("p", [f"Generating server: {server(draft)}"])]
    blocks += [("p", [each.final_recipient, *_remote(each)]) for each in draft.recipients]
    return blocks


def _as_text(kind: str, lines: list[str]) -> str:
    if kind == "a":  # as Outlook writes a link in plain text
        lines = [f"{lines[0]}<mailto:{lines[0]}>", *lines[1:]]
    return "\n".join(lines)


def _as_html(kind: str, lines: list[str]) -> str:
    first, *rest = map(escape, lines)
    if kind == "h":
        return f"<h3>{first}</h3>\n"
    opening = f'<a href="mailto:{first}">{first}</a>' if kind == "a" else first
    return f"<p>{'<br>'.join([opening, *rest])}</p>\n"


def _remote(recipient: RecipientStatus) -> list[str]:
    source = [recipient.remote_mta] if recipient.remote_mta else []
    return [*source, f"Remote Server returned '{_said(recipient)}'"]


def _code(recipient: RecipientStatus) -> str:
    return _EXPIRED if recipient.is_given_up else recipient.status


def _said(recipient: RecipientStatus) -> str:
    """Exchange gives its own errors a reply code as well, and names the last one of what has expired."""
    said = recipient.one_line
    if not recipient.code:
        said = f"{'550' if recipient.status[0] == '5' else '451'} {recipient.status} {said}"
    return f"550 {_EXPIRED} Message expired -> {said}" if recipient.is_given_up else said


def _notice(draft: Draft) -> bytes:
    blocks = _blocks(draft)
    ending = (
        ""
        if draft.is_success
        else "\n\nOriginal message headers:\n\n" + draft.header_section.decode("utf-8", "replace")
    )
    plain = "\n\n".join(_as_text(*block) for block in blocks) + ending
    page = "".join(_as_html(*block) for block in blocks)
    texts = [_text("plain", plain), _text("html", f"<html>\n<body>\n{page}</body>\n</html>")]
    mark = mime.boundary(texts, lambda number: draft.guid(f"alternative {number}"))
    kind = f'multipart/alternative; differences=Content-Type; boundary="{mark}"'
    return mime.entity([field("Content-Type", kind), *mime.eight_bit(*texts)], mime.multipart(texts, mark))


def _text(kind: str, text: str) -> bytes:
    body = mime.text(text)
    charset = "us-ascii" if body.isascii() else "utf-8"
    return mime.entity([field("Content-Type", f'text/{kind}; charset="{charset}"'), *mime.eight_bit(body)], body)


def _status(draft: Draft) -> bytes:
    report = draft.report
    rows: list[Row] = [("Original-Envelope-Id", draft.envelope_id)] if report.envid else []
    rows += [("Reporting-MTA", f"dns;{server(draft)}"), ("Received-From-MTA", f"dns;{report.client}")]
    rows += [("Arrival-Date", stamp.rfc5322(report.arrival))]
    head = [field("Content-Type", f"message/{draft.report_type}")]
    groups = [_rows(draft, each) for each in draft.recipients]
    return draft.status_part(head, [rows, *groups, []])  # Exchange leaves an empty block at the end


def _rows(draft: Draft, recipient: RecipientStatus) -> list[Row]:
    rows = draft.original_recipient(recipient)
    rows += [("Final-Recipient", draft.typed(recipient.final_recipient, "rfc822;"))]
    rows += [("Action", recipient.action.value), ("Status", _code(recipient))]
    if recipient.diagnostic:
        rows.append(("Diagnostic-Code", f"smtp;{draft.words(_said(recipient))}"))
    if recipient.remote_mta:
        rows.append(("Remote-MTA", f"dns;{recipient.remote_mta}"))
    if recipient.will_retry_until is not None:
        rows.append(("Will-Retry-Until", stamp.rfc5322(recipient.will_retry_until)))
    local = recipient.final_recipient.rpartition("@")[0] or recipient.final_recipient
    return [*rows, ("X-Display-Name", draft.words(local))]


def _returned(draft: Draft) -> bytes:
    report = draft.report
    version = f"15.20.{draft.token('build', 4, DIGITS)}.21"
    trace = f"from {report.client} by {server(draft)} with Microsoft SMTP Server id {version};"
    received = field("Received", f"{trace} {stamp.rfc5322(report.arrival)}")
    body = draft.copy(draft.return_path(), received)
    return mime.entity([field("Content-Type", draft.returned_type()), *mime.eight_bit(body)], body)


DIALECT = Dialect("m365", "Microsoft 365", compose, ALL, shares=False)
