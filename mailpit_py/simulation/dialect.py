"""Who reports a failure, and which server refused: names that go with a provider, hosts of documentation apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mailpit_py.simulation.catalogue import PROVIDERS

# The dialects of `mailpit_py.reports`, which is a sibling and loaded only when a report is due.
DIALECTS = (
    "rfc",
    "postfix",
    "exim",
    "exim_classic",
    "sendmail",
    "qmail",
    "opensmtpd",
    "gmail",
    "gmail_classic",
    "m365",
    "outlook",
    "yahoo",
    "ses",
    "barracuda",
)
STANDARD = "rfc"
# Providers that report in the words of another one; what is no dialect and not here reports as the standard has it.
_SPEAKS_AS: Mapping[str, str] = MappingProxyType({"aol": "yahoo", "proofpoint": "sendmail"})
_HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "gmail": "gmail-smtp-in.l.google.com",
        "m365": "{dashed}.mail.protection.outlook.com",
        "outlook": "outlook-com.olc.protection.outlook.com",
        "yahoo": "mta5.am0.yahoodns.net",
        "aol": "mx-aol.mail.gm0.yahoodns.net",
        "icloud": "mx01.mail.icloud.com",
        "mimecast": "us-smtp-inbound-1.mimecast.com",
        "barracuda": "d1a.ess.barracudanetworks.com",
        "proofpoint": "mx0a-00000000.pphosted.com",
        "ses": "inbound-smtp.us-east-1.amazonaws.com",
    }
)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")


def dialect_of(provider: str) -> str:
    """Return the dialect in which the failures of a provider's domains are reported."""
    name = _SPEAKS_AS.get(provider, provider)
    return name if name in DIALECTS else STANDARD


def provider_of(dialect: str) -> str:
    """Return the provider whose own reports these are, or nothing if the dialect is no provider's."""
    name = dialect.removesuffix("_classic")
    return name if name in PROVIDERS else ""


def remote_host(provider: str, recipient: str) -> str:
    """Return the name of the server that takes mail for a recipient; nothing if its domain can have none."""
    domain = recipient.rpartition("@")[2].rstrip(".")
    if not _HOST.fullmatch(domain) or len(domain) > 200:
        return _HOSTS[provider] if provider in _HOSTS and "{" not in _HOSTS[provider] else ""
    return _HOSTS.get(provider, "mx.{domain}").format(domain=domain, dashed=domain.replace(".", "-"))
