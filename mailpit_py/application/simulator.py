"""The one owner of what is simulated: the configuration, the rules and what is remembered between tries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import replace
from threading import Lock
from typing import Any

from mailpit_py.application.clock import Clock
from mailpit_py.application.inboxbook import InboxBook
from mailpit_py.application.memory import Memory
from mailpit_py.application.ordinary import Ordinary, asks, said
from mailpit_py.application.profilebook import ProfileBook
from mailpit_py.application.promise import value_after
from mailpit_py.application.rulebook import KeptRule, RuleBook, read_rule
from mailpit_py.mail import read, read_values
from mailpit_py.mail.envelope import Envelope, Recipient, Session
from mailpit_py.quantity import SECOND
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decide import decide, decide_each
from mailpit_py.simulation.decision import UNDECIDED, Decision, Verdict
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.rule import Rule, Scope
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import Change, Record, is_void, key_of, parts_of
from mailpit_py.storage import DEFAULT_INBOX, Removed, Store
from mailpit_py.storage.likeness import header_section

WEEK = 7 * 86_400 * SECOND


class Simulator:
    """Decides what happens at each moment of a dialogue. Every method may be called from any thread.

    `decide` and `decide_content` neither wait nor read the database: SMTP calls them on its event
    loop. What they remember is in memory at once and in the database with the writer's next group;
    `pending` is the promise of that. Rules of a file stand before those of the database. Each inbox
    has a memory and a clock of its own, and its own rules before those of all; `inboxes` says for
    which one mail is.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        configuration: Configuration | None = None,
        *,
        file_rules: Sequence[Rule] = (),
        inboxes: InboxBook | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.inboxes = inboxes or InboxBook(store, clock)
        self.book = RuleBook(store, clock, self._use_rules, self._forget_rules)
        self._lock = Lock()
        self._configuration = configuration or Configuration()
        self._own_rules: dict[str, RuleIndex] = {}  # of inboxes that have some, with those of all behind them
        self._ordinary = Ordinary(self._configuration, self._own_rules)
        self._memory = Memory(store, clock, self._lock)
        self._looked_at: frozenset[str] = frozenset()  # names of header fields
        self.profiles = ProfileBook(store, self._configuration.profiles, lambda index: self.configure(profiles=index))
        self.book.load(file_rules)
        self.profiles.load()
        store.watch_removal(self)
        self.inboxes.on_removal.append(self._forget_inbox)

    # what SMTP asks

    def decide(
        self,
        stage: Stage,
        session: Session,
        envelope: Envelope | None = None,
        recipient: Recipient | None = None,
        *,
        connections: int = 0,
    ) -> Decision:
        """Return what happens at a stage before the content.

        `envelope` only once MAIL has been said, `recipient` at RCPT; `connections` counts the
        client's open connections with this one. `pending` tells when what it remembers is durable.
        """
        inbox = self.inboxes.router.of(session, recipient.address if recipient else "")
        command = said(stage, session, envelope, recipient, inbox)
        if command in self._ordinary.said:
            return UNDECIDED
        facts = Facts.of(session, envelope, recipient, inbox=inbox)
        if connections:
            facts = replace(facts, connections=connections)
        with self._lock:
            now, configuration = self.clock.sandbox(inbox), self._configured(inbox)
            decision = decide(stage, facts, configuration, self._memory.of(inbox), now)
            self._memory.apply(inbox, decision.changes)
            if decision is UNDECIDED:
                self._ordinary.note(command)
        return decision

    def decide_content(self, stage: Stage, session: Session, envelope: Envelope, raw: bytes | None = None) -> Verdict:
        """Return what happens for each accepted recipient, in their order, at DATA or CONTENT.

        `raw` is the content exactly as received, None at DATA, when nothing of it is known. What
        concerns a message as a whole is decided once in each inbox that it is for.
        """
        inboxes = self.inboxes.router.of_each(session, envelope, raw)
        if self.asks_for_nothing(stage, envelope, raw, inboxes):
            return Verdict((UNDECIDED,) * len(envelope.recipients))
        return self._decide_each(stage, content_facts(session, envelope, raw, names=self._looked_at, inboxes=inboxes))

    def decide_after(
        self, session: Session, envelope: Envelope, raw: bytes, inbox: str = DEFAULT_INBOX
    ) -> tuple[tuple[Facts, Decision], ...]:
        """Return each accepted recipient with what was decided about what follows for it, in one inbox."""
        inboxes = (inbox,) * len(envelope.recipients)
        if self.asks_for_nothing(Stage.AFTER, envelope, raw, inboxes):
            facts = content_facts(session, envelope, None, inboxes=inboxes)
            return tuple((one, UNDECIDED) for one in facts)
        facts = content_facts(session, envelope, raw, names=self._looked_at, inboxes=inboxes)
        verdict = self._decide_each(Stage.AFTER, facts)
        return tuple(zip(facts, verdict.decisions, strict=True))

    def _decide_each(self, stage: Stage, facts: Sequence[Facts]) -> Verdict:
        """Decide on the recipients of each inbox together, and put the decisions into the order of the recipients."""
        decided: dict[int, Decision] = {}
        changes: list[Change] = []
        with self._lock:
            for inbox in dict.fromkeys(one.inbox for one in facts):
                places = [place for place, one in enumerate(facts) if one.inbox == inbox]
                now, configuration = self.clock.sandbox(inbox), self._configured(inbox)
                own = [facts[place] for place in places]
                verdict = decide_each(stage, own, configuration, self._memory.of(inbox), now)
                self._memory.apply(inbox, verdict.changes)
                decided |= dict(zip(places, verdict.decisions, strict=True))
                changes += verdict.changes
        return Verdict(tuple(decided[place] for place in range(len(facts))), tuple(changes))

    def _configured(self, inbox: str) -> Configuration:
        """The configuration with the rules that count in an inbox; the lock is held."""
        own = self._own_rules.get(inbox)
        return self._configuration if own is None else replace(self._configuration, rules=own)

    def asks_for_nothing(self, stage: Stage, envelope: Envelope, raw: bytes | None, inboxes: Sequence[str]) -> bool:
        """True where nothing can be decided behind RCPT: ordinary addresses, no rule that could match, no field.

        `inboxes` has that of each recipient.
        """
        return self._ordinary.covers(stage, envelope, raw, inboxes)

    @property
    def pending(self) -> Future[None] | None:
        """The promise that all that has been remembered so far is committed; None if it is already."""
        return self._memory.pending

    # what is switched on

    @property
    def configuration(self) -> Configuration:
        """What decisions depend on now."""
        return self._configuration

    @property
    def rules(self) -> tuple[KeptRule, ...]:
        """All rules in their order."""
        return self.book.rules

    def configure(self, **switches: Any) -> Configuration:
        """Change fields of the configuration, such as `grammar`, `suppression` or `chaos`; rules have their book."""
        with self._lock:
            return self._reconfigure(**switches)

    def set_chaos(self, triggers: Mapping[str, Any]) -> str:
        """Set the triggers as Mailpit's API does, those before a mistake; return the mistake, or nothing."""
        with self._lock:
            chaos, wrong = self._configuration.chaos.replaced(triggers)
            self._reconfigure(chaos=chaos)
        return wrong

    def _reconfigure(self, **switches: Any) -> Configuration:
        """Change the configuration, and with it what is known to ask for nothing; the lock is held."""
        self._configuration = replace(self._configuration, **switches)
        self._ordinary = Ordinary(self._configuration, self._own_rules)
        return self._configuration

    def announcement(self) -> str:
        """The start line: what is needed to get the same again."""
        number = len(self.rules)
        words = f"[simulate] seed {self._configuration.seed}; {number} {'rule' if number == 1 else 'rules'}"
        return words if self._configuration.grammar else f"{words}; simulation addresses are off"

    def _use_rules(self, kept: Sequence[KeptRule]) -> None:
        shared = tuple(one.rule for one in kept if not one.inbox)
        own = {name: RuleIndex(_counting_in(name, kept)) for name in {one.inbox for one in kept} - {""}}
        index = RuleIndex(shared)  # built before the lock is taken: nobody waits for it
        with self._lock:
            self._looked_at = _looked_at([one.rule for one in kept])
            self._own_rules = own
            self._reconfigure(rules=index)

    def _forget_rules(self, keys: Set[tuple[str, str]]) -> None:
        """Forget what is remembered of rules, each given by its inbox (none for all) and its key."""
        with self._lock:
            known = [
                (inbox, key) for inbox in self._memory.inboxes for key in self._memory.of(inbox) if '"rule"' in key
            ]
        # read outside the lock
        gone = [(inbox, key) for inbox, key in known if _rule_of(key, inbox) & keys]
        with self._lock:
            for inbox, key in gone:
                self._memory.apply(inbox, [Change(key, None)])

    def _forget_inbox(self, name: str) -> None:
        """Forget an inbox that is gone, with its rules."""
        self.book.disown(name)
        with self._lock:
            self._reconfigure()
            self._memory.forget(name)

    def would_match(
        self, value: object, *, limit: int = 200, inbox: str = DEFAULT_INBOX
    ) -> tuple[int, tuple[str, ...]]:
        """Return how many of the newest messages were looked at, and the ids of those that a rule matches.

        Stages, numbers and dice apart. Raises RuleError for a rule that cannot be used.
        """
        rule = read_rule(value)
        page = self.store.page(inbox, limit=limit)
        ids = tuple(item.public_id for item in page.items)
        return len(ids), tuple(one for one in ids if self._matches(rule, inbox, one))

    def _matches(self, rule: Rule, inbox: str, public_id: str) -> bool:
        stored, raw = self.store.message(inbox, public_id), self.store.raw(inbox, public_id)
        if stored is None or raw is None:  # deleted in the meantime
            return False
        session = stored.session.session if stored.session else Session("", 0)
        facts = content_facts(session, stored.envelope, raw, inboxes=(inbox,) * len(stored.envelope.recipients))
        return any(map(rule.match.holds, facts))

    # what is remembered

    def state(
        self, *, key: str = "", rule: str = "", recipient: str = "", inbox: str = DEFAULT_INBOX
    ) -> dict[str, Record]:
        """Return what is remembered of an inbox and still counts, by key: all, or what all given words apply to.

        `rule` is a rule's key, `recipient` an address in any case.
        """
        now = self.clock.sandbox(inbox)
        with self._lock:
            known = list(self._memory.of(inbox).items())
        about = ((one, record) for one, record in known if _is_about(one, key, rule, recipient))
        return {one: record for one, record in about if not is_void(record, now)}

    def reset(self, *, key: str = "", rule: str = "", recipient: str = "", inbox: str = DEFAULT_INBOX) -> Future[int]:
        """Forget what `state` tells for these words; the future says how many records are gone."""
        with self._lock:
            gone = [one for one in self._memory.of(inbox) if _is_about(one, key, rule, recipient)]
            count = len(gone)
            saved = self._memory.apply(inbox, [Change(one, None) for one in gone])
        if saved is not None:
            return value_after(saved, count)
        nothing: Future[int] = Future()
        nothing.set_result(0)
        return nothing

    def answered(self, inbox: str, responder: str, correspondent: str, *, but: str = "") -> int | None:
        """When a correspondent was last answered automatically in somebody's name, by anything `but` this."""
        record = self._memory.of(inbox).get(key_of("answered", inbox, responder.lower(), correspondent.lower()))
        return record.last_at if record and not (but and record.note == but) else None

    def note_answer(self, inbox: str, responder: str, correspondent: str, at: int, *, by: str = "") -> None:
        """Remember for a week that a correspondent was answered (RFC 3834 §2)."""
        key = key_of("answered", inbox, responder.lower(), correspondent.lower())
        with self._lock:
            before = self._memory.of(inbox).get(key)
            count = before.count + 1 if before else 1
            record = Record("answered", count, first_at=at, last_at=at, expires_at=at + WEEK, note=by)
            self._memory.apply(inbox, [Change(key, record)])

    @property
    def is_watching(self) -> bool:
        """True while a mailbox counts what it holds, so that deleted mail makes room in it."""
        return self._memory.is_watching

    def free(self, removed: Sequence[Removed]) -> None:
        """Give the mailboxes that count what they hold the room that deletion made."""
        with self._lock:
            self._memory.free(removed)


