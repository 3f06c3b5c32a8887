"""A refusal before its particulars are known: by scenario, by enhanced code, or by code and text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation.catalogue import GENERIC, PROVIDERS, entry, fit, render, scenario_named, temporary
from mailpit_py.simulation.provider.wording import Words
from mailpit_py.simulation.scenario import ALIASES, SCENARIOS
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.token import nearest

STATUS = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}", re.ASCII)
TEXT_CHARACTERS_AT_MOST = 5_000

# RFC 5321 §4.2.2, §4.2.3, RFC 4954 §6 and RFC 7504: the codes that SMTP knows for refusals.
KNOWN_CODES: Mapping[int, str] = MappingProxyType(
    {
        421: "Service not available, closing the connection",
        432: "A password transition is needed",
        450: "Mailbox unavailable now",
        451: "Local error in processing",
        452: "Not enough storage now",
        454: "Temporary authentication failure",
        455: "Parameters cannot be honoured now",
        500: "Syntax error, command not recognised",
        501: "Syntax error in parameters",
        502: "Command not implemented",
        503: "Bad sequence of commands",
        504: "Parameter not implemented",
        521: "Host does not accept mail",
        523: "Encryption needed",
        525: "Account disabled",
        530: "Authentication required",
        534: "Authentication mechanism is too weak",
        535: "Authentication credentials invalid",
        538: "Encryption required for this mechanism",
        541: "Message refused by the recipient's filter",
        550: "Mailbox unavailable",
        551: "User not local",
        552: "Storage allocation exceeded",
        553: "Mailbox name not allowed",
        554: "Transaction failed",
        555: "Parameters not recognised",
        556: "Domain does not accept mail",
        571: "Message refused",
    }
)
# The scenario that tells an enhanced code best, where several share it.
_FIRST_CHOICE = MappingProxyType(
    {"5.7.1": "policy", "5.7.0": "policy", "4.7.0": "deferred", "4.4.1": "conn_timeout", "5.1.10": "null_mx",
     "5.2.1": "disabled", "5.7.26": "dmarc", "5.3.4": "too_large"}
)  # fmt: skip

# Exchange Online refuses whom it does not know at its edge (5.4.1); about what it has taken, its directory reports.
_LATER: Mapping[tuple[str, str], str] = MappingProxyType({("m365", "unknown_user"): "recipient_not_found"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What shall be said, as a user asked for it; `reply` turns it into the words of the dialogue.

    Given are a scenario, or an enhanced `status`, or a `code` with its text, and perhaps a provider
    in whose words; `is_temporary` asks for the 4xx form. Raises ValueError for a code that is no
    refusal, or names that the catalogue does not have.
    """

    scenario: str = ""
    provider: str = ""
    code: int = 0
    status: str = ""
    text: str = ""
    is_temporary: bool = False

    def __post_init__(self) -> None:
        if self.scenario and scenario_named(self.scenario) is None:
            meant = nearest(self.scenario, (*SCENARIOS, *ALIASES))
            raise ValueError(f"no scenario is called {self.scenario}{f'; did you mean {meant}?' if meant else ''}")
        if self.provider and self.provider not in PROVIDERS:
            raise ValueError(f"no provider is called {self.provider}")
        if self.code and not 400 <= self.code <= 599:
            raise ValueError(f"{self.code} is not a refusal: it takes a code from 400 to 599")
        if self.status and not STATUS.fullmatch(self.status):
            raise ValueError(f"{self.status} is not an enhanced code such as 5.1.1")
        if self.code and self.status and self.status[0] != str(self.code)[0]:
            raise ValueError(f"{self.status} does not go with {self.code}")
        if len(self.text) > TEXT_CHARACTERS_AT_MOST:
            raise ValueError(f"a reply's text has at most {TEXT_CHARACTERS_AT_MOST} characters")
        if not (self.scenario or self.code or self.status):
            raise ValueError("a refusal needs a scenario, a code or an enhanced code")

    @property
    def words(self) -> Words:
        """The template that this refusal says, with its code and its stage."""
        words = self._base()
        if self.status:
            words = replace(words, status=self.status, code=self.code or _code_for(self.status, words))
        elif self.code and self.scenario:
            words = replace(words, code=self.code, status=_status_for(self.code, words.status))
        return temporary(words) if self.is_temporary else words

    @property
    def cause(self) -> str:
        """The catalogue's scenario behind it, or nothing for a bare code."""
        found = scenario_named(self.scenario)
        return found.name if found else _scenario_for(self.status)

    def in_report(self) -> Refusal:
        """Return the same refusal as its provider words it after acceptance, where that is not as in the dialogue."""
        other = _LATER.get((self.provider, self.cause))
        return replace(self, scenario=other) if other and not (self.code or self.status or self.text) else self

    def spoken_by(self, provider: str) -> Refusal:
        """Return the same refusal in the words of `provider`, unless it has chosen one itself."""
        return self if self.provider or not provider else replace(self, provider=provider)

    def reply(self, **placeholders: str) -> Reply:
        """Return the reply, with the placeholders of the catalogue filled in."""
        words = self.words
        return fit(words.code, words.status, self.text) if self.text else render(words, **placeholders)

    def _base(self) -> Words:
        if cause := self.cause:
            return entry(cause, self.provider or GENERIC).words
        code = self.code or _code_for(self.status, None)
        said = KNOWN_CODES.get(code, "Refused on request" if code >= 500 else "Deferred on request")
        return Words(code, f"{str(code)[0]}.0.0", said, Stage.RCPT)


def _scenario_for(status: str) -> str:
    """Return the scenario that an enhanced code means, whatever its class, or nothing."""
    if status in _FIRST_CHOICE or not status:
        return _FIRST_CHOICE.get(status, "")
    exact = (scenario.name for scenario in SCENARIOS.values() if scenario.status == status)
    other = (scenario.name for scenario in SCENARIOS.values() if scenario.status[2:] == status[2:])
    return next(exact, "") or next(other, "")


def _code_for(status: str, words: Words | None) -> int:
    """Return the three-digit code that goes with an enhanced code (RFC 5248's registry, else by class)."""
    if words is not None and str(words.code)[0] == status[0]:
        return words.code
    if status[0] == "4":
        return 450 if status[2:4] in ("1.", "2.") else 451
    return 550 if status[2:4] in ("1.", "2.", "7.") else 554


def _status_for(code: int, status: str) -> str:
    """Return `status` with the class of `code`."""
    return f"{str(code)[0]}{status[1:]}" if status else ""
