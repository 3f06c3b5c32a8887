"""What is known to ask for nothing: envelopes, stage by stage, so that most mail is looked at no further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailpit_py.mail import glimpse
from mailpit_py.mail.envelope import Envelope, Recipient, Session
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.drop_in import POSTMARK_FIELD, parse_sender
from mailpit_py.simulation.header import FIELD
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.stage import Stage
from mailpit_py.storage.likeness import header_section

REMEMBERED_AT_MOST = 8_192
_BEHIND_RCPT = (Stage.DATA, Stage.CONTENT, Stage.AFTER)
_ASKING = (FIELD.lower().encode(), POSTMARK_FIELD.lower().encode())

Said = tuple[Stage, str, str, str]
"""All that can decide about a command where no rule could match: stage, reverse-path, what it names, and the inbox."""


class Ordinary:
    """Remembers what asks for nothing under one configuration; for another one there is another.

    What is in `said` was decided by the full way once, with nothing to count, so that the answer stays
    the same. `note` is called by one thread at a time; everything else may be asked at any time.
    """

    __slots__ = ("_configuration", "_own_rules", "said")

    def __init__(self, configuration: Configuration, own_rules: Mapping[str, RuleIndex]) -> None:
        self._configuration = configuration
        self._own_rules = own_rules  # of inboxes that have some, in place of those of the configuration
        self.said: set[Said] = set()

    def note(self, command: Said) -> None:
        """Remember that who says this asked for nothing, with the stages that follow RCPT.

        Without a rule that could match and without suppression nothing else decides about it.
        """
        stage, sender, named, inbox = command
        if self._configuration.suppression or parse_sender(sender) is not None:
            return
        if len(self.said) >= REMEMBERED_AT_MOST:
            self.said.clear()
        stages = (stage, *_BEHIND_RCPT) if stage is Stage.RCPT else (stage,)
        silent = self._rules_of(inbox).is_silent
        self.said.update((one, sender, named, inbox) for one in stages if silent(one, sender, named))

    def covers(self, stage: Stage, envelope: Envelope, raw: bytes | None, inboxes: Sequence[str]) -> bool:
        """True where nothing can be decided behind RCPT: ordinary addresses, no rule that could match, no field.

        `raw` is the content, None before it is known; `inboxes` has that of each recipient.
        """
        ordinary, sender = self.said, envelope.reverse_path
        for one, inbox in zip(envelope.recipients, inboxes, strict=True):
            if (stage, sender, one.address, inbox) not in ordinary:
                return False
        if raw is None:
            return True
        small = header_section(raw).lower()
        return not asks(small) and all(self._is_silent_about(stage, small, inbox) for inbox in set(inboxes))

    def _rules_of(self, inbox: str) -> RuleIndex:
        own = self._own_rules.get(inbox)
        return self._configuration.rules if own is None else own

    def _is_silent_about(self, stage: Stage, small: bytes, inbox: str) -> bool:
        """True if no rule of an inbox asks for anything because of a header section in small letters."""
        rules = self._rules_of(inbox)
        if not (names := rules.fields_at(stage)):
            return True
        fields = glimpse(small, names)  # rules look at texts in any case
        return fields is not None and rules.is_silent_about(stage, fields)


def said(stage: Stage, session: Session, envelope: Envelope | None, recipient: Recipient | None, inbox: str) -> Said:
    """Return what is said at a stage before the content."""
    if stage is Stage.HELO:
        return stage, "", session.helo, inbox
    return stage, envelope.reverse_path if envelope else "", recipient.address if recipient else "", inbox


def asks(small: bytes) -> bool:
    """True if a header section in small letters has the name of a field that asks for a failure."""
    return _ASKING[0] in small or _ASKING[1] in small
