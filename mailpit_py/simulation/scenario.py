"""The named causes of a failed delivery: when they are told, in which code, and what a client should do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailpit_py.simulation.stage import Stage

GIVE_UP = "Do not retry. Mark the address as undeliverable and stop sending to it."
FIX_AND_RESEND = "Do not retry unchanged. The address is good: mend the cause, then send again."
RETRY = "Keep the message and retry: first after minutes, then in growing intervals, for four to five days."
SLOW_DOWN = "Keep the message, send less at once, and retry in growing intervals."


@dataclass(frozen=True, slots=True)
class Scenario:
    """One cause in the sandbox's own words; providers may say it in another code and at another stage."""

    name: str
    stage: Stage
    code: int
    status: str
    text: str
    explanation: str
    advice: str
    aliases: tuple[str, ...] = ()


_R, _M, _C = Stage.RCPT, Stage.MAIL, Stage.CONTENT

_MAILBOX = (
    Scenario("unknown_user", _R, 550, "5.1.1", "<{recipient}>: no such mailbox here",
             "Nobody with this name receives mail at this domain.", GIVE_UP, ("no_such_user", "user_unknown")),
    Scenario("recipient_not_found", _R, 550, "5.1.1", "<{recipient}>: recipient not found in the directory",
             "The domain's directory was searched and holds no such address.", GIVE_UP),
    Scenario("disabled", _R, 550, "5.2.1", "<{recipient}>: this mailbox is disabled",
             "The mailbox exists, but its owner or the provider has switched it off.", GIVE_UP, ("suspended",)),
    Scenario("inactive", _R, 550, "5.2.1", "<{recipient}>: mailbox has not been used for a long time",
             "The mailbox exists, but was closed because nobody used it.", GIVE_UP),
    Scenario("moved", _R, 551, "5.1.6", "<{recipient}>: mailbox has moved and left no new address",
             "The recipient has left and no forwarding address is known.", GIVE_UP),
    Scenario("ambiguous", _R, 553, "5.1.4", "<{recipient}>: more than one mailbox fits this address",
             "The address fits several people and the server will not guess.", FIX_AND_RESEND),
    Scenario("address_syntax", _R, 501, "5.1.3", "<{recipient}>: not a valid recipient address",
             "The server does not accept the way this address is written.", GIVE_UP, ("bad_address",)),
    Scenario("mailbox_full", _R, 452, "4.2.2", "<{recipient}>: mailbox is full",
             "The mailbox has used up its space; it may be tidied up soon.", RETRY, ("over_quota",)),
    Scenario("mailbox_full_hard", _R, 552, "5.2.2", "<{recipient}>: mailbox is full and no longer in use",
             "The mailbox has been full for so long that the provider has given it up.", GIVE_UP),
    Scenario("owner_changed", _R, 550, "5.7.17", "<{recipient}>: its owner has been replaced by somebody else",
             "The address belongs to somebody else now (RFC 7293).", GIVE_UP),
    Scenario("group_restricted", _R, 550, "5.7.2", "<{recipient}>: you are not allowed to post to this mailing list",
             "A list or group accepts mail from certain senders only.", FIX_AND_RESEND, ("list_restricted",)),
    Scenario("suppressed", _R, 550, "5.7.1", "<{recipient}>: denied by policy, suppressed after a hard bounce",
             "An earlier hard bounce or complaint has put this address on a suppression list.", GIVE_UP),
    Scenario("downstream", _C, 550, "5.2.0", "<{recipient}>: refused by the next server, which has no such recipient",
             "A gateway took the message and the server behind it knows no such recipient.", GIVE_UP),
    Scenario("eai_unsupported", _R, 550, "5.6.7", "Addresses with other than ASCII characters are not supported",
             "The next server cannot take internationalised addresses (RFC 6531).", FIX_AND_RESEND),
)  # fmt: skip

