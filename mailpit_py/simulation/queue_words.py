"""What a queue writes down where no server answered, in the words of the mail system that reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailpit_py.simulation.dialect import STANDARD


@dataclass(frozen=True, slots=True)
class QueueWords:
    """One diagnostic: a template with {host}, {domain} and {recipient}; `status` only where the system has its own."""

    text: str
    status: str = ""


_Q = QueueWords
_AT = "{host}[192.0.2.25]"
_SERVICE = "Host or domain name not found. Name service error for name={domain} type="
_EXIM_AT = "{host} [192.0.2.25]"
_GAVE_UP = "retry timeout exceeded"
_NO_ANSWER = "The recipient server did not accept our requests to connect."
_GMAIL_HELP = "Learn more at https://support.google.com/mail/answer/7720"
_DNS_ERROR = "DNS Error: DNS type 'mx' lookup of {domain} responded with code "
_NO_SESSION = "Sorry, I wasn't able to establish an SMTP connection."
# Exchange Online looks for an address to connect to, and finds none whatever the reason.
_NO_DOMAIN = QueueWords("DNS domain {domain} does not exist", "5.4.310")
_EXIM = {
    "conn_timeout": _Q(f"{_EXIM_AT}: Connection timed out: {_GAVE_UP}"),
    "conn_refused": _Q(f"{_EXIM_AT}: Connection refused: {_GAVE_UP}"),
    "conn_lost": _Q(f"{_EXIM_AT}: Remote host closed connection in response to initial connection: {_GAVE_UP}"),
    "dns_failure": _Q(f"host lookup did not complete: {_GAVE_UP}"),
    "domain_not_found": _Q("Unrouteable address"),
    "null_mx": _Q("an MX or SRV record indicated no SMTP service"),
    "no_route": _Q("all relevant MX records point to non-existent hosts"),
    "loop": _Q('Too many "Received" headers - suspected mail loop'),
    "expired": _Q("retry time not reached for any host after a long failure period"),
}
_TABLES: Mapping[str, Mapping[str, QueueWords]] = {
    STANDARD: {
        "conn_timeout": _Q(f"connect to {_AT}:25: Connection timed out"),
        "conn_refused": _Q(f"connect to {_AT}:25: Connection refused"),
        "conn_lost": _Q(f"lost connection with {_AT} while receiving the initial server greeting"),
        "dns_failure": _Q("DNS lookup of {domain} failed: host not found, try again"),
        "domain_not_found": _Q(f"{_SERVICE}A: Host not found"),
        "null_mx": _Q("Domain {domain} does not accept mail (nullMX)"),
        "no_route": _Q(f"{_SERVICE}A: Host found but no data record of requested type"),
        "loop": _Q("too many hops: mail for {domain} is going round in circles"),
        "expired": _Q("delivery time expired: {host} did not take the message in time"),
    },
    "postfix": {
        "dns_failure": _Q(f"{_SERVICE}MX: Host not found, try again"),
        "loop": _Q("mail for {domain} loops back to myself"),
    },
    "exim": _EXIM,
    "exim_classic": _EXIM,
    "sendmail": {
        "conn_timeout": _Q("Connection timed out with {host}."),
        "conn_refused": _Q("Connection refused by {host}."),
        "conn_lost": _Q("Connection reset by {host}."),
        "dns_failure": _Q("Name server: {host}: host name lookup failure"),
        "domain_not_found": _Q("Host unknown (Name server: {domain}: host not found)"),
        "null_mx": _Q("Host does not accept mail: {domain}"),
        "no_route": _Q("Host unknown (Name server: {domain}: no data known)"),
        "loop": _Q("Too many hops 26 (25 max)"),
    },
    "qmail": {
        "conn_timeout": _Q(_NO_SESSION),
        "conn_refused": _Q(_NO_SESSION),
        "conn_lost": _Q("Connected to 192.0.2.25 but connection died."),
        "dns_failure": _Q("CNAME lookup failed temporarily."),
        "domain_not_found": _Q("Sorry, I couldn't find any host named {domain}."),
        "no_route": _Q("Sorry, I couldn't find a mail exchanger or IP address."),
        "loop": _Q("Sorry. Although I'm listed as a best-preference MX or A for that host, I don't know it."),
    },
    "opensmtpd": {
        "conn_timeout": _Q("Network error on destination MXs"),
        "conn_refused": _Q("Network error on destination MXs"),
        "conn_lost": _Q("Network error on destination MXs"),
        "dns_failure": _Q("Temporary failure in MX lookup"),
        "domain_not_found": _Q("Domain does not exist"),
        "null_mx": _Q("Destination seem to reject all mails"),
        "no_route": _Q("No MX found for destination"),
        "loop": _Q("Loop detected"),
        "expired": _Q("Envelope expired"),
    },
    "gmail": {
        "conn_timeout": _Q(f"{_NO_ANSWER} {_GMAIL_HELP} [{{host}} 192.0.2.25: timed out]"),
        "conn_refused": _Q(f"{_NO_ANSWER} {_GMAIL_HELP} [{{host}} 192.0.2.25: connection refused]"),
        "conn_lost": _Q(f"{_NO_ANSWER} {_GMAIL_HELP} [{{host}} 192.0.2.25: unable to read banner]"),
        "dns_failure": _Q(f"{_DNS_ERROR}SERVFAIL"),
        "domain_not_found": _Q(f"{_DNS_ERROR}NXDOMAIN"),
        "null_mx": _Q("The domain {domain} accepts no mail: Null MX"),
        "no_route": _Q("DNS Error: DNS type 'mx' lookup of {domain} had no relevant answers."),
    },
    "gmail_classic": {
        "conn_timeout": _Q(f"{_NO_ANSWER} {_GMAIL_HELP} [{{host}} (1): Connection timed out]"),
        "conn_refused": _Q(f"{_NO_ANSWER} {_GMAIL_HELP} [{{host}} (1): Connection refused]"),
        "conn_lost": _Q(f"{_NO_ANSWER} {_GMAIL_HELP} [{{host}} (1): Connection dropped]"),
        "dns_failure": _Q("DNS Error: Could not contact DNS servers"),
        "domain_not_found": _Q("DNS Error: Domain name not found"),
        "no_route": _Q("DNS Error: DNS server returned answer with no data"),
    },
    "ses": {  # which does not even try an address of its suppression list
        "suppressed": _Q(
            "Amazon SES has suppressed sending to this address because it has a recent history of bouncing "
            "as an invalid address.",
            "5.1.1",
        ),
    },
    "m365": {
        "conn_timeout": _Q("Message expired, connection timed out(Socket error code 10060)", "5.4.316"),
        "conn_refused": _Q("Message expired, connection refused(Socket error code 10061)", "5.4.316"),
        "dns_failure": _Q("Message expired, DNS query failed(ErrorRetry)", "5.4.312"),
        "domain_not_found": _NO_DOMAIN,
        "null_mx": _NO_DOMAIN,
        "no_route": _NO_DOMAIN,
        "expired": _Q("Message expired", "5.4.300"),
        "loop": _Q("Hop count exceeded - possible mail loop", "5.4.6"),
    },
}


def queue_words(scenario: str, dialect: str) -> QueueWords | None:
    """Return what the queue of a dialect writes down about a scenario; None where it is a server that answers."""
    return _TABLES.get(dialect, {}).get(scenario) or _TABLES[STANDARD].get(scenario)
