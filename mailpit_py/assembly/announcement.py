"""What a person reads at the start: where everything listens, what it asks for, and where mail is kept and goes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mailpit_py import __version__
from mailpit_py.application.relay_queue import RelayQueue
from mailpit_py.application.sandbox import Sandbox
from mailpit_py.assembly import reading
from mailpit_py.assembly.binding import METRICS, Bound, inbox_of
from mailpit_py.bind import Bind
from mailpit_py.config import Config
from mailpit_py.storage import Store


def start_lines(config: Config, sandbox: Sandbox, bound: Bound, *, notes: Sequence[str], url: str) -> list[str]:
    """All start lines; `notes` are those of the pieces themselves. The page's address comes last."""
    lines = [f"mailpit-py {__version__}{f' ({config.label})' if config.label else ''}"]
    lines += [describe(config, name, bound.places[name]) for name in bound.smtp]
    readings = (one for one in config.readings if one.name in bound.places)
    lines += [reading.describe(config, one, bound.places[one.name]) for one in readings]
    if METRICS in bound.places:
        lines.append(f"[prometheus] numbers at http://{bound.places[METRICS]}/metrics")
    lines += notes
    lines.append(describe_database(sandbox.store))
    lines.append(sandbox.simulator.announcement())
    lines += describe_inboxes(config)
    lines += describe_relay(sandbox.relay)
    lines += describe_outside(config)
    lines += reachability(config, bound.places)
    lines.append(f"[http] accessible via {url}")
    return lines


def describe(config: Config, name: str, place: Bind) -> str:
    """One start line: where an SMTP listener is and what it asks for."""
    if (inbox := inbox_of(name)) is not None:
        how = f"{_encryption(config, 'smtp')}, {_authentication(config)}"
        return f"[smtp] listening on {place} for the inbox {inbox} ({how})"
    kind = "lmtp" if name == "lmtp" else "smtp"
    return f"[{kind}] listening on {place} ({_encryption(config, name)}, {_authentication(config)})"


def _encryption(config: Config, name: str) -> str:
    if name == "smtps" or (name == "smtp" and config.smtp_require_tls):
        return "TLS from the first byte"
    if config.smtp_require_starttls:
        return "STARTTLS required"
    return "STARTTLS offered" if config.smtp_tls_cert else "no encryption"


def _authentication(config: Config) -> str:
    if config.smtp_auth_file or config.smtp_auth:
        return "AUTH required"
    if not config.smtp_auth_accept_any:
        return "no AUTH"
    return "AUTH required, any name and password" if config.smtp_require_auth else "any AUTH accepted"


def describe_database(store: Store) -> str:
    """One start line: where mail is kept."""
    if store.is_temporary:
        return "[database] temporary, removed at exit; --database FILE keeps mail"
    return f"[database] {store.path}"


def describe_inboxes(config: Config) -> list[str]:
    """A start line where mail names its inbox, since it is not in the first one then."""
    return [f"[inboxes] named by {', '.join(config.inbox_ways)}"] if config.inbox_ways else []


def describe_outside(config: Config) -> list[str]:
    """Start lines: who is told of mail, and who is asked about it. Passwords in URLs are left out."""
    lines = []
    if config.webhook_url:
        place = re.sub(r"//[^/@]*@", "//", config.webhook_url)
        what = f"what {config.webhook_filter!r} finds" if config.webhook_filter.strip() else "every message"
        lines.append(f"[webhook] tells {place} of {what}")
    if asked := config.enable_rspamd or config.enable_spamassassin:
        lines.append(f"[spam] scores are asked of {asked}")
    return lines


def describe_relay(queue: RelayQueue) -> list[str]:
    """Start lines: where mail goes on to, since that leaves the sandbox."""
    lines = []
    if queue.relay:
        what = "releases and relays all mail" if queue.relay.relays_all else "releases mail"
        if queue.relay.matching:
            what = f"releases mail, and relays that to {queue.relay.matching.pattern}"
        lines.append(f"[relay] {what} through {queue.relay.server}")
    if queue.forward:
        lines.append(f"[forward] all mail to {', '.join(queue.forward.to)} through {queue.forward.server}")
    return lines


def reachability(config: Config, binds: Mapping[str, Bind]) -> list[str]:
    """Who can connect: how a container would, or a warning that everybody can."""
    if all(place.is_loopback for place in binds.values()):
        smtp, page = binds["smtp"], binds["listen"]
        return [
            "[network] only this machine can connect; for containers and others add "
            f"--smtp 0.0.0.0:{smtp.port or 1025} --listen 0.0.0.0:{page.port or 8025}"
        ]
    if config.ui_auth_file or config.ui_auth:
        return ["[network] other machines can connect; the page asks for a password"]
    return ["[network] warning: other machines can read all mail here; --ui-auth-file FILE asks for a password"]
