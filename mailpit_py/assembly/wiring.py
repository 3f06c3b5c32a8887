"""What the options mean to each room: settings for servers and store, and words for the start lines."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mailpit_py.application import retention
from mailpit_py.application.account import accounts_of
from mailpit_py.application.clock import Clock
from mailpit_py.application.inboxbook import InboxBook
from mailpit_py.application.relay_queue import RelayQueue
from mailpit_py.application.relay_settings import forward_of, relay_of
from mailpit_py.application.routing import Routing
from mailpit_py.application.rule_file import RuleFile, is_text, read_file, read_text
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.application.simulator import Simulator
from mailpit_py.application.sinkbook import Check, SinkBook, SinkSettings, find_provider
from mailpit_py.application.tagging import Tagger, is_no_key, read_disabled
from mailpit_py.assembly.certificate import Certificates
from mailpit_py.bind import EVERYWHERE, Bind
from mailpit_py.config import Config
from mailpit_py.errors import ClockError, ConfigError, NotFound, QueryError, TargetRefused
from mailpit_py.quantity import microseconds_of
from mailpit_py.servers.smtp.settings import SmtpSettings
from mailpit_py.simulation.address import OWN_DOMAINS
from mailpit_py.simulation.chaos import Chaos
from mailpit_py.simulation.chaos import parse as parse_triggers
from mailpit_py.simulation.configuration import Configuration
from mailpit_py.simulation.problem import RuleError
from mailpit_py.simulation.profile import Profile, ProfileIndex, default_profiles
from mailpit_py.simulation.rule import Rule
from mailpit_py.storage import DEFAULT_INBOX, SinkKind, Store, StoreOptions

if TYPE_CHECKING:
    from mailpit_py.application.tag_filter import Filter
    from mailpit_py.outbound.announcer import AnnouncerSettings
    from mailpit_py.outbound.sender import SenderSettings


def store_options(config: Config) -> StoreOptions:
    """What the store is told."""
    return StoreOptions(
        limits=retention.limits(config),
        budget_bytes=budget_bytes(config.max_message_size_bytes),
        compression=config.compression,
        durable=config.synchronous == "full",
        ignore_duplicates=config.ignore_duplicate_ids,
        wal=not config.disable_wal,
        vacuum=not config.disable_auto_vacuum,
    )


def budget_bytes(largest: int) -> int:
    """How much content may be on its way at once: several of the largest messages, 1 GiB if they have no limit."""
    return max(256 << 20, 2 * largest) if largest else 1 << 30


def smtp_settings(
    config: Config, listener: str, certificates: Certificates, inboxes: InboxBook, *, inbox: str = ""
) -> SmtpSettings:
    """What one of the SMTP listeners is told; `listener` is the name of its option, `inbox` the one it is for."""
    accounts = accounts_of(config.smtp_auth_file, config.smtp_auth, "MP_SMTP_AUTH")
    is_implicit = listener == "smtps" or (listener == "smtp" and config.smtp_require_tls)
    return SmtpSettings(
        hostname=hostname(config),
        software=software(config),
        listener=listener,
        inbox=inbox,
        lmtp=listener == "lmtp",
        max_message_size_bytes=config.max_message_size_bytes,
        max_recipients=config.smtp_max_recipients,
        allowed_recipients=config.smtp_allowed_recipients,
        ignore_rejected=config.smtp_ignore_rejected_recipients,
        strict_headers=config.smtp_strict_rfc_headers,
        max_connections=config.smtp_max_connections,
        max_connections_per_peer=config.smtp_max_connections_per_peer,
        idle_timeout=config.smtp_idle_timeout,
        session_timeout=config.smtp_session_timeout,
        ssl_context=certificates.of_smtp(listener),
        implicit_tls=is_implicit,
        require_starttls=config.smtp_require_starttls and not is_implicit,
        offer_auth=bool(accounts) or config.smtp_auth_accept_any,
        require_auth=config.smtp_require_auth or bool(accounts),
        allow_insecure_auth=config.smtp_auth_allow_insecure,
        accounts=accounts,
        has_tokens=lambda: inboxes.has_tokens,
    )


def hostname(config: Config) -> str:
    """The name by which the sandbox speaks SMTP, as a server and as a client."""
    return config.smtp_hostname or socket.gethostname() or "localhost"


def software(config: Config) -> str:
    """What greetings call the program, with the sandbox's label."""
    return f"mailpit-py ({config.label})" if config.label else "mailpit-py"


