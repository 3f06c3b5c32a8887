"""Addresses that hosted simulators have taught people, on those services' exact domains."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mailpit_py.simulation.outcome import Accept, Discard, HideKeywords, Later, Outcome, Refuse, Report
from mailpit_py.simulation.plan import Plan
from mailpit_py.simulation.refusal import KNOWN_CODES, Refusal
from mailpit_py.simulation.stage import Stage

POSTMARK_DOMAIN = "bounce-testing.postmarkapp.com"
POSTMARK_FIELD = "X-PM-Bounce-Type"
SPARKPOST_SUFFIX = ".sink.sparkpostmail.com"
# BadSMTP asks for no domain of its own; its documentation uses these, which belong to nobody.
BADSMTP_DOMAINS = frozenset({"example.com", "example.net", "example.org"})


def _fails(scenario: str = "", *, code: int = 0, status: str = "", dialect: str = "", text: str = "") -> Later:
    return Later(Report.FAILURE, Refusal(scenario, "", code, status, text), dialect=dialect)


_NOTICE = Later(Report.AUTO_REPLY)

_SES: Mapping[str, Outcome] = {
    "success": Accept(),
    "bounce": _fails(status="5.1.1", code=550, text="user unknown", dialect="ses"),
    "complaint": Later(Report.COMPLAINT, dialect="ses"),
    "ooto": Later(Report.AUTO_REPLY, dialect="ses"),
    "suppressionlist": _fails("suppressed", dialect="ses"),
}
_POSTMARK: Mapping[str, Outcome] = {
    "hardbounce": _fails("unknown_user"),
    "softbounce": _fails("mailbox_full"),
    "transient": _fails("conn_timeout"),
    "unsubscribe": _NOTICE,
    "subscribe": _NOTICE,
    "autoresponder": _NOTICE,
    "addresschange": _NOTICE,
    "dnserror": _fails("dns_failure"),
    "spamnotification": _fails("spam"),
    "openrelaytest": _fails("relay_denied"),
    "unknown": _fails(code=550),
    "virusnotification": _fails("virus"),
    "challengeverification": Later(Report.CHALLENGE),
    "bademailaddress": _fails("address_syntax"),
    "manuallydeactivated": _fails("suppressed"),
    "unconfirmed": _fails("suppressed"),
    "blocked": _fails("blocked_ip"),
    "smtpapierror": _fails("system_error"),
    "inbounderror": _fails("misconfigured"),
    "dmarcpolicy": _fails("dmarc"),
    "templaterenderingfailed": _fails("content_rejected"),
}
_MAILERSEND: Mapping[str, Outcome] = {
    "hard-bounce": _fails("unknown_user", code=550),
    "soft-bounce": _fails("deferred", code=421),
    "blocked": _fails("blocked_ip", code=554),
    "transient": _fails(code=450),
    "dns-error": _fails(code=450, status="4.4.3"),
    "dmarc": _fails("dmarc", code=550),
}
_MANDRILL: Mapping[str, Outcome] = {
    "reject": _fails("suppressed"),
    "hard_bounce": _fails("unknown_user"),
    "soft_bounce": _fails("mailbox_full"),
    "spam": Later(Report.COMPLAINT),
}
_RESEND: Mapping[str, Outcome] = {
    "delivered": Accept(),
    "bounced": _fails("unknown_user"),
    "complained": Later(Report.COMPLAINT),
    "suppressed": _fails("suppressed"),
}
SERVICES: Mapping[str, tuple[str, Mapping[str, Outcome]]] = MappingProxyType(
    {
        "simulator.amazonses.com": ("ses", _SES),
        POSTMARK_DOMAIN: ("postmark", _POSTMARK),
        "bounce-test.mailersend.net": ("mailersend", _MAILERSEND),
        "test.mandrillapp.com": ("mandrill", _MANDRILL),
        "resend.dev": ("resend", _RESEND),
    }
)
_LABELLED = frozenset({"ses", "resend"})
_BADSMTP = re.compile(r"(mail|rcpt|data)([45][0-9]{2})(?:_([45]\.[0-9]{1,3}\.[0-9]{1,3}))?", re.IGNORECASE)
_BADSMTP_STAGES = MappingProxyType({"mail": Stage.MAIL, "rcpt": Stage.RCPT, "data": Stage.DATA})
_BADSMTP_HELO = re.compile(r"helo([45][0-9]{2})", re.IGNORECASE)
_BADSMTP_KEYWORDS = MappingProxyType(
    {"no8bit": "8BITMIME", "nopipelining": "PIPELINING", "nostarttls": "STARTTLS", "nochunking": "CHUNKING",
     "nosmtputf8": "SMTPUTF8", "noenhancedstatuscodes": "ENHANCEDSTATUSCODES", "nosize": "SIZE", "noauth": "AUTH"}
)  # fmt: skip


def parse_recipient(address: str) -> Plan | None:
    """Return what a recipient's address asks for on the domain of a hosted simulator, or None."""
    local, _, domain = address.rpartition("@")
    domain = domain.lower().rstrip(".")
    if domain in SERVICES:
        service, table = SERVICES[domain]
        return _hosted(service, table, local.lower())
    if domain == "sink.sendgrid.net":
        return Plan("sendgrid", Stage.CONTENT, Discard())
    if domain.endswith(SPARKPOST_SUFFIX):
        return Plan("sparkpost", Stage.CONTENT, Discard())
    return _bad_smtp(local, domain, "rcpt")


