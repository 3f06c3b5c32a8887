"""The one owner of what is simulated: the configuration, the rules and what is remembered between tries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import replace
from threading import Lock
from typing import Any

from mailpit_py.application.clock import Clock
from mailpit_py.application.profilebook import ProfileBook
from mailpit_py.application.rulebook import KeptRule, RuleBook, read_rule
from mailpit_py.mail import read, read_values
from mailpit_py.mail.envelope import Envelope, Recipient, Session
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.decide import decide, decide_each
from mailpit_py.simulation.decision import UNDECIDED, Decision, Verdict
from mailpit_py.simulation.drop_in import POSTMARK_FIELD, parse_sender
from mailpit_py.simulation.facts import Facts
from mailpit_py.simulation.header import FIELD
from mailpit_py.simulation.index import RuleIndex
from mailpit_py.simulation.rule import Rule, Scope
from mailpit_py.simulation.stage import Stage
from mailpit_py.simulation.state import SECOND, Change, Record, after_deletion, is_void, key_of, parts_of, void_keys
from mailpit_py.storage import DEFAULT_INBOX, Removed, Store
from mailpit_py.storage.likeness import header_section

WEEK = 7 * 86_400 * SECOND
RECORDS_AT_MOST = 100_000
PRUNE_EVERY = 1_000  # changes
ORDINARY_AT_MOST = 8_192
_BEHIND_RCPT = (Stage.DATA, Stage.CONTENT, Stage.AFTER)
_ASKING = (FIELD.lower().encode(), POSTMARK_FIELD.lower().encode())

Said = tuple[Stage, str, str]
"""All that can decide about a command where there are no rules: its stage, the reverse-path, and what it names."""


class Simulator:
    """Decides what happens at each moment of a dialogue. Every method may be called from any thread.

    `decide` and `decide_content` neither wait nor read the database: SMTP calls them on its event
    loop. What they remember is in memory at once and in the database with the writer's next group;
    `pending` is the promise of that. Rules of a file stand before those of the database.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        configuration: Configuration | None = None,
        *,
        file_rules: Sequence[Rule] = (),
    ) -> None:
        self.store = store
        self.clock = clock
        self.book = RuleBook(store, clock, self._use_rules, self._forget_rules)
        self._lock = Lock()
        self._configuration = configuration or Configuration()
        self._state: dict[str, Record] = {}
        self._pending: Future[None] | None = None
        self._batch: dict[str, Change] | None = None  # what the writer has not yet begun to write
        self._quotas: set[str] = set()
        self._unpruned = 0
        self._looked_at: frozenset[str] = frozenset()  # names of header fields
        self._ordinary: set[Said] = set()  # what asks for nothing, as long as there are no rules
        self.profiles = ProfileBook(store, self._configuration.profiles, lambda index: self.configure(profiles=index))
        self.book.load(file_rules)
        self.profiles.load()
        self._load_state()
        store.watch_removal(self)

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
        said = _said(stage, session, envelope, recipient)
        if said in self._ordinary:
            return UNDECIDED
        facts = Facts.of(session, envelope, recipient, inbox=DEFAULT_INBOX)
        if connections:
            facts = replace(facts, connections=connections)
        with self._lock:
            decision = decide(stage, facts, self._configuration, self._state, self.clock.sandbox(DEFAULT_INBOX))
            self._apply(decision.changes)
            if decision is UNDECIDED:
                self._note_ordinary(said)
        return decision

    def decide_content(self, stage: Stage, session: Session, envelope: Envelope, raw: bytes | None = None) -> Verdict:
        """Return what happens for each accepted recipient, in their order, at DATA or CONTENT.

        `raw` is the content exactly as received, None at DATA, when nothing of it is known.
        """
        if self.asks_for_nothing(stage, envelope, raw):
            return Verdict((UNDECIDED,) * len(envelope.recipients))
        facts = content_facts(session, envelope, raw, names=self._looked_at)
        with self._lock:
            verdict = decide_each(stage, facts, self._configuration, self._state, self.clock.sandbox(DEFAULT_INBOX))
            self._apply(verdict.changes)
        return verdict

    def decide_after(self, session: Session, envelope: Envelope, raw: bytes) -> tuple[tuple[Facts, Decision], ...]:
        """Return each accepted recipient with what was decided about what follows for it."""
        if self.asks_for_nothing(Stage.AFTER, envelope, raw):
            facts = content_facts(session, envelope, None)
            return tuple((one, UNDECIDED) for one in facts)
        facts = content_facts(session, envelope, raw, names=self._looked_at)
        with self._lock:
            now = self.clock.sandbox(DEFAULT_INBOX)
            verdict = decide_each(Stage.AFTER, facts, self._configuration, self._state, now)
            self._apply(verdict.changes)
        return tuple(zip(facts, verdict.decisions, strict=True))

    def _note_ordinary(self, said: Said) -> None:
        """Remember that who says this asks for nothing, with the stages that follow RCPT; the lock is held.

        Without a rule that could match and without suppression nothing else decides about it: it was
        counted by nobody.
        """
        stage, sender, named = said
        configuration = self._configuration
        if configuration.suppression or parse_sender(sender) is not None:
            return
        if len(self._ordinary) >= ORDINARY_AT_MOST:
            self._ordinary.clear()
        stages = (stage, *_BEHIND_RCPT) if stage is Stage.RCPT else (stage,)
        silent = configuration.rules.is_silent
        self._ordinary.update((one, sender, named) for one in stages if silent(one, sender, named))

    def asks_for_nothing(self, stage: Stage, envelope: Envelope, raw: bytes | None) -> bool:
        """True where nothing can be decided behind RCPT: ordinary addresses, no rule that could match, no field."""
        ordinary, sender = self._ordinary, envelope.reverse_path
        if any((stage, sender, one.address) not in ordinary for one in envelope.recipients):
            return False
        return bool(ordinary) and (raw is None or not _asks(header_section(raw)))

    @property
    def pending(self) -> Future[None] | None:
        """The promise that all that has been remembered so far is committed; None if it is already."""
        future = self._pending
        return None if future is None or future.done() else future

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
            self._ordinary.clear()
            self._configuration = replace(self._configuration, **switches)
            return self._configuration

    def set_chaos(self, triggers: Mapping[str, Any]) -> str:
        """Set the triggers as Mailpit's API does, those before a mistake; return the mistake, or nothing."""
        with self._lock:
            chaos, wrong = self._configuration.chaos.replaced(triggers)
            self._ordinary.clear()
            self._configuration = replace(self._configuration, chaos=chaos)
        return wrong

    def announcement(self) -> str:
        """The start line: what is needed to get the same again."""
        number = len(self.rules)
        words = f"[simulate] seed {self._configuration.seed}; {number} {'rule' if number == 1 else 'rules'}"
        return words if self._configuration.grammar else f"{words}; simulation addresses are off"

    def _use_rules(self, rules: Iterable[Rule]) -> None:
        index = RuleIndex(tuple(rules))  # built before the lock is taken: nobody waits for it
        with self._lock:
            self._ordinary.clear()
            self._looked_at = _looked_at(index.rules)
            self._configuration = replace(self._configuration, rules=index)

    def _forget_rules(self, keys: Set[str]) -> None:
        """Forget what is remembered of rules with these keys."""
        with self._lock:
            known = list(self._state)
        gone = [one for one in known if '"rule"' in one and _is_of_rule(one, keys)]  # read outside the lock
        with self._lock:
            self._apply([Change(one, None) for one in gone])

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
        facts = content_facts(session, stored.envelope, raw)
        return any(rule.match.holds(replace(one, inbox=inbox)) for one in facts)

    # what is remembered

    def state(self, *, key: str = "", rule: str = "", recipient: str = "") -> dict[str, Record]:
        """Return what is remembered and still counts, by key: everything, or what all given words apply to.

        `rule` is a rule's key, `recipient` an address in any case.
        """
        now = self.clock.sandbox(DEFAULT_INBOX)
        with self._lock:
            known = list(self._state.items())
        about = ((one, record) for one, record in known if _is_about(one, key, rule, recipient))
        return {one: record for one, record in about if not is_void(record, now)}

    def reset(self, *, key: str = "", rule: str = "", recipient: str = "") -> Future[int]:
        """Forget what `state` tells for these words; the future says how many records are gone."""
        with self._lock:
            gone = [one for one in self._state if _is_about(one, key, rule, recipient)]
            count = len(gone)
            saved = self._apply([Change(one, None) for one in gone])
        done: Future[int] = Future()
        if saved is None:
            done.set_result(0)
        else:
            saved.add_done_callback(lambda future: _pass_on(future, done, count))
        return done

    def answered(self, inbox: str, responder: str, correspondent: str, *, but: str = "") -> int | None:
        """When a correspondent was last answered automatically in somebody's name, by anything `but` this."""
        record = self._state.get(key_of("answered", inbox, responder.lower(), correspondent.lower()))
        return record.last_at if record and not (but and record.note == but) else None

    def note_answer(self, inbox: str, responder: str, correspondent: str, at: int, *, by: str = "") -> None:
        """Remember for a week that a correspondent was answered (RFC 3834 §2)."""
        key = key_of("answered", inbox, responder.lower(), correspondent.lower())
        with self._lock:
            before = self._state.get(key)
            count = before.count + 1 if before else 1
            self._apply(
                [Change(key, Record("answered", count, first_at=at, last_at=at, expires_at=at + WEEK, note=by))]
            )

    @property
    def is_watching(self) -> bool:
        """True while a mailbox counts what it holds, so that deleted mail makes room in it."""
        return bool(self._quotas)

    def free(self, removed: Sequence[Removed]) -> None:
        """Give the mailboxes that count what they hold the room that deletion made."""
        with self._lock:
            for one in removed:
                held = {key: self._state[key] for key in self._quotas}
                if one.recipient:
                    self._apply(after_deletion(held, one.inbox, one.recipient, one.messages, one.size_bytes))
                else:
                    self._apply([Change(key, None) for key in held if _is_in(key, one.inbox)])

    def _apply(self, changes: Sequence[Change]) -> Future[None] | None:
        """Take changes into memory, and queue them for the database in the same order; the lock is held."""
        if not changes:
            return None
        for change in changes:
            if change.record is None:
                self._state.pop(change.key, None)
                self._quotas.discard(change.key)
            else:
                self._state[change.key] = change.record
                if change.record.kind == "quota":
                    self._quotas.add(change.key)
        self._unpruned += len(changes)
        if self._unpruned >= PRUNE_EVERY:
            changes = [*changes, *self._prune()]
        if self._batch is None:
            batch: dict[str, Change] = {}
            self._batch = batch
            self._pending = self.store.simulation.save_state(lambda: self._seal(batch))
        self._batch.update((change.key, change) for change in changes)
        return self._pending

    def _seal(self, batch: dict[str, Change]) -> Iterable[Change]:
        """Return what is to be written now; what is remembered from here on goes into the next batch."""
        with self._lock:
            if self._batch is batch:
                self._batch = None
            return batch.values()

    def _prune(self) -> list[Change]:
        self._unpruned = 0
        gone = list(void_keys(self._state, self.clock.sandbox(DEFAULT_INBOX)))
        if (excess := len(self._state) - len(gone) - RECORDS_AT_MOST) > 0:
            kept = self._state.keys() - gone
            gone += sorted(kept, key=lambda key: self._state[key].last_at)[:excess]
        for key in gone:
            del self._state[key]
        self._quotas.difference_update(gone)
        return [Change(key, None) for key in gone]

    def _load_state(self) -> None:
        self._state = dict(self.store.simulation.state())
        self._quotas = {key for key, record in self._state.items() if record.kind == "quota"}
        if gone := self._prune():
            self.store.simulation.save_state(lambda: gone)


