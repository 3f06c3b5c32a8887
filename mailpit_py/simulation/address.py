"""The grammar of simulation addresses: docs/simulation-addresses.md has its ABNF."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from mailpit_py.mail.envelope import Reply
from mailpit_py.simulation.catalogue import PROVIDERS, fit
from mailpit_py.simulation.plan import VERBS, Misuse, Options, Plan, Verb, build, collect
from mailpit_py.simulation.refusal import KNOWN_CODES, STATUS
from mailpit_py.simulation.token import BARE_CODE, Kind, Token, nearest, read

OWN_DOMAINS = ("bounce.example.com", "bounce.test")
LOCAL_OCTETS_AT_MOST = 64  # RFC 5321 §4.5.3.1.1
# RFC 5321 §4.5.1 and RFC 2142: what a domain must answer is no typo.
RESERVED = frozenset({"postmaster", "abuse"})
_NUMBER = re.compile(r"[0-9]+")
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an address means: a plan, an error to say at RCPT, or neither for ordinary mail.

    `hint` is a sentence for ordinary mail whose address looks like a simulation address.
    """

    plan: Plan | None = None
    error: Reply | None = None
    hint: str = ""

    @property
    def is_ordinary(self) -> bool:
        """True if the address simulates nothing."""
        return self.plan is None and self.error is None


ORDINARY = Parsed()


@dataclass(frozen=True, slots=True)
class _Words:
    """A local part, taken apart: its words without the label, and whether they were joined by `-`."""

    words: tuple[str, ...]
    label: str
    has_label: bool
    separator: str


def parse(address: str, domains: Sequence[str] = OWN_DOMAINS, provider: str = "") -> Parsed:
    """Return what a recipient's address asks for; never raises.

    On `domains` and their subdomains the grammar is strict and a slip is an error; elsewhere an
    address acts only if it begins with a verb and `+` and each of its words is understood.
    `provider` is in whose words the domain speaks; a subdomain of an own domain may name one.
    """
    local, _, domain = address.rpartition("@")
    domain = domain.lower().rstrip(".")
    own = own_domain(domain, domains)
    if own is None:
        return _elsewhere(local, domain, provider)
    local = _unquoted(local)
    if local.lower() in RESERVED:
        return ORDINARY
    labels = domain.removesuffix(own).split(".")
    spoken = next((label for label in labels if label in PROVIDERS), provider)
    return _strict(local, domain, spoken)


def _unquoted(local: str) -> str:
    """Return what a local part says: quoted or not, it is the same mailbox (RFC 5321 §4.1.2)."""
    if len(local) < 2 or not (local.startswith('"') and local.endswith('"')):
        return local
    return _QUOTED_PAIR.sub(r"\1", local[1:-1])


def own_domain(domain: str, domains: Sequence[str] = OWN_DOMAINS) -> str | None:
    """Return the own domain that `domain` is or lies under, or None."""
    for own in domains:
        if domain.endswith(own) and domain[: -len(own)][-1:] in ("", "."):
            return own
    return None


def read_plan(words: Sequence[str], label: str = "", provider: str = "") -> Plan:
    """Return the plan of a verb and its words. Raises Misuse for anything that is not understood."""
    verb = VERBS.get(words[0].lower())
    if verb is None:
        raise Misuse(f"no verb is called {words[0]}", words[0])
    return build(verb, _options(words[1:], provider, " "), label)


def suggestion(word: str) -> str:
    """Return `; did you mean ...?` with the word or verb that `word` may be a slip of, or nothing."""
    meant = nearest(word) or _nearest_verb(word.lower())
    return f"; did you mean {meant}?" if meant else ""


def _strict(local: str, domain: str, provider: str) -> Parsed:
    split = _split(local, dashes=True)
    try:
        if not split.words[0]:
            raise Misuse("there is no verb")
        if split.has_label and not split.label:
            raise Misuse("the label after -- is empty")
        return Parsed(read_plan(split.words, split.label, provider))
    except Misuse as misuse:
        return Parsed(error=_error(str(misuse), split, domain))


def _elsewhere(local: str, domain: str, provider: str) -> Parsed:
    head = local.partition("+")[0]
    if head.lower() not in VERBS or not domain:
        return _near_hint(local, domain) if "+" in local else _dashed_hint(local, domain)
    split = _split(local, dashes=False)
    if len(split.words) < 2 or (split.has_label and not split.label):
        return ORDINARY
    try:
        plan = read_plan(split.words, split.label, provider)
    except Misuse:
        return Parsed(hint=_hint(split, domain))
    verb = VERBS[head.lower()]
    if _is_meant(split, verb):
        return Parsed(plan)
    cause = verb.example.partition("+")[2]
    if not cause or any(BARE_CODE.fullmatch(word) for word in split.words):
        return ORDINARY
    return Parsed(hint=f"This looks like a simulation address. Did you mean {head}+{cause}@{domain}?")


def _is_meant(split: _Words, verb: Verb) -> bool:
    """True if an address outside the own domains names a cause, and its code and text are no coincidence."""
    for position, word in enumerate(split.words[1:], 1):
        if BARE_CODE.fullmatch(word):
            return int(word) in KNOWN_CODES and not any("=" in text for text in split.words[position:])
    kinds = {token.kind for token in map(read, split.words[1:]) if token}
    return not verb.causes.isdisjoint(kinds)