def parse_sender(address: str) -> Plan | None:
    """Return what BadSMTP's form asks for in a reverse-path (`mail452@`, `rcpt550_5.1.1@`, `data552@`), or None."""
    local, _, domain = address.rpartition("@")
    return _bad_smtp(local, domain.lower().rstrip("."), "mail", "rcpt", "data")


def parse_helo(name: str) -> Plan | None:
    """Return what BadSMTP's form asks for in HELO (`helo500.example.com`, `no8bit-nosize.example.com`), or None."""
    head, _, domain = name.lower().rstrip(".").partition(".")
    if domain not in BADSMTP_DOMAINS:
        return None
    if found := _BADSMTP_HELO.fullmatch(head):
        return Plan("badsmtp", Stage.HELO, Refuse(Refusal(code=int(found[1]))))
    keywords = [_BADSMTP_KEYWORDS.get(word) for word in head.split("-")]
    if not all(keywords):
        return None
    return Plan("badsmtp", Stage.HELO, HideKeywords(frozenset(filter(None, keywords))))


def parse_field(value: str, recipient: str) -> Plan | None:
    """Return what Postmark's X-PM-Bounce-Type asks for; it counts on Postmark's own domain only."""
    if recipient.rpartition("@")[2].lower().rstrip(".") != POSTMARK_DOMAIN:
        return None
    return _hosted("postmark", _POSTMARK, value.strip().lower())


def _hosted(service: str, table: Mapping[str, Outcome], local: str) -> Plan | None:
    name, label = local, ""
    if service in _LABELLED:
        name, _, label = local.partition("+")
    if service == "postmark":
        name = name.replace("_", "")
    outcome = table.get(name)
    if outcome is None and service == "postmark":  # their documentation: anything else is a hard bounce
        outcome = table["hardbounce"]
    if outcome is None:
        return None
    return Plan(service, Stage.AFTER if isinstance(outcome, Later) else Stage.RCPT, outcome, label=label)


def _bad_smtp(local: str, domain: str, *verbs: str) -> Plan | None:
    found = _BADSMTP.fullmatch(local) if domain in BADSMTP_DOMAINS else None
    if found is None or found[1].lower() not in verbs:
        return None
    code, status = int(found[2]), found[3] or ""
    if status[:1] not in ("", str(code)[0]):
        return None
    refusal = Refusal(code=code, status=status, text=KNOWN_CODES.get(code, "Refused on request"))
    return Plan("badsmtp", _BADSMTP_STAGES[found[1].lower()], Refuse(refusal))
