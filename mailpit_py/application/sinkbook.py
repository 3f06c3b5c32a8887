"""Where reports and events go besides the inbox: the sinks of each inbox, checked, and the keys they sign with."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mailpit_py.application.clock import Clock
from mailpit_py.errors import NotFound, TargetRefused
from mailpit_py.identity import new_public_id
from mailpit_py.storage import DEFAULT_INBOX, PATIENCE, Sink, SinkKind, Store
from mailpit_py.storage.sink import NewSinkAttempt

if TYPE_CHECKING:  # they load what signs, and most sandboxes have no webhook
    from mailpit_py.webhooks.event import Kind
    from mailpit_py.webhooks.keys import Keys
    from mailpit_py.webhooks.request import Hook, Provider

KEYS = "webhook keys"
OPTIONS = "options"  # where a sink comes from that nobody made by hand
SINKS_AT_MOST = 100  # of one inbox
CONFIRMATION, FAREWELL = "subscription_confirmation", "unsubscribe_confirmation"
NEEDS_CONFIRMING = "certificate"  # what is proved by a certificate comes through SNS, which asks first
Check = Callable[[SinkKind, str], None]
_MAILBOX = re.compile(r"[!-=?-~]{1,64}@[0-9A-Za-z.\-\[\]:]{1,255}")


def nothing_leaves(kind: SinkKind, target: str) -> None:
    """Refuse every target: for a sandbox without a way out."""
    raise TargetRefused("this sandbox sends nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkSettings:
    """What a caller may set. `secret` is the app's own, for providers that sign with a shared one.

    `events` are kinds, all if empty. `signature_version`, `certificate_url` and `confirmed` are for
    SNS: what is said in SigningCertURL, and whether the app has confirmed. Raises ValueError.
    """

    kind: SinkKind
    target: str
    provider: str = ""
    secret: str = ""
    events: tuple[str, ...] = ()
    signature_version: str = "1"
    certificate_url: str = ""
    confirmed: bool = False
    enabled: bool = True

    def __post_init__(self) -> None:
        if (self.kind is SinkKind.WEBHOOK) != bool(self.provider):
            raise ValueError("a webhook has a provider, an SMTP server has none")
        if self.events:
            self._check_events()
        if self.signature_version not in ("1", "2"):
            raise ValueError("signature_version is 1 or 2")
        if self.secret:
            self._check_secret()

    def _check_events(self) -> None:
        from mailpit_py.webhooks.event import Kind

        if unknown := set(self.events) - {kind.value for kind in Kind}:
            raise ValueError(f"no kind of event: {', '.join(sorted(unknown))}; there are {', '.join(Kind)}")

    def _check_secret(self) -> None:
        provider = find_provider(self.provider)
        if provider.proof != "secret":
            raise ValueError(f"{provider.title} signs with no shared secret")
        if provider.name != "mailgun":
            try:
                base64.b64decode(self.secret.removeprefix("whsec_"), validate=True)
            except ValueError:
                raise ValueError("the secret is whsec_ and Base64") from None

    @property
    def options(self) -> dict[str, Any]:
        """What the store keeps beside kind, target and provider."""
        kept = {
            "secret": self.secret,
            "chosen": list(self.events),
            "signature_version": self.signature_version,
            "certificate_url": self.certificate_url,
            "confirmed": self.confirmed,
        }
        return {name: value for name, value in kept.items() if value}


@dataclass
class SinkBook:
    """The sinks of one sandbox. Every method may be called from any thread, and returns after the commit.

    `check` refuses targets that may not be reached; `word` fixes the secrets; `base_url` is where
    this sandbox answers for SNS.
    """

    store: Store
    clock: Clock
    check: Check = nothing_leaves
    word: str = ""
    base_url: str = "http://localhost:8025/"

    @cached_property
    def keys(self) -> Keys:
        """The keys of this database; made and kept when they are first asked for."""
        from mailpit_py.application.keyring import make_keys, make_master
        from mailpit_py.webhooks.keys import Keys

        kept = self.store.agenda.notes.find(KEYS)
        if kept is None:
            made = make_keys(self.word)
            texts = {
                "master": made.master.hex(),
                "rsa_key": made.rsa_key.decode(),
                "certificate": made.certificate.decode(),
            }
            kept = self.store.agenda.notes.keep(KEYS, json.dumps(texts)).result(PATIENCE)
        found = json.loads(kept)
        master = make_master(self.word) if self.word else bytes.fromhex(found["master"])
        return Keys(master, found["rsa_key"].encode(), found["certificate"].encode())

    def all(self, inbox: str = DEFAULT_INBOX) -> tuple[Sink, ...]:
        """The sinks of an inbox, the oldest first."""
        return self.store.agenda.sinks.all(inbox)

    def find(self, inbox: str, public_id: str) -> Sink:
        """Return a sink. Raises NotFound."""
        for sink in self.all(inbox):
            if sink.public_id == public_id:
                return sink
        raise NotFound("there is no such sink in this inbox")

    def add(self, inbox: str, settings: SinkSettings) -> Sink:
        """Keep a new sink, and ask the app to confirm if its provider does.

        Raises TargetRefused, NotFound for an inbox or provider, ValueError.
        """
        if len(self.all(inbox)) >= SINKS_AT_MOST:
            raise ValueError(f"an inbox has at most {SINKS_AT_MOST} sinks")
        return self._save(inbox, new_public_id(), settings)

    def change(self, inbox: str, public_id: str, settings: SinkSettings) -> Sink:
        """Put other settings in the place of a sink's. Raises as `add`."""
        before = self.find(inbox, public_id)
        origin = str(before.options.get("origin", ""))
        return self._save(inbox, public_id, settings, origin=origin, created_at=before.created_at)

    def configure(self, inbox: str, wanted: Sequence[SinkSettings]) -> None:
        """Make the sinks that options ask for the ones there are, beside those that were made otherwise.

        One that stays keeps its id, and the app's confirmation. Raises as `add`.
        """
        kept = {sink.public_id: sink for sink in self.all(inbox)}
        named = {_configured_id(inbox, one): one for one in wanted}
        for public_id, sink in kept.items():
            if sink.options.get("origin") == OPTIONS and public_id not in named:
                self.remove(inbox, public_id)
        for public_id, settings in named.items():
            confirmed = public_id in kept and bool(kept[public_id].options.get("confirmed"))
            self._save(inbox, public_id, replace(settings, confirmed=confirmed), origin=OPTIONS)

    def remove(self, inbox: str, public_id: str) -> None:
        """Forget a sink; what is on its way to it is cancelled. Raises NotFound."""
        if not self.store.agenda.sinks.remove(inbox, public_id).result(PATIENCE):
            raise NotFound("there is no such sink in this inbox")

    def _save(
        self, inbox: str, public_id: str, settings: SinkSettings, *, origin: str = "", created_at: int = 0
    ) -> Sink:
        provider = find_provider(settings.provider) if settings.provider else None
        self.check(settings.kind, settings.target)
        sink = Sink(
            public_id=public_id,
            inbox=inbox,
            kind=settings.kind,
            target=settings.target,
            provider=provider.name if provider else "",
            options={**settings.options, **_events(settings, provider), **({"origin": origin} if origin else {})},
            enabled=settings.enabled,
            created_at=created_at or self.clock.wall(),
        )
        self.store.agenda.sinks.save(sink).result(PATIENCE)
        if is_waiting(sink):
            self.ask(sink, CONFIRMATION)
        return sink

    def ask(self, sink: Sink, kind: str) -> str:
        """Put a request about the subscription itself on its way; return the id of the attempt."""
        attempt = NewSinkAttempt(
            public_id=new_public_id(),
            sink=sink.public_id,
            stable_id=new_public_id(),
            due_at=self.clock.sandbox(sink.inbox),
            event={"kind": kind},
        )
        self.store.agenda.sinks.add(sink.inbox, [attempt]).result(PATIENCE)
        return attempt.public_id

    def complaints_to(self, inbox: str) -> str:
        """Who gets the complaints of an inbox; nothing where the option or the reverse-path's domain decides."""
        return self.store.agenda.sinks.complaints_to(inbox)

    def direct_complaints(self, inbox: str, address: str) -> None:
        """Let complaints of an inbox go to an address; an empty one takes that back. Raises ValueError, NotFound."""
        if address:
            check_mailbox(address)
        self.store.agenda.sinks.direct_complaints(inbox, address).result(PATIENCE)

    def try_out(self, inbox: str, public_id: str, reverse_path: str = "bounces@app.example") -> tuple[str, str]:
        """Send one thing to one sink: a mail that the sandbox writes itself bounces, or does what else goes there.

        Returns the public id of that mail and the kind of event. Raises NotFound, and ValueError for
        a sink to which nothing goes now.
        """
        from mailpit_py.application import sink_trial

        sink = self.find(inbox, public_id)
        check_mailbox(reverse_path)
        if not sink.enabled:
            raise ValueError("it is switched off")
        if is_waiting(sink):
            raise ValueError("the app has not confirmed its subscription")
        kind = sink_trial.kind_for(sink)
        times = {"received_at": self.clock.wall(), "accepted_at": self.clock.sandbox(inbox)}
        arrival = sink_trial.arrival(sink, kind, reverse_path, **times)
        self.store.add(arrival).result(PATIENCE)
        return arrival.public_id, kind

    def tell(self, inbox: str, original: str, kind: Kind, recipients: Sequence[str], link: str = "") -> int:
        """Tell the webhooks that take it that recipients have done something; return how many events are on their way.

        `original` is the public id of the message. For what only a reader does: opened and clicked.
        """
        now = self.clock.sandbox(inbox)
        takers = [one for one in self.all(inbox) if one.enabled and kind in one.options.get("events", ())]
        attempts = [
            NewSinkAttempt(
                public_id=new_public_id(),
                sink=sink.public_id,
                stable_id=new_public_id(),
                due_at=now,
                event={"kind": kind.value, "recipient": recipient, "at": now, **({"link": link} if link else {})},
            )
            for recipient in recipients
            for sink in takers
            if sink.kind is SinkKind.WEBHOOK
        ]
        return self.store.agenda.sinks.add(inbox, attempts, original=original).result(PATIENCE)

    def replay(self, inbox: str, public_id: str) -> None:
        """Let an attempt be tried once more, now. Raises NotFound if it or its sink is gone."""
        due_at = self.clock.sandbox(inbox)
        if not self.store.agenda.sinks.replay(inbox, public_id, due_at=due_at).result(PATIENCE):
            raise NotFound("there is no such attempt, or its sink is gone")

    def confirm(self, topic: str, token: str, *, confirmed: bool = True) -> Sink:
        """Note that the app has confirmed a subscription, or (`confirmed=False`) has ended it.

        Raises NotFound unless a sink has this topic and this token.
        """
        from mailpit_py.webhooks import sns

        for sink in self.store.agenda.sinks.all():
            hook = self.hook(sink)
            if sink.provider and needs_confirming(sink) and topic in (sns.topic(hook), sns.subscription(hook)):
                if not sns.is_token(token, hook):
                    break
                self.store.agenda.sinks.save(replace(sink, options={**sink.options, "confirmed": confirmed})).result(
                    PATIENCE
                )
                if not confirmed:
                    self.ask(sink, FAREWELL)
                return sink
        raise NotFound("there is no such subscription")

    def hook(self, sink: Sink) -> Hook:
        """Return how a sink signs."""
        from mailpit_py.webhooks.request import Hook

        options = sink.options
        return Hook(
            keys=self.keys,
            secret=options.get("secret", ""),
            name=sink.public_id,
            base_url=self.base_url,
            certificate_url=options.get("certificate_url", ""),
            signature_version=options.get("signature_version", "1"),
        )


