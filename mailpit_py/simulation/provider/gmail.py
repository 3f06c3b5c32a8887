"""Gmail and Google Workspace: each line repeats the enhanced code, the last ends in an id and `gsmtp`."""

from __future__ import annotations

from mailpit_py.simulation.provider.wording import CONTENT, MAIL, Provider, Words

_HELP = "https://support.google.com/mail/?p="
_END = "{id} - gsmtp"

PROVIDERS = (
    Provider("gmail", "Gmail, Google Workspace", {
        "unknown_user": Words(550, "5.1.1", "The email account that you tried to reach does not exist. Please try\n"
                              "double-checking the recipient's email address for typos or\n"
                              f"unnecessary spaces. For more information, go to\n {_HELP}NoSuchUser {_END}"),
        "mailbox_full": Words(452, "4.2.2", "The recipient's inbox is out of storage space. Please direct the\n"
                              f"recipient to\n {_HELP}OverQuotaTemp {_END}"),
        "mailbox_full_hard": Words(552, "5.2.2", "The recipient's inbox is out of storage space and inactive.\n"
                                   f"Please direct the recipient to\n {_HELP}OverQuotaPerm {_END}"),
        "disabled": Words(550, "5.2.1", "The email account that you tried to reach is disabled. "
                          f"For more\ninformation, go to\n {_HELP}DisabledUser {_END}"),
        "low_reputation": Words(550, "5.7.1", "[{client}] blocked due to the very low reputation of the sending\n"
                                f"domain. {_HELP}UnsolicitedMessageError {_END}", CONTENT),
        "spam": Words(550, "5.7.1", "[{client}] message is likely unsolicited mail.\n"
                      f" {_HELP}UnsolicitedMessageError {_END}", CONTENT),
        "dmarc": Words(550, "5.7.26", "Unauthenticated email from {sender_domain} is not accepted due to\n"
                       f"domain's DMARC policy. {_HELP}DmarcRejection {_END}", CONTENT, (421, "4.7.26")),
        "spf": Words(550, "5.7.27", f"Gmail requires senders to authenticate with SPF {_END}", CONTENT,
                     (421, "4.7.27")),
        "dkim": Words(550, "5.7.30", f"Gmail requires senders to authenticate with DKIM {_END}", CONTENT,
                      (421, "4.7.30")),
        "ptr": Words(550, "5.7.25", "[{client}] The IP address sending this message does not have a\n"
                     f"PTR record setup. {_END}", CONTENT, (421, "4.7.23")),
        "rate_limited": Words(450, "4.2.1", "The user you are trying to contact is receiving mail at a rate that\n"
                              f"prevents additional messages from being delivered. {_HELP}ReceivingRate {_END}"),
        "rate_limited_ip": Words(421, "4.7.28", "[{client}] Gmail has detected an unusual rate of\n"
                                 f"unsolicited mail originating from your IP address. {_END}", CONTENT),
        "too_large": Words(552, "5.3.4", "Your message exceeded Google's message size limits. "
                           f"{_HELP}MaxSizeError {_END}", CONTENT),
        "tls_required": Words(550, "5.7.29", f"Gmail requires senders to use TLS/SSL for SMTP {_END}", MAIL,
                              (421, "4.7.29")),
        "relay_denied": Words(550, "5.7.0", f"Mail relay denied [{{client}}]. {_END}"),
        "attachment": Words(552, "5.7.0", "message was blocked because its content presents a potential\n"
                            f"security issue {_END}", CONTENT),
        "greylisted": Words(421, "4.7.0", "[{client}] Try again later, closing connection. " + _END),
    }),
)  # fmt: skip