def tagger(config: Config, is_key: Callable[[str], bool] = is_no_key) -> Tagger:
    """What tags mail as it arrives, though not with what `is_key` of an inbox. Raises ConfigError."""
    return Tagger(
        filters=_filters(config) if config.tag.strip() or config.tags_config else (),
        disabled=read_disabled(config.tags_disable),
        title_case=config.tags_title_case,
        username=config.tags_username,
        domains=None if config.disable_simulation else _own_domains(config),
        is_key=is_key,
    )


def sandbox_clock(config: Config, store: Store) -> Clock:
    """The clock as it stood when the store was last open, or frozen as the option asks. Raises ConfigError."""
    clock = Clock()
    clock.keep_in(store.agenda.clocks)
    if config.freeze_clock:
        try:
            for inbox in store.agenda.clocks.all():
                clock.freeze(inbox, microseconds_of(config.freeze_clock))
        except ClockError as error:
            raise ConfigError(f"--freeze-clock: {error}") from None
    return clock


def _filters(config: Config) -> tuple[Filter, ...]:
    from mailpit_py.application.tag_filter import (  # a language of its own, which few need
        read_filter_file,
        read_filters,
    )

    path = Path(config.tags_config).expanduser() if config.tags_config else None
    return (*read_filters(config.tag), *(read_filter_file(path) if path else ()))


def sandbox(config: Config, store: Store, url: str) -> Sandbox:
    """The application on a store that is open; `url` is the page's, for apps that call it. Raises ConfigError."""
    clock = sandbox_clock(config, store)
    rules = simulator(config, store, clock)
    sinks = SinkBook(store, clock, check_of(config), config.webhook_secret, url)
    keep_sinks(config, sinks)
    return Sandbox(
        store,
        clock,
        rules,
        hostname=config.smtp_hostname,
        complaints_to=config.fbl_address,
        tagger=tagger(config, lambda word: rules.inboxes.router.of_key(word) is not None),
        sinks=sinks,
        message_dates=config.use_message_dates,
    )


def simulator(config: Config, store: Store, clock: Clock) -> Simulator:
    """The simulator as the options ask for it. Raises ConfigError."""
    configuration, rules = simulation(config)
    return Simulator(store, clock, configuration, file_rules=rules, inboxes=inboxes(config, store, clock))


def inboxes(config: Config, store: Store, clock: Clock) -> InboxBook:
    """The inboxes, those of the options among them. Raises ConfigError."""
    routing = Routing(config.inbox_ways, config.inbox_header)
    book = InboxBook(store, clock, routing, ttl_seconds=config.inbox_ttl_seconds, at_most=config.max_inboxes)
    book.keep_open(config.inbox_places)
    return book


def simulation(config: Config) -> tuple[Configuration, tuple[Rule, ...]]:
    """What is switched on, and the rules of the file. Raises ConfigError."""
    file = _rule_file(config.rules)
    configuration = Configuration(
        seed=config.seed,
        grammar=not config.disable_simulation,
        domains=_own_domains(config),
        profiles=ProfileIndex((*default_profiles(), *file.profiles, *_profiles(config.domain_profiles))),
        chaos=_chaos(config),
    )
    return configuration, file.rules


def _rule_file(said: str) -> RuleFile:
    if not said:
        return RuleFile()
    return read_text(said, "--rules") if is_text(said) else read_file(Path(said).expanduser())