def _said(stage: Stage, session: Session, envelope: Envelope | None, recipient: Recipient | None) -> Said:
    if stage is Stage.HELO:
        return stage, "", session.helo
    return stage, envelope.reverse_path if envelope else "", recipient.address if recipient else ""


def content_facts(
    session: Session, envelope: Envelope, raw: bytes | None, *, names: Set[str] | None = None
) -> list[Facts]:
    """Return the facts of a message for each accepted recipient; without `raw`, those before its content.

    With `names`, in lower case, only those header fields are among them, unless it asks for a
    failure: reading all costs as much as everything else.
    """
    facts = [Facts.of(session, envelope, one, inbox=DEFAULT_INBOX) for one in envelope.recipients]
    if raw is None:
        return facts
    head = header_section(raw)
    fields: tuple[tuple[str, str], ...] = ()
    if names is None or _asks(head):
        fields = tuple((field.name, field.value) for field in read(head).fields)
    elif names:
        fields = read_values(head, names)
    return [replace(one, size_bytes=len(raw), fields=fields) for one in facts]


def _asks(head: bytes) -> bool:
    """True if a header section has a field that asks for a failure."""
    lower = head.lower()
    return any(name in lower for name in _ASKING)


def _looked_at(rules: Sequence[Rule]) -> frozenset[str]:
    """Return the names of the header fields that rules look at, in lower case."""
    names = {name.lower() for rule in rules for name, _ in rule.match.header}
    if any(rule.match.subject for rule in rules):
        names.add("subject")
    if any(rule.scope is Scope.MESSAGE_ID for rule in rules):
        names.add("message-id")
    return frozenset(names)


def _is_in(key: str, inbox: str) -> bool:
    """True if a quota counts mail of an inbox, perhaps among that of others."""
    _, owner, whose, *_ = parts_of(key)
    return owner == "rule" or whose == inbox


def _is_of_rule(key: str, rules: Set[str]) -> bool:
    """True if a record belongs to one of these rules."""
    _, owner, *rest = parts_of(key)
    return owner == "rule" and rest[0] in rules


def _is_about(known: str, key: str, rule: str, recipient: str) -> bool:
    if key and known != key:
        return False
    parts = parts_of(known)
    if rule and rule not in parts[1:]:
        return False
    wanted = recipient.lower()
    return not wanted or any(wanted in part.lower().split(" ") for part in parts[1:])


def _pass_on(saved: Future[None], done: Future[int], count: int) -> None:
    if (error := saved.exception()) is not None:
        done.set_exception(error)
    else:
        done.set_result(count)
