"""Mail servers that people run themselves, with the words of their default configuration."""

from __future__ import annotations

from mailpit_py.simulation.provider.wording import CONTENT, MAIL, Provider, Words

_REJECTED = "<{recipient}>: Recipient address rejected"

PROVIDERS = (
    Provider("postfix", "Postfix", {
        "unknown_user": Words(550, "5.1.1", f"{_REJECTED}: User unknown in virtual mailbox table"),
        "mailbox_full": Words(452, "4.2.2", f"{_REJECTED}: Mailbox full"),
        "relay_denied": Words(554, "5.7.1", "<{recipient}>: Relay access denied"),
        "rbl": Words(554, "5.7.1", "Service unavailable; Client host [{client}] blocked using zen.spamhaus.org; "
                     "https://www.spamhaus.org/query/ip/{client}"),
        "greylisted": Words(450, "4.2.0", f"{_REJECTED}: Greylisted, see "
                            "http://postgrey.schweikert.ch/help/{domain}.html"),
        "too_large": Words(552, "5.3.4", "Message size exceeds fixed limit", MAIL),
        "sender_domain": Words(450, "4.1.8", "<{sender}>: Sender address rejected: Domain not found"),
        "helo": Words(504, "5.5.2", "<{helo}>: Helo command rejected: need fully-qualified hostname"),
        "tls_required": Words(530, "5.7.0", "Must issue a STARTTLS command first", MAIL),
        "spam": Words(550, "5.7.1", "Spam message rejected", CONTENT),
    }),
    Provider("exim", "Exim", {
        "unknown_user": Words(550, "", "No Such User Here"),
        "relay_denied": Words(550, "", "relay not permitted"),
        "mailbox_full": Words(552, "", "Mailbox quota exceeded", CONTENT),
        "sender_verify": Words(550, "", "Sender verify failed"),
    }),
    Provider("sendmail", "Sendmail", {
        "unknown_user": Words(550, "5.1.1", "<{recipient}>... User unknown"),
        "mailbox_full": Words(552, "5.2.2", "<{recipient}>... Mailbox full", CONTENT),
        "relay_denied": Words(550, "5.7.1", "<{recipient}>... Relaying denied"),
    }),
    Provider("qmail", "qmail", {
        "unknown_user": Words(550, "", "sorry, no mailbox here by that name (#5.1.1 - chkuser)"),
        "mailbox_full": Words(552, "", "sorry, recipient mailbox is full (#5.2.2 - chkuser)"),
        "relay_denied": Words(553, "", "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        "too_large": Words(552, "", "sorry, that message size exceeds my databytes limit (#5.3.4)", CONTENT),
    }),
)  # fmt: skip
