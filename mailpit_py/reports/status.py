"""Enhanced mail system status codes in plain words (RFC 3463, RFC 5248 and what was registered since)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from mailpit_py.reports import meaning

_SYNTAX = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})")
FIND = re.compile(r"(?<![0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")

_CLASSES = {"2": "Success", "4": "Temporary failure", "5": "Permanent failure"}
_SUBJECTS = {
    "0": "the kind of problem is not known",
    "1": "something about the address",
    "2": "something about the mailbox",
    "3": "something about the mail system",
    "4": "something about the network or the route",
    "5": "something about the SMTP dialogue",
    "6": "something about the content",
    "7": "security or policy",
}
_DETAILS = MappingProxyType(
    {
        "0.0": "nothing more is known",
        "1.0": "something is wrong with the address",
        "1.1": "there is no such mailbox",
        "1.2": "the domain does not exist or takes no mail",
        "1.3": "the recipient's address is not written correctly",
        "1.4": "the address fits more than one mailbox",
        "1.5": "the address is valid",
        "1.6": "the mailbox has moved and left no new address",
        "1.7": "the sender's address is not written correctly",
        "1.8": "the sender's domain does not exist or takes no mail",
        "1.9": "the message went on to a system that will report nothing more",
        "1.10": "the domain says that it takes no mail (null MX)",
        "2.0": "something is wrong with the mailbox",
        "2.1": "the mailbox is disabled",
        "2.2": "the mailbox is full",
        "2.3": "the message is too long for this mailbox",
        "2.4": "the mailing list could not be expanded",
        "3.0": "something is wrong with the receiving system",
        "3.1": "the receiving system's disk is full",
        "3.2": "the receiving system takes no mail now",
        "3.3": "the receiving system lacks a feature that the message needs",
        "3.4": "the message is too big for the receiving system",
        "3.5": "the receiving system is not set up correctly",
        "3.6": "the priority of the message was changed",
        "4.0": "something is wrong with the network",
        "4.1": "the host did not answer",
        "4.2": "the connection was bad or broke",
        "4.3": "a directory or name server did not answer",
        "4.4": "there is no route to the recipient",
        "4.5": "the receiving system is congested",
        "4.6": "the message went round in a loop",
        "4.7": "the message was not delivered before its time was up",
        "4.8": "the host should be tried again over IPv4",
        "5.0": "something went wrong in the SMTP dialogue",
        "5.1": "the command is not valid here",
        "5.2": "a command was not understood",
        "5.3": "there are too many recipients",
        "5.4": "the arguments of a command are not valid",
        "5.5": "the versions of the protocol do not fit",
        "5.6": "a line of the authentication exchange is too long",
        "6.0": "something is wrong with the content",
        "6.1": "the type of the content is not supported",
        "6.2": "the content would have to be converted, and must not be",
        "6.3": "the content would have to be converted, and cannot be",
        "6.4": "the content was converted with loss",
        "6.5": "the content could not be converted",
        "6.6": "the content of the message is not available",
        "6.7": "an address has characters beyond ASCII, which are not permitted here",
        "6.8": "the reply would need UTF-8, which the client did not allow",
        "6.9": "the header has UTF-8, which the next system does not take",
        "6.10": "the reply would need UTF-8, which the client did not allow",
        "7.0": "a security or policy rule stands against it",
        "7.1": "delivery is not authorised: the message was refused",
        "7.2": "only some senders may write to this list",
        "7.3": "the message cannot be converted without losing its security",
        "7.4": "a security feature that is needed is not supported",
        "7.5": "a cryptographic operation failed",
        "7.6": "a cryptographic algorithm is not supported",
        "7.7": "the message was changed on the way",
        "7.8": "the credentials are not valid",
        "7.9": "the authentication mechanism is too weak",
        "7.10": "encryption is needed",
        "7.11": "encryption is needed for this authentication mechanism",
        "7.12": "the password has to be changed over first",
        "7.13": "the account is disabled",
        "7.14": "the two systems do not trust each other",
        "7.15": "the priority of the message is too low",
        "7.16": "the message is too big for its priority",
        "7.17": "the mailbox has another owner than it used to",
        "7.18": "the domain has another owner than it used to",
        "7.19": "it cannot be told whether the mailbox has changed its owner",
        "7.20": "no DKIM signature passed",
        "7.21": "no acceptable DKIM signature passed",
        "7.22": "no DKIM signature of the author's domain passed",
        "7.23": "SPF does not allow this client to send for the domain",
        "7.24": "the SPF check ended in an error",
        "7.25": "the client's address has no valid reverse name",
        "7.26": "several authentication checks failed, DMARC among them",
        "7.27": "the sender's domain says that it takes no mail (null MX)",
        "7.28": "too much mail is coming in from this sender",
        "7.29": "the ARC chain is not valid",
        "7.30": "REQUIRETLS was asked for and is not supported",
    }
)


@dataclass(frozen=True, slots=True)
class Status:
    """An enhanced status code with what it means: `text` is a clause, without capital or full stop."""

    code: str
    text: str

    @property
    def says_nothing(self) -> bool:
        """True for x.0.0 where the words beside it mean nothing either."""
        return self.text == _DETAILS["0.0"]

    @property
    def sentence(self) -> str:
        """The meaning with the class before it, as one sentence."""
        return f"{_CLASSES[self.code[0]]}: {self.text}."


def describe(code: str, words: str = "") -> Status | None:
    """Return what a code means, or None if it is not class.subject.detail (RFC 3463 §2).

    `words` is the diagnostic in which it stands: some providers give a code a sense of their own. One
    that nobody registered or is known to use is described by its subject.
    """
    match = _SYNTAX.fullmatch(code)
    if match is None:
        return None
    subject, detail = (str(int(number)) for number in match.groups()[1:])
    own = meaning.in_words(f"{match[1]}.{subject}.{detail}", words)
    said = own or _DETAILS.get(f"{subject}.{detail}") or _SUBJECTS.get(subject, _SUBJECTS["0"])
    return Status(code, said)


def find(text: str) -> str:
    """Return the first enhanced status code in a text, or `''`."""
    match = FIND.search(text)
    return match[1] if match else ""
