"""Microsoft: Exchange Online (m365) and the consumer mailboxes of Outlook.com (outlook)."""

from __future__ import annotations

from mailpit_py.simulation.provider.wording import CONTENT, MAIL, Provider, Words

_SERVER = "[AB1PEPF00000001.eurprd01.prod.outlook.com]"

PROVIDERS = (
    Provider("m365", "Microsoft 365, Exchange Online", {
        "unknown_user": Words(550, "5.4.1", f"Recipient address rejected: Access denied. {_SERVER}"),
        "recipient_not_found": Words(550, "5.1.10", "RESOLVER.ADR.RecipientNotFound; "
                                     "Recipient not found by SMTP address lookup"),
        "mailbox_full": Words(554, "5.2.2", "mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", CONTENT),
        "blocked_ip": Words(550, "5.7.606", "Access denied, banned sending IP [{client}] (AS16012609)", MAIL),
        "spam": Words(550, "5.7.501", "Access denied, spam abuse detected from IP", CONTENT),
        "dmarc": Words(550, "5.7.509", "Access denied, sending domain {sender_domain} does not pass DMARC "
                       "verification and has a DMARC policy of reject.", CONTENT),
        "spf": Words(550, "5.7.23", "The message was rejected because of Sender Policy Framework violation", CONTENT),
        "rate_limited": Words(451, "4.7.500", "Server busy. Please try again later from [{client}].", MAIL),
        "rate_limited_ip": Words(451, "4.7.650", "The mail server [{client}] has been temporarily rate limited "
                                 "due to IP reputation.", MAIL),
        "too_large": Words(550, "5.2.3", "RESOLVER.RST.RecipSizeLimit; message too large for this recipient", CONTENT),
        "relay_denied": Words(550, "5.7.64", "TenantAttribution; Relay Access Denied"),
        "group_restricted": Words(550, "5.7.133", "RESOLVER.RST.SenderNotAuthenticatedForGroup; "
                                  "sender not authenticated for group", CONTENT),
        "tls_required": Words(550, "5.7.321", "starttls-not-supported: Destination mail server must support TLS "
                              "to receive mail.", CONTENT),
        "expired": Words(550, "5.4.300", "Message expired", CONTENT),
        "domain_not_found": Words(550, "5.4.310", "DNS domain {domain} does not exist", CONTENT),
        "downstream": Words(550, "5.1.351", "Remote server returned unknown recipient or mailbox unavailable", CONTENT),
    }),
    Provider("outlook", "Outlook.com, Hotmail", {
        "unknown_user": Words(550, "5.5.0", "Requested action not taken: mailbox unavailable (S2017062302)."),
        "mailbox_full": Words(554, "5.2.2", "mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", CONTENT),
        "blocked_ip": Words(550, "5.7.1", "Unfortunately, messages from [{client}] weren't sent. Please contact your "
                            "Internet service provider since part of their network is on our block list (S3150).",
                            MAIL),
        "unauthenticated": Words(550, "5.7.515", "Access denied, sending domain {sender_domain} does not meet the "
                                 "required authentication level.", CONTENT),
    }),
)  # fmt: skip