def content_facts(
    session: Session,
    envelope: Envelope,
    raw: bytes | None,
    *,
    names: Set[str] | None = None,
    inboxes: Sequence[str] = (),
) -> list[Facts]:
    """Return the facts of a message for each accepted recipient; without `raw`, those before its content.

    With `names`, in lower case, only those header fields are among them, unless it asks for a
    failure: reading all costs as much as everything else. `inboxes` has that of each recipient, if
    not all are for the first one.
    """
    homes = inboxes or (DEFAULT_INBOX,) * len(envelope.recipients)
    named = zip(envelope.recipients, homes, strict=True)
    facts = [Facts.of(session, envelope, one, inbox=inbox) for one, inbox in named]
    if raw is None:
        return facts
    head = header_section(raw)
    fields: tuple[tuple[str, str], ...] = ()
    if names is None or asks(head.lower()):
        fields = tuple((field.name, field.value) for field in read(head).fields)
    elif names:
        fields = read_values(head, names)
    return [replace(one, size_bytes=len(raw), fields=fields) for one in facts]


def _looked_at(rules: Sequence[Rule]) -> frozenset[str]:
    """Return the names of the header fields that rules look at, in lower case."""
    names = {name.lower() for rule in rules for name, _ in rule.match.header}
    if any(rule.match.subject for rule in rules):
        names.add("subject")
    if any(rule.scope is Scope.MESSAGE_ID for rule in rules):
        names.add("message-id")
    return frozenset(names)


def _counting_in(inbox: str, kept: Sequence[KeptRule]) -> tuple[Rule, ...]:
    """Return the rules of an inbox and then those for all, but for those in whose place it has put its own."""
    own = [one for one in kept if one.inbox == inbox]
    keys = {one.key for one in own}
    return tuple(one.rule for one in (*own, *(two for two in kept if not two.inbox and two.key not in keys)))


def _rule_of(key: str, inbox: str) -> set[tuple[str, str]]:
    """Return the rules of which a record may be: one of its inbox, or one of all."""
    _, owner, *rest = parts_of(key)
    return {(inbox, rest[0]), ("", rest[0])} if owner == "rule" else set()


def _is_about(known: str, key: str, rule: str, recipient: str) -> bool:
    if key and known != key:
        return False
    parts = parts_of(known)
    if rule and rule not in parts[1:]:
        return False
    wanted = recipient.lower()
    return not wanted or any(wanted in part.lower().split(" ") for part in parts[1:])