_ROUTE = (
    Scenario("domain_not_found", _R, 550, "5.1.2", "<{recipient}>: domain does not exist",
             "The domain after the @ is not in the DNS.", GIVE_UP, ("no_such_domain",)),
    Scenario("null_mx", _R, 556, "5.1.10", "<{recipient}>: domain does not accept mail (null MX)",
             "The domain says in the DNS that it never takes mail (RFC 7505).", GIVE_UP),
    Scenario("dns_failure", _R, 451, "4.4.3", "<{recipient}>: name server did not answer",
             "The domain could not be looked up just now.", RETRY, ("dns_temp", "dns_error")),
    Scenario("no_route", _R, 550, "5.4.4", "<{recipient}>: no route to this domain",
             "The domain exists, but no server is named for its mail.", GIVE_UP),
    Scenario("loop", _C, 554, "5.4.6", "Too many hops: the message is going round in circles",
             "Servers hand the message to each other for ever.", FIX_AND_RESEND, ("routing_loop",)),
    Scenario("conn_timeout", _R, 451, "4.4.1", "<{recipient}>: next server does not answer",
             "The server responsible for the domain could not be reached in time.", RETRY, ("no_answer",)),
    Scenario("conn_refused", _R, 451, "4.4.1", "<{recipient}>: next server refuses connections",
             "The server responsible for the domain takes no connection now.", RETRY),
    Scenario("conn_lost", _C, 451, "4.4.2", "Connection to the next server was lost",
             "The connection broke while the message was being handed on.", RETRY, ("bad_connection",)),
    Scenario("congested", _R, 451, "4.4.5", "Too busy: too many connections to this system",
             "The mail system is overloaded.", SLOW_DOWN, ("congestion",)),
    Scenario("expired", _C, 550, "5.4.7", "Delivery time expired",
             "The message was tried for days without success and is given up.", GIVE_UP),
    Scenario("relay_denied", _R, 554, "5.7.1", "<{recipient}>: relaying denied",
             "The server is not responsible for this domain and hands nothing on for strangers.", FIX_AND_RESEND,
             ("relay",)),
)  # fmt: skip

_SENDER = (
    Scenario("sender_rejected", _M, 550, "5.7.1", "<{sender}>: sender rejected",
             "The envelope sender is on a block list of the receiver.", FIX_AND_RESEND),
    Scenario("sender_syntax", _M, 501, "5.1.7", "<{sender}>: not a valid sender address",
             "The envelope sender is not written as an address.", FIX_AND_RESEND),
    Scenario("sender_domain", _M, 550, "5.1.8", "<{sender}>: domain of the sender does not exist",
             "The envelope sender's domain is not in the DNS.", FIX_AND_RESEND),
    Scenario("sender_verify", _R, 550, "5.1.7", "<{sender}>: sender could not be verified",
             "The receiver asked the sender's server, which knows no such address.", FIX_AND_RESEND),
    Scenario("helo", Stage.HELO, 504, "5.5.2", "HELO command rejected: <{helo}> is not a full host name",
             "The client does not introduce itself with a full host name.", FIX_AND_RESEND),
    Scenario("auth_required", _M, 530, "5.7.0", "Authentication required",
             "The client must log in before it sends.", FIX_AND_RESEND),
    Scenario("auth_failed", Stage.AUTH, 535, "5.7.8", "Authentication failure: credentials invalid",
             "The user name or the password is wrong.", FIX_AND_RESEND),
    Scenario("auth_temporary", Stage.AUTH, 454, "4.7.0", "Temporary authentication failure",
             "The server could not check the password now.", RETRY),
    Scenario("auth_weak", Stage.AUTH, 534, "5.7.9", "Authentication failure: the mechanism is too weak",
             "The account demands a stronger mechanism, or a password for applications.", FIX_AND_RESEND),
    Scenario("auth_disabled", Stage.AUTH, 525, "5.7.13", "This account has been suspended",
             "The account of the client has been switched off.", FIX_AND_RESEND),
    Scenario("auth_encryption", Stage.AUTH, 538, "5.7.11", "Authentication failure: this mechanism needs TLS",
             "The password would travel in clear; the server insists on TLS first.", FIX_AND_RESEND),
    Scenario("tls_required", _M, 530, "5.7.0", "Must issue STARTTLS first: TLS required but not supported here",
             "The server takes mail over encrypted connections only.", FIX_AND_RESEND, ("tls",)),
    Scenario("tls_unavailable", Stage.STARTTLS, 454, "4.7.0", "TLS not available: TLS required but not supported now",
             "The server offers STARTTLS and cannot keep its word at the moment.", RETRY),
)  # fmt: skip

