"""Other mailbox providers: Yahoo with AOL, and iCloud."""

from __future__ import annotations

from mailpit_py.simulation.provider.wording import CONTENT, MAIL, Provider, Words

_YAHOO_HELP = "https://postmaster.yahooinc.com/error-codes"
_APPLE_HELP = "https://support.apple.com/en-us/HT204137"
_YAHOO = {
    "disabled": Words(554, "", "delivery error: dd Sorry, your message to {recipient} cannot be delivered. "
                      "This mailbox is disabled (554.30). - mta1001.mail.example", CONTENT),
    "policy": Words(554, "5.7.9", f"Message not accepted for policy reasons. See {_YAHOO_HELP}", CONTENT),
    "deferred": Words(421, "4.7.0", "[TSS04] Messages from {client} temporarily deferred due to unexpected volume "
                      f"or user complaints - 4.16.55.1; see {_YAHOO_HELP}", MAIL),
    "deferred_forever": Words(421, "4.7.1", "[TS03] All messages from {client} will be permanently deferred; "
                              f"Retrying will NOT succeed. See {_YAHOO_HELP}", MAIL),
    "rbl": Words(553, "5.7.1", "[BL21] Connections will not be accepted from {client}, because the ip is in "
                 f"Spamhaus's list; see {_YAHOO_HELP}", MAIL),
    "mailbox_full": Words(552, "5.2.2", "mailbox over quota", CONTENT),
}  # fmt: skip


def _unknown_user(service: str) -> Words:
    said = f"delivery error: dd This user doesn't have a {service} account ({{recipient}}) [0] - mta1001.mail.example"
    return Words(554, "", said, CONTENT)


PROVIDERS = (
    Provider("yahoo", "Yahoo Mail", {**_YAHOO, "unknown_user": _unknown_user("yahoo.com")}),
    Provider("aol", "AOL Mail", {**_YAHOO, "unknown_user": _unknown_user("aol.com")}),
    Provider("icloud", "iCloud Mail", {
        "unknown_user": Words(550, "5.1.1", "<{recipient}>: user does not exist"),
        "inactive": Words(550, "5.1.1", "<{recipient}>: inactive email address"),
        "mailbox_full": Words(552, "5.2.2", "<{recipient}>: user is over quota"),
        "moved": Words(550, "5.1.6", "recipient no longer on server: {recipient}"),
        "dmarc": Words(554, "5.7.1", "Your message was rejected due to {sender_domain}'s DMARC policy. "
                       f"See {_APPLE_HELP}", CONTENT),
        "policy": Words(550, "5.7.1", f"[CS01] Message rejected due to local policy. See {_APPLE_HELP}", CONTENT),
        "rbl": Words(550, "5.7.0", "Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip={client}"),
        "rate_limited": Words(421, "4.7.1", "Messages to {recipient} deferred due to excessive volume. "
                              "Try again later"),
        "relay_denied": Words(554, "5.7.1", "<{recipient}>: Relay access denied"),
    }),
)  # fmt: skip
