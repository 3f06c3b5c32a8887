"""What an enhanced status code means together with the words it stands in, where that is not what is registered.

Microsoft and Google have codes of their own, some against the registry; others say one code for many causes.
"""

from __future__ import annotations

import re

_EXCHANGE = r"RESOLVER\.|not found by SMTP address lookup|RecipientNotFound"
_EDGE = r"Recipient address rejected: Access denied"
_GMAIL = r"gsmtp|Gmail requires"
_NOTHING = r"[45]\.0\.0"
_NOBODY = "there is no such mailbox"
_GREYLISTING = "the receiver waits for another try (greylisting)"
_STRANGERS = "the server hands nothing on for strangers"
_BLOCKED = "the client's address is blocked"
_ENCRYPTION = "encryption is needed"
# The code, what the words that come with it must have, and the meaning; the first that fits counts.
_MEANINGS = tuple(
    (re.compile(code), re.compile(words, re.IGNORECASE), meaning)
    for code, words, meaning in (
        (r"5\.1\.10", _EXCHANGE, _NOBODY),
        (r"5\.4\.1", _EDGE, _NOBODY),
        (r"5\.5\.0", r"mailbox unavailable", _NOBODY),
        (r"5\.1\.351", "", "the next server knows no such mailbox"),
        (r"[45]\.2\.12[12]", "", "the mailbox has received too much mail within an hour"),
        (r"[45]\.4\.300", "", "the message was not delivered before its time was up"),
        (r"[45]\.4\.310", "", "the domain does not exist or takes no mail"),
        (r"[45]\.4\.312", "", "a directory or name server did not answer"),
        (r"[45]\.4\.316", "", "the connection was refused or timed out"),
        (r"[45]\.4\.317", "", "no encrypted connection could be made"),
        (r"5\.7\.64", "", _STRANGERS),
        (r"5\.7\.13[3-6]", "", "only some senders may write to this address"),
        (r"5\.7\.321", "", "encryption is needed and not supported"),
        (r"5\.7\.50[1-3]", "", "the sender is taken for a spammer"),
        (r"5\.7\.506", "", "the client's name in EHLO is not accepted"),
        (r"5\.7\.509", "", "the message fails the DMARC policy of the sender's domain"),
        (r"5\.7\.511", "", "the sender is banned"),
        (r"5\.7\.515", "", "the sender's domain is not authenticated well enough"),
        (r"5\.7\.6(0[6-9]|[1-4][0-9])", "", _BLOCKED),
        (r"5\.7\.7[0-4][0-9]", "", "the sender's account or organisation may send no more"),
        (r"4\.7\.([56][0-9]|8[5-9])[0-9]", "", "too much mail is coming in from this sender"),
        (r"[45]\.7\.27", _GMAIL, "SPF does not allow this client to send for the domain"),
        (r"[45]\.7\.29", _GMAIL, _ENCRYPTION),
        (r"[45]\.7\.30", _GMAIL, "no DKIM signature passed"),
        (r"[45]\.7\.32", _GMAIL, "the domain in From is not the one that SPF or DKIM vouches for"),
        (r"5\.7\.9", r"policy", "the receiver's policy stands against the message"),  # Yahoo's
        (r"5\.6\.1", r"content rejected", "something is wrong with the content"),  # SES's
        (r"4\.[27]\.[01]", r"grey-?list|gray-?list", _GREYLISTING),
        (r"4\.2\.1", r"\brate\b|too (many|quickly)|max emails", "the mailbox gets more mail than it may now"),
        (r"5\.1\.7", r"verif", "the sender's address could not be verified"),
        (r"5\.5\.[24]", r"\bhelo\b|\behlo\b", "the client's name in EHLO is not accepted"),
        (r"5\.7\.[01]", r"relay", _STRANGERS),
        (r"5\.7\.[01]", r"\bDMARC\b", "the message fails the DMARC policy of the sender's domain"),
        (r"5\.7\.[01]", r"reputation", "the client or the sender's domain has a bad reputation"),
        (r"5\.7\.[01]", r"\bspam\b|unsolicited", "the message is taken for spam"),
        (r"5\.7\.[01]", r"block ?list|blocked using|blocked - see|\bBL[0-9]{2}\b|address \S+ blocked", _BLOCKED),
        (r"[45]\.7\.0", r"\bTLS\b|STARTTLS", _ENCRYPTION),
        (r"4\.7\.[01]", r"too many|deferred", "too much mail is coming in from this sender"),
        # What says nothing by its code, as Exim's reports and replies without one: the words of the usual servers.
        (_NOTHING, r"no such user|user unknown|unknown user|no mailbox here|invalid recipient", _NOBODY),
        (_NOTHING, r"user does ?n[o']t exist|doesn't have an? \S+ account", _NOBODY),
        (_NOTHING, r"quota|mailbox (is )?full|out of storage", "the mailbox is full"),
        (_NOTHING, r"(mailbox|account) is disabled|mailbox disabled", "the mailbox is disabled"),
        (_NOTHING, r"grey-?list|gray-?list", _GREYLISTING),
        (_NOTHING, r"relay", _STRANGERS),
        (_NOTHING, r"message size|email size|too (big|large)", "the message is too big for the receiving system"),
        (_NOTHING, r"\bSPF\b", "SPF does not allow this client to send for the domain"),
        (_NOTHING, r"\bspam\b|unsolicited", "the message is taken for spam"),
        (_NOTHING, r"block ?list|blocked using", _BLOCKED),
        (_NOTHING, r"timed out|timeout exceeded", "the host did not answer"),
    )
)


def in_words(code: str, words: str) -> str:
    """Return as a clause what a code means in a diagnostic with these words, or nothing for what is registered."""
    for pattern, mark, meant in _MEANINGS:
        if pattern.fullmatch(code) and mark.search(words):
            return meant
    return ""
