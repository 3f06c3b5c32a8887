"""Filtering gateways in front of other people's servers, and Amazon SES as a receiver."""

from __future__ import annotations

from mailpit_py.simulation.provider.wording import CONTENT, MAIL, Provider, Words

_MIMECAST_HELP = "https://community.mimecast.com/docs/DOC-1369"

PROVIDERS = (
    Provider("mimecast", "Mimecast", {
        "unknown_user": Words(550, "", f"Invalid Recipient - {_MIMECAST_HELP}#550 [{{id}}.us1]"),
        "greylisted": Words(451, "", "Internal resources are temporarily unavailable - "
                            f"{_MIMECAST_HELP}#451 [{{id}}.us1]"),
        "spam": Words(554, "", f"Email rejected due to security policies - {_MIMECAST_HELP}#554 [{{id}}.us1]", CONTENT),
        "spf": Words(550, "", "SPF Sender Invalid - envelope rejected"),
        "tls_required": Words(553, "", "This route requires encryption (TLS)"),
        "too_large": Words(554, "", "Maximum email size exceeded", CONTENT),
        "policy": Words(550, "", "Administrative prohibition - envelope blocked"),
    }),
    Provider("barracuda", "Barracuda", {
        "policy": Words(550, "", "permanent failure for one or more recipients ({recipient}:blocked)", CONTENT),
        "low_reputation": Words(554, "", "Service unavailable; Client host [{client}] blocked using Barracuda "
                                "Reputation; https://www.barracudanetworks.com/reputation/?r=1&ip={client}"),
        "unknown_user": Words(550, "", "permanent failure for one or more recipients "
                              "({recipient}:550 5.1.1 user unknown)"),
        "mailbox_full": Words(550, "", "permanent failure for one or more recipients "
                              "({recipient}:552 5.2.2 mailbox full)"),
    }),
    Provider("proofpoint", "Proofpoint", {
        "unknown_user": Words(550, "5.1.1", "User Unknown"),
        "blocked_ip": Words(554, "5.7.0", "Blocked - see https://ipcheck.proofpoint.com/?ip={client}", MAIL),
        "spam": Words(554, "5.7.1", "Message rejected: spam content", CONTENT),
        "rate_limited": Words(421, "4.7.0", "too many connections from {client}, try again later", MAIL),
    }),
    Provider("ses", "Amazon SES, receiving", {
        "unknown_user": Words(550, "5.1.1", "Mailbox does not exist"),
        "content_rejected": Words(500, "5.6.1", "Message content rejected", CONTENT),
    }),
)  # fmt: skip