def check_mailbox(address: str) -> None:
    """Raise ValueError for what is not one plain address."""
    if not _MAILBOX.fullmatch(address):
        raise ValueError(f"{address!r} is not one address, as fbl@app.example is")


def _configured_id(inbox: str, settings: SinkSettings) -> str:
    parts = (inbox, settings.kind, settings.provider, settings.target)
    return sha256("\n".join(parts).encode()).hexdigest()[:22]


def _events(settings: SinkSettings, provider: Provider | None) -> dict[str, Any]:
    """Return which events go to a sink: those that were chosen and that the provider reports at all."""
    if provider is None:
        return {"events": sorted(settings.events)} if settings.events else {}
    kinds = {kind.value for kind in provider.kinds}
    return {"events": sorted(kinds.intersection(settings.events) if settings.events else kinds)}


def find_provider(name: str) -> Provider:
    """Return the webhook provider of this name. Raises NotFound."""
    from mailpit_py.webhooks.providers import find

    return find(name)


def provider_of(sink: Sink) -> Provider:
    """Return in whose words a webhook speaks. Raises NotFound."""
    return find_provider(sink.provider)


def needs_confirming(sink: Sink) -> bool:
    """True if nothing but the request to confirm goes there before the app has confirmed."""
    return sink.kind is SinkKind.WEBHOOK and provider_of(sink).proof == NEEDS_CONFIRMING


def is_waiting(sink: Sink) -> bool:
    """True if the app has still to confirm."""
    return sink.enabled and needs_confirming(sink) and not sink.options.get("confirmed")


def settings_of(sink: Sink, changes: Mapping[str, Any]) -> SinkSettings:
    """Return the settings of a sink with some of them changed."""
    options = {**sink.options, "events": tuple(sink.options.get("chosen", ()))}
    for name in ("origin", "chosen"):
        options.pop(name, None)
    kept = {"kind": sink.kind, "target": sink.target, "provider": sink.provider, "enabled": sink.enabled, **options}
    return SinkSettings(**{**kept, **changes})