_POLICY = (
    Scenario("spam", _C, 550, "5.7.1", "Message looks like spam and is refused",
             "A filter takes the content for unsolicited mail.", FIX_AND_RESEND),
    Scenario("virus", _C, 554, "5.7.0", "Virus detected in the message",
             "A scanner found something harmful in the content.", FIX_AND_RESEND),
    Scenario("attachment", _C, 552, "5.7.0", "There is an illegal attachment on your message",
             "The type of an attachment is forbidden here.", FIX_AND_RESEND),
    Scenario("content_rejected", _C, 554, "5.6.0", "Message content rejected",
             "The content breaks a rule of the receiver.", FIX_AND_RESEND),
    Scenario("policy", _C, 550, "5.7.1", "Message rejected due to local policy",
             "The receiver does not want this message and does not say more.", FIX_AND_RESEND),
    Scenario("unauthenticated", _C, 550, "5.7.26", "Unauthenticated senders not allowed: {sender_domain}",
             "The sending domain passes too few of SPF, DKIM and DMARC.", FIX_AND_RESEND),
    Scenario("dmarc", _C, 550, "5.7.26", "Mail from {sender_domain} fails its DMARC policy",
             "Neither SPF nor DKIM vouches for the domain in From, and its owner asks to refuse.", FIX_AND_RESEND),
    Scenario("spf", _C, 550, "5.7.23", "{client} is not in the SPF record of {sender_domain}",
             "The client's address is not in the SPF record of the sending domain.", FIX_AND_RESEND),
    Scenario("dkim", _C, 550, "5.7.20", "DKIM verification failure: no valid signature found",
             "No DKIM signature of the message passes.", FIX_AND_RESEND),
    Scenario("ptr", _R, 550, "5.7.25", "{client} has no name that leads back to it: reverse DNS required",
             "The client's address has no host name that leads back to it.", FIX_AND_RESEND, ("reverse_dns",)),
    Scenario("blocked_ip", _R, 554, "5.7.1", "Access from IP address {client} blocked",
             "The receiver has blocked the client's address.", FIX_AND_RESEND, ("blocked",)),
    Scenario("rbl", _R, 554, "5.7.1", "{client} is blocked using a public block list",
             "The client's address is on a DNS block list that the receiver asks.", FIX_AND_RESEND, ("blocklist",)),
    Scenario("low_reputation", _C, 550, "5.7.1", "IP/domain reputation problems with {client} and {sender_domain}",
             "Too many people have complained about the domain's mail.", FIX_AND_RESEND, ("reputation",)),
    Scenario("greylisted", _R, 451, "4.7.1", "Greylisted, please try again later",
             "The receiver does not know this sender yet and wants to see a retry.", RETRY, ("greylist",)),
    Scenario("rate_limited", _R, 450, "4.2.1", "<{recipient}>: has exceeded the max emails per hour that it takes",
             "The mailbox receives mail faster than the provider allows.", SLOW_DOWN, ("rate",)),
    Scenario("rate_limited_ip", _R, 421, "4.7.28", "Connection rate limit exceeded by {client}",
             "The client's address sends faster than the provider allows.", SLOW_DOWN, ("rate_ip", "flood")),
    Scenario("too_many_connections", Stage.CONNECT, 421, "4.7.0", "Too many connections from {client}",
             "The client has more connections open than the server allows.", SLOW_DOWN),
    Scenario("deferred", _M, 421, "4.7.0", "Messages from {client} temporarily deferred due to user complaints",
             "The provider slows the client down after unexpected volume or complaints.", SLOW_DOWN),
    Scenario("deferred_forever", _M, 421, "4.7.1", "Mail from {client} is deferred for good",
             "The code says try later, the provider means never.", FIX_AND_RESEND, ("perm_deferred",)),
    Scenario("too_many_recipients", _R, 452, "4.5.3", "Too many recipients in one transaction",
             "The server takes a limited number of recipients for each message.",
             "Send to the rest in another transaction at once.", ("too_many_rcpts",)),
    Scenario("too_large", _C, 552, "5.3.4", "Message is larger than this system accepts",
             "The message exceeds the size limit of the mail system.", FIX_AND_RESEND, ("too_big",)),
    Scenario("too_large_mailbox", _C, 552, "5.2.3", "<{recipient}>: message is larger than this mailbox accepts",
             "The message exceeds the limit of this one mailbox.", FIX_AND_RESEND),
)  # fmt: skip

_SYSTEM = (
    Scenario("system_full", _R, 452, "4.3.1", "Mail system full: not enough disk space",
             "The mail server's disk is full.", RETRY),
    Scenario("system_error", _R, 451, "4.3.0", "Local error in processing, please try again later",
             "Something inside the mail server went wrong.", RETRY, ("local_error",)),
    Scenario("shutting_down", _R, 421, "4.3.2", "Service is shutting down",
             "The server is being restarted or maintained and closes the connection.", RETRY, ("maintenance",)),
    Scenario("never_accepts", Stage.CONNECT, 521, "5.3.2", "This host does not accept mail",
             "The machine is no mail server and never will be (RFC 7504).", GIVE_UP),
    Scenario("misconfigured", _R, 550, "5.3.5", "Server configuration error on this system",
             "The receiver's configuration is broken and it knows.", GIVE_UP),
)  # fmt: skip

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (*_MAILBOX, *_ROUTE, *_SENDER, *_POLICY, *_SYSTEM)}
)
ALIASES: Mapping[str, str] = MappingProxyType(
    {alias: scenario.name for scenario in SCENARIOS.values() for alias in scenario.aliases}
)