def relay_queue(config: Config, store: Store, clock: Clock) -> RelayQueue:
    """The relay queue as the options ask for it. Raises ConfigError."""
    return RelayQueue(store, clock, relay_of(config), forward_of(config))


def _own_domains(config: Config) -> tuple[str, ...]:
    return (*OWN_DOMAINS, *_names(config.magic_domains))


def _names(text: str) -> list[str]:
    return [name.strip().lower().lstrip("@") for name in text.split(",") if name.strip()]


def _profiles(text: str) -> list[Profile]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    try:
        return [Profile(domain.strip().lower(), provider.strip().lower()) for domain, _, provider in pairs]
    except RuleError as error:
        raise ConfigError(f"--domain-profiles: {error}") from None


def _chaos(config: Config) -> Chaos:
    if not config.chaos_triggers.strip():
        return Chaos(enabled=config.enable_chaos)
    try:
        return parse_triggers(config.chaos_triggers)
    except RuleError as error:
        raise ConfigError(f"--chaos-triggers: {error}") from None


def check_of(config: Config) -> Check:
    """What refuses the target of a sink that may not be reached."""

    def check(kind: SinkKind, target: str) -> None:
        from mailpit_py.outbound.admission import check_target

        check_target(config.reach, kind, target)

    return check


def sender_settings(config: Config) -> SenderSettings:
    """What the sender is told."""
    from mailpit_py.outbound.sender import SenderSettings

    return SenderSettings(config.reach, hostname(config), config.retry_factor)


def announcer_settings(config: Config, store: Store) -> AnnouncerSettings | None:
    """What the webhook of every message is told; None without one. Raises ConfigError."""
    from mailpit_py.storage.note import ARRIVAL_WEBHOOK

    if not config.webhook_url:
        store.agenda.notes.forget(ARRIVAL_WEBHOOK).result()  # what comes without one is not told later
        return None
    from mailpit_py.outbound.announcer import AnnouncerSettings

    try:
        query = store.parse_query(config.webhook_filter) if config.webhook_filter.strip() else None
    except QueryError as error:
        raise ConfigError(f"--webhook-filter: {error}") from None
    return AnnouncerSettings(
        config.webhook_url,
        config.label,
        query,
        limit=config.webhook_limit,
        delay=config.webhook_delay,
        retries=config.webhook_retries,
        time_scale=config.retry_factor,
    )


def sinks(config: Config) -> list[SinkSettings]:
    """The sinks that the options ask for. Raises ConfigError."""
    found = [SinkSettings(kind=SinkKind.SMTP, target=config.bounce_push)] if config.bounce_push else []
    for text in filter(None, map(str.strip, re.split(r",(?=\s*[a-z_]+=http)", config.webhooks))):
        provider, _, target = text.partition("=")
        try:
            found.append(SinkSettings(kind=SinkKind.WEBHOOK, target=target, provider=find_provider(provider).name))
        except (NotFound, ValueError) as error:
            raise ConfigError(f"--webhooks: {error}; write it as sendgrid=http://localhost:8000/hook") from None
    return found


def keep_sinks(config: Config, book: SinkBook) -> None:
    """Put the sinks of the options into the default inbox. Raises ConfigError for one that may not be reached."""
    try:
        book.configure(DEFAULT_INBOX, sinks(config))
    except TargetRefused as error:
        raise ConfigError(f"--bounce-push and --webhooks: {error}") from None


def page_url(config: Config, place: Bind) -> str:
    """The page's address; a listener on every address is reached as localhost."""
    scheme = "https" if config.ui_tls_cert else "http"
    if place.path is not None:
        return f"{scheme}+unix://{place.path}{config.webroot_path}"
    named = Bind(("localhost",), place.port) if place.hosts[0] in EVERYWHERE else place
    return f"{scheme}://{named}{config.webroot_path}"


def url_for_apps(config: Config, page: str) -> str:
    """The page's address as an app reaches it, with a slash at its end; `page` as this machine does."""
    return f"{config.public_url.rstrip('/')}/" if config.public_url else page