def _split(local: str, *, dashes: bool) -> _Words:
    """Take a local part apart. The label begins at the first `--`; `-` counts if there is no `+`."""
    body, mark, label = local.partition("--")
    separator = "-" if dashes and "+" not in body and "-" in body else "+"
    return _Words(tuple(body.split(separator)), label, bool(mark), separator)


def _options(words: Sequence[str], provider: str, joint: str) -> Options:
    tokens: list[Token] = []
    for position, word in enumerate(words):
        if BARE_CODE.fullmatch(word):
            return _with_text(tokens, int(word), words[position + 1 :], provider, joint)
        token = read(word)
        if token is None:
            raise Misuse(f"{word} is not understood" if word else "a word is missing", word)
        tokens.append(token)
    return Options(collect(tokens), provider=provider)


def _with_text(tokens: Sequence[Token], code: int, words: Sequence[str], provider: str, joint: str) -> Options:
    """Return the options of Mailtrap's form: after a bare code the rest is the reply's text.

    A text that begins with an enhanced code of the same class gives the reply's enhanced code.
    """
    words = [unquote(word, errors="replace") for word in words]
    by_kind = dict(collect(tokens))
    if cause := by_kind.get(Kind.SCENARIO) or by_kind.get(Kind.STATUS):
        raise Misuse(f"{cause.word} and {code} are two causes", cause.word)
    if words and STATUS.fullmatch(words[0]) and words[0][0] == str(code)[0]:
        by_kind[Kind.STATUS] = Token(Kind.STATUS, words[0], name=words[0])
        words = words[1:]
    return Options(by_kind, code, joint.join(words), provider)


def _error(reason: str, split: _Words, domain: str) -> Reply:
    """Return the 501 for a slip on an own domain, with the form that was probably meant."""
    meant = _corrected(split, domain) or f"an address such as {_example(split)}@{domain}"
    return fit(501, "5.1.3", f"Bad simulation address: {reason[:120]}; did you mean {meant[:250]}?")


def _example(split: _Words) -> str:
    verb = VERBS.get(split.words[0].lower())
    return verb.example if verb else "bounce+mailbox_full"


def _hint(split: _Words, domain: str) -> str:
    meant = _corrected(split, domain)
    return f"This looks like a simulation address. Did you mean {meant}?" if meant else ""


def _near_hint(local: str, domain: str) -> Parsed:
    """Return ordinary mail, with a hint if only the verb is misspelt, as in greylits+x2@acme.example."""
    split = _split(local, dashes=False)
    # What follows is looked at first: it costs less, and a tag of ordinary mail is rarely a word of ours.
    word = split.words[1] if len(split.words) > 1 else ""
    if not domain or not (read(word) or BARE_CODE.fullmatch(word)):
        return ORDINARY
    verb = _nearest_verb(split.words[0].lower())
    meant = f"{verb}{local[len(split.words[0]) :]}"
    if not verb or _elsewhere(meant, domain, "").plan is None:
        return ORDINARY
    return Parsed(hint=f"This looks like a simulation address. Did you mean {meant}@{domain}?")


def _dashed_hint(local: str, domain: str) -> Parsed:
    """Return ordinary mail, with a hint if `-` stands where only `+` acts, as in bounce-5.1.1@acme.example."""
    if "-" not in local or local.partition("-")[0].lower() not in VERBS:
        return ORDINARY
    meant = "+".join(_split(local, dashes=True).words)
    address = f"{meant}@{domain}"
    if _elsewhere(meant, domain, "").plan is None:
        return ORDINARY
    return Parsed(hint=f"This looks like a simulation address. Did you mean {address}?")


def _corrected(split: _Words, domain: str) -> str:
    """Return the address with each slip replaced by the nearest word, or nothing if one has none."""
    head = split.words[0].lower()
    words = [head if head in VERBS else _nearest_verb(head)]
    words += [word if read(word) else nearest(word) or _measured(word, words[0]) for word in split.words[1:]]
    if not all(words):
        return ""
    try:
        read_plan(words)
    except Misuse:
        return ""
    label = f"--{split.label}" if split.label else ""
    return f"{'+'.join(words)}{label}@{domain}"


def _measured(number: str, verb: str) -> str:
    """Return a bare number as the verb's example would write it, as `x2` for the `2` of greylist+2, or nothing."""
    if not (number.isascii() and number.isdigit() and verb):
        return ""
    parts = VERBS[verb].example.split("+")[1:]
    return next((_NUMBER.sub(number, part, count=1) for part in parts if _is_counted(part)), "")


def _is_counted(word: str) -> bool:
    token = read(word)
    return token is not None and token.kind not in (Kind.STATUS, Kind.SCENARIO) and _NUMBER.search(word) is not None


def _nearest_verb(word: str) -> str:
    """Return the verb that differs from `word` by few letters, or nothing."""
    scored = sorted((_distance(word[:20], verb), verb) for verb in VERBS)
    distance, verb = scored[0]
    return verb if distance <= max(1, len(verb) // 3) else ""


def _distance(one: str, other: str) -> int:
    """Return the number of letters to insert, delete or replace (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return row[-1]
