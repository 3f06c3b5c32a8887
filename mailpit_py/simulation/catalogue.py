"""The catalogue: a scenario in a provider's words, as the reply that goes over the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from types import MappingProxyType

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation.provider import gateway, gmail, mailbox, microsoft, server
from mailpit_py.simulation.provider.wording import Provider, Words
from mailpit_py.simulation.scenario import ALIASES, SCENARIOS, Scenario
from mailpit_py.simulation.stage import Stage

GENERIC = "generic"
LINE_OCTETS_AT_MOST = 512  # RFC 5321 §4.5.3.1.5, the CRLF included
LINES_AT_MOST = 10
VALUE_CHARACTERS_AT_MOST = 256

PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {GENERIC: Provider(GENERIC, "The sandbox's own words", MappingProxyType({}))}
    | {
        provider.name: provider
        for family in (server, gmail, microsoft, mailbox, gateway)
        for provider in family.PROVIDERS
    }
)

# What a template may name, and what stands there when the dialogue has not told it yet.
PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "recipient": "nobody@dest.example",
        "sender": "bounce@app.example",
        "client": "192.0.2.1",
        "helo": "localhost",
        "domain": "",
        "sender_domain": "",
        "id": "",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell of the matrix scenario x provider; `is_own` is False where the generic words stand in."""

    scenario: Scenario
    provider: str
    words: Words
    is_own: bool

    @property
    def is_permanent(self) -> bool:
        """True for 5xx: the client should not retry."""
        return self.words.code >= 500

    @property
    def local_part(self) -> str:
        """The local part of the simulation address that is answered with this cell."""
        provider = "" if self.provider == GENERIC else f"+{self.provider}"
        return f"bounce+{self.scenario.name}{provider}"


def scenario_named(name: str) -> Scenario | None:
    """Return the scenario of this name or alias, in any case, or None."""
    wanted = name.lower()
    return SCENARIOS.get(ALIASES.get(wanted, wanted))


def entry(scenario: str, provider: str = GENERIC) -> Entry:
    """Return what `provider` says about `scenario`, or the generic words if it is not known to say anything.

    Raises KeyError for a scenario or a provider that the catalogue does not have.
    """
    found = scenario_named(scenario)
    if found is None:
        raise KeyError(scenario)
    own = PROVIDERS[provider.lower() or GENERIC].words.get(found.name)
    generic = Words(found.code, found.status, found.text, found.stage)
    return Entry(found, provider.lower() or GENERIC, own or generic, own is not None or provider in ("", GENERIC))


def matrix() -> Iterator[Entry]:
    """Yield every cell that is a provider's own, scenario by scenario, the generic one first."""
    for scenario in SCENARIOS:
        for provider in PROVIDERS:
            cell = entry(scenario, provider)
            if cell.is_own:
                yield cell


def reply(scenario: str, provider: str = GENERIC, **placeholders: str) -> Reply:
    """Return the reply for a scenario in a provider's words, with the particulars of this dialogue.

    `placeholders` are those of PLACEHOLDERS; missing ones have documentation values. Raises
    KeyError for unknown names.
    """
    return render(entry(scenario, provider).words, **placeholders)


def render(words: Words, **placeholders: str) -> Reply:
    """Fill a provider's template. Values lose control and non-ASCII characters and stay short."""
    if unknown := placeholders.keys() - PLACEHOLDERS.keys():
        raise KeyError(", ".join(sorted(unknown)))
    values = {name: clean(placeholders.get(name) or default) for name, default in PLACEHOLDERS.items()}
    values["domain"] = values["domain"] or values["recipient"].rpartition("@")[2]
    values["sender_domain"] = values["sender_domain"] or values["sender"].rpartition("@")[2]
    values["id"] = values["id"] or _identifier(values)
    return fit(words.code, words.status, words.text.format_map(values))


def fit(code: int, status: str, text: str) -> Reply:
    """Return a reply that keeps SMTP's limits: short lines, few of them, printable ASCII only."""
    room = LINE_OCTETS_AT_MOST - len(f"{code} {status} \r\n")
    lines = [_printable(line)[:room] for line in text.split("\n")[:LINES_AT_MOST]]
    return Reply(code, status, "\n".join(lines))


def temporary(words: Words) -> Words:
    """Return the 4xx form of a provider's reply, as a server says it that is told to defer."""
    if words.code < 500:
        return words
    status = f"4{words.status[1:]}" if words.status else ""
    code = 452 if status == "4.2.2" else {552: 452, 554: 451}.get(words.code, 450)
    code, status = words.deferred or (code, status)
    return replace(words, code=code, status=status)


def clean(value: str) -> str:
    """Return `value` as it may stand inside a reply line."""
    return _printable(value[:VALUE_CHARACTERS_AT_MOST])


def stage_by_address(words: Words) -> Stage:
    """Return when these words can be said about a recipient: not before RCPT names it."""
    return Stage.CONTENT if words.stage is Stage.CONTENT else Stage.RCPT


def _printable(text: str) -> str:
    return "".join(character if " " <= character <= "~" else "?" for character in text)


def _identifier(values: Mapping[str, str]) -> str:
    """Return an opaque id such as providers append: the same particulars give the same id."""
    framed = "\n".join(f"{name}={value}" for name, value in values.items())
    return blake2b(framed.encode(), digest_size=10, person=b"mailpit-py id").hexdigest()
