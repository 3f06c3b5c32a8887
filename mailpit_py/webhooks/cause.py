"""Why delivery failed, as coarsely as the providers tell it: found by scenario, else by status, else by code."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType

from mailpit_py.webhooks.event import Event, Kind


class Cause(Enum):
    """Families of causes."""

    UNKNOWN_USER = auto()
    ADDRESS = auto()
    INACTIVE = auto()
    MAILBOX_FULL = auto()
    DOMAIN = auto()
    DNS = auto()
    CONNECTION = auto()
    EXPIRED = auto()
    BLOCKED = auto()
    REPUTATION = auto()
    SPAM = auto()
    CONTENT = auto()
    ATTACHMENT = auto()
    VIRUS = auto()
    AUTHENTICATION = auto()
    RATE = auto()
    GREYLISTED = auto()
    TOO_LARGE = auto()
    RELAY = auto()
    POLICY = auto()
    SYSTEM = auto()
    PROTOCOL = auto()
    SUPPRESSED = auto()
    AUTO_REPLY = auto()
    CHALLENGE = auto()
    UNKNOWN = auto()


_SCENARIOS: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.UNKNOWN_USER: "unknown_user recipient_not_found moved ambiguous downstream owner_changed",
        Cause.ADDRESS: "address_syntax eai_unsupported",
        Cause.INACTIVE: "disabled inactive",
        Cause.MAILBOX_FULL: "mailbox_full mailbox_full_hard",
        Cause.DOMAIN: "domain_not_found null_mx no_route never_accepts",
        Cause.DNS: "dns_failure",
        Cause.CONNECTION: "conn_timeout conn_refused conn_lost congested shutting_down too_many_connections",
        Cause.EXPIRED: "expired",
        Cause.BLOCKED: "blocked_ip rbl sender_rejected deferred_forever",
        Cause.REPUTATION: "low_reputation deferred",
        Cause.SPAM: "spam",
        Cause.CONTENT: "content_rejected",
        Cause.ATTACHMENT: "attachment",
        Cause.VIRUS: "virus",
        Cause.AUTHENTICATION: "unauthenticated dmarc spf dkim ptr sender_domain sender_verify sender_syntax",
        Cause.RATE: "rate_limited rate_limited_ip too_many_recipients",
        Cause.GREYLISTED: "greylisted",
        Cause.TOO_LARGE: "too_large too_large_mailbox",
        Cause.RELAY: "relay_denied",
        Cause.POLICY: "policy group_restricted",
        Cause.SYSTEM: "system_full system_error misconfigured loop",
        Cause.PROTOCOL: "helo auth_required auth_failed auth_temporary auth_weak auth_disabled auth_encryption "
        "tls_required tls_unavailable",
        Cause.SUPPRESSED: "suppressed",
    }
)
BY_SCENARIO: Mapping[str, Cause] = MappingProxyType(
    {name: cause for cause, names in _SCENARIOS.items() for name in names.split()}
)

# RFC 3463 subject.detail; the longest that fits wins, so that an unknown detail still has its subject.
_BY_STATUS: Mapping[str, Cause] = MappingProxyType(
    {
        "1.1": Cause.UNKNOWN_USER,
        "1.10": Cause.DOMAIN,
        "1.2": Cause.DOMAIN,
        "1.3": Cause.ADDRESS,
        "1.8": Cause.AUTHENTICATION,
        "1.7": Cause.AUTHENTICATION,
        "1": Cause.UNKNOWN_USER,
        "2.1": Cause.INACTIVE,
        "2.2": Cause.MAILBOX_FULL,
        "2.3": Cause.TOO_LARGE,
        "2": Cause.INACTIVE,
        "3.4": Cause.TOO_LARGE,
        "3": Cause.SYSTEM,
        "4.3": Cause.DNS,
        "4.4": Cause.DOMAIN,
        "4.6": Cause.SYSTEM,
        "4.7": Cause.EXPIRED,
        "4": Cause.CONNECTION,
        "5.3": Cause.RATE,
        "5": Cause.PROTOCOL,
        "6.7": Cause.ADDRESS,
        "6": Cause.CONTENT,
        "7.0": Cause.POLICY,
        "7.20": Cause.AUTHENTICATION,
        "7.23": Cause.AUTHENTICATION,
        "7.25": Cause.AUTHENTICATION,
        "7.26": Cause.AUTHENTICATION,
        "7.28": Cause.RATE,
        "7.8": Cause.PROTOCOL,
        "7": Cause.POLICY,
    }
)
_BY_CODE: Mapping[int, Cause] = MappingProxyType(
    {
        421: Cause.CONNECTION,
        450: Cause.GREYLISTED,
        451: Cause.SYSTEM,
        452: Cause.MAILBOX_FULL,
        550: Cause.UNKNOWN_USER,
        551: Cause.UNKNOWN_USER,
        552: Cause.MAILBOX_FULL,
        553: Cause.ADDRESS,
        554: Cause.POLICY,
    }
)
_BY_KIND: Mapping[Kind, Cause] = MappingProxyType(
    {Kind.SUPPRESSED: Cause.SUPPRESSED, Kind.AUTO_REPLIED: Cause.AUTO_REPLY}
)


def cause_of(event: Event) -> Cause:
    """Return the family of an event's cause; UNKNOWN where nothing tells."""
    if event.kind is Kind.AUTO_REPLIED and event.scenario == "challenge":
        return Cause.CHALLENGE
    if event.kind in _BY_KIND:
        return _BY_KIND[event.kind]
    if found := BY_SCENARIO.get(event.scenario):
        return found
    _, _, detail = event.status.partition(".")
    subject = detail.partition(".")[0]
    return _BY_STATUS.get(detail) or _BY_STATUS.get(subject) or _BY_CODE.get(event.code) or Cause.UNKNOWN
